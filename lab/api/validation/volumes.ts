// What a pod's volumes may be: one name and one source each.
import { compareQuantities } from '../../schema/quantity.ts';
import type {
	CSIVolumeSource,
	EphemeralVolumeSource,
	HostPathVolumeSource,
	Volume,
} from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
	tooLong,
} from '../field-errors.ts';
import { diskVolumeRules } from './disk-volumes.ts';
import { validateAnnotations, validateChoice, validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { validateDescendingPath, validateNoBacksteps } from './paths.ts';
import { validateClaimSpec } from './persistent-volume-claim.ts';
import {
	validateFieldFile,
	validateItems,
	validateMode,
	validateProjectedVolume,
} from './projected-volume.ts';

/** Faults, and the volumes that have none: only those can be mounted. */
export interface ValidatedVolumes {
	errors: FieldError[];
	right: Map<string, Volume>;
}

/** `pod` is the pod's name, undefined in a template: claims of ephemeral volumes are named after it. */
export function validateVolumes(
	volumes: readonly Volume[],
	field: string,
	pod: string | undefined,
): ValidatedVolumes {
	const right = new Map<string, Volume>();
	const created = new Set(volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${pod}-${name}`));
	const errors = volumes.flatMap((volume, index) => {
		const at = `${field}[${index}]`;
		const faults: FieldError[] = validateSource(volume, at, pod);
		if (!volume.name) faults.push(required(`${at}.name`));
		else faults.push(...dnsLabel(volume.name).map((fault) => invalidValue(`${at}.name`, volume.name, fault)));
		if (right.has(volume.name)) faults.push(duplicate(`${at}.name`, volume.name));
		if (faults.length === 0) right.set(volume.name, volume);
		const claim = volume.persistentVolumeClaim?.claimName;
		if (pod && claim !== undefined && created.has(claim))
			faults.push(
				invalidValue(
					`${at}.persistentVolumeClaim.claimName`,
					claim,
					'must not reference a PVC that gets created for an ephemeral volume',
				),
			);
		return faults;
	});
	return { errors, right };
}

type Rules = {
	[Source in keyof Volume]?: (source: NonNullable<Volume[Source]>, field: string) => FieldError[];
};

/** In the server's order, which decides what source is one too many. */
const rules = {
	emptyDir: ({ sizeLimit }, field) =>
		sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0
			? [forbiddenField(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
			: [],
	hostPath: validateHostPath,
	gitRepo: ({ repository, directory = '' }, field) => [
		...(repository ? [] : [required(`${field}.repository`)]),
		...validateDescendingPath(directory, `${field}.directory`),
	],
	gcePersistentDisk: diskVolumeRules.gcePersistentDisk,
	awsElasticBlockStore: diskVolumeRules.awsElasticBlockStore,
	secret: ({ secretName, defaultMode, items }, field) => [
		...(secretName ? [] : [required(`${field}.secretName`)]),
		...validateMode(defaultMode, `${field}.defaultMode`),
		...validateItems(items, `${field}.items`),
	],
	nfs: diskVolumeRules.nfs,
	iscsi: diskVolumeRules.iscsi,
	glusterfs: diskVolumeRules.glusterfs,
	flocker: diskVolumeRules.flocker,
	persistentVolumeClaim: ({ claimName }, field) => (claimName ? [] : [required(`${field}.claimName`)]),
	rbd: diskVolumeRules.rbd,
	cinder: diskVolumeRules.cinder,
	cephfs: diskVolumeRules.cephfs,
	quobyte: diskVolumeRules.quobyte,
	downwardAPI: ({ defaultMode, items }, field) => [
		...validateMode(defaultMode, `${field}.defaultMode`),
		...(items ?? []).flatMap((item) => validateFieldFile(item, field)),
	],
	fc: diskVolumeRules.fc,
	flexVolume: diskVolumeRules.flexVolume,
	configMap: ({ name, defaultMode, items }, field) => [
		...(name ? [] : [required(`${field}.name`)]),
		...validateMode(defaultMode, `${field}.defaultMode`),
		...validateItems(items, `${field}.items`),
	],
	azureFile: diskVolumeRules.azureFile,
	vsphereVolume: diskVolumeRules.vsphereVolume,
	photonPersistentDisk: diskVolumeRules.photonPersistentDisk,
	portworxVolume: diskVolumeRules.portworxVolume,
	azureDisk: diskVolumeRules.azureDisk,
	storageos: diskVolumeRules.storageos,
	projected: validateProjectedVolume,
	scaleIO: diskVolumeRules.scaleIO,
	csi: validateCsi,
	ephemeral: validateEphemeral,
	// A template may leave the reference out, for whoever makes the pod to fill in.
	image: ({ pullPolicy }, field) =>
		validateChoice(pullPolicy, ['Always', 'IfNotPresent', 'Never'], `${field}.pullPolicy`),
} satisfies Rules;

const sources = Object.keys(rules) as (keyof typeof rules)[];

/** Where the server names a source in another way than its field. */
const fieldOf: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' };
const surplusFieldOf: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function validateSource(volume: Volume, field: string, pod: string | undefined): FieldError[] {
	const errors: FieldError[] = [];
	const [first, ...surplus] = sources.filter((source) => volume[source] !== undefined);
	if (!first) return [required(field, 'must specify a volume type')];
	const rule = rules[first] as (source: unknown, field: string) => FieldError[];
	errors.push(...rule(volume[first], `${field}.${fieldOf[first] ?? first}`));
	const { iscsi, ephemeral, image } = volume;
	if (pod !== undefined && first === 'image' && !image?.reference)
		errors.unshift(required(`${field}.image.reference`));
	for (const source of surplus)
		errors.push(
			forbiddenField(
				`${field}.${surplusFieldOf[source] ?? source}`,
				'may not specify more than 1 volume type',
			),
		);
	if (iscsi?.initiatorName !== undefined && `${volume.name}:${iscsi.targetPortal}`.length > 64)
		errors.push(
			invalidValue(
				`${field}.name`,
				volume.name,
				'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
			),
		);
	if (ephemeral && pod && volume.name)
		for (const fault of dnsSubdomain(`${pod}-${volume.name}`))
			errors.push(invalidValue(`${field}.name`, volume.name, `PVC name "${pod}-${volume.name}": ${fault}`));
	return errors;
}

const hostPathTypes = [
	'',
	'BlockDevice',
	'CharDevice',
	'Directory',
	'DirectoryOrCreate',
	'File',
	'FileOrCreate',
	'Socket',
];

function validateHostPath({ path, type = '' }: HostPathVolumeSource, field: string): FieldError[] {
	if (!path) return [required(`${field}.path`)];
	const errors = validateNoBacksteps(path, `${field}.path`);
	if (!hostPathTypes.includes(type)) errors.push(notSupported(`${field}.type`, type, hostPathTypes));
	return errors;
}

function validateCsi({ driver, nodePublishSecretRef: secret }: CSIVolumeSource, field: string): FieldError[] {
	const errors: FieldError[] = driver ? [] : [required(`${field}.driver`)];
	if (driver.length > 63) errors.push(tooLong(`${field}.driver`, 63));
	for (const fault of dnsSubdomain(driver.toLowerCase()))
		errors.push(invalidValue(`${field}.driver`, driver, fault));
	if (secret && !secret.name) errors.push(required(`${field}.nodePublishSecretRef.name`));
	else if (secret?.name)
		for (const fault of dnsSubdomain(secret.name))
			errors.push(invalidValue(`${field}.name`, secret.name, fault));
	return errors;
}

function validateEphemeral(
	{ volumeClaimTemplate: template }: EphemeralVolumeSource,
	field: string,
): FieldError[] {
	const at = `${field}.volumeClaimTemplate`;
	if (!template) return [required(at)];
	const { annotations, labels, ...others } = template.metadata ?? {};
	return [
		...validateAnnotations(annotations, `${at}.metadata.annotations`),
		...validateLabels(labels, `${at}.metadata.labels`),
		...Object.entries(others).flatMap(([name, value]) =>
			value === undefined ? [] : [forbiddenField(`${at}.metadata.${name}`, 'cannot be set')],
		),
		...validateClaimSpec(template.spec, `${at}.spec`),
	];
}
