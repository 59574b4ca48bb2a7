// What the volumes of disks and servers outside the cluster may say, most of them by drivers of earlier days.
import type { AzureDiskVolumeSource, FCVolumeSource, ISCSIVolumeSource, Volume } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { dnsLabel } from './names.ts';

/** Those of the parts that are left out. */
const needed = (source: object, field: string, ...parts: string[]): FieldError[] =>
	parts
		.filter((part) => !(source as Record<string, unknown>)[part])
		.map((part) => required(`${field}.${part}`));

const validateSecretName = (reference: { name?: string } | undefined, field: string): FieldError[] =>
	reference && !reference.name ? [required(`${field}.secretRef.name`)] : [];

const validatePartition = ({ partition = 0 }: { partition?: number }, field: string): FieldError[] =>
	partition < 0 || partition > 255
		? [invalidValue(`${field}.partition`, partition, 'must be between 1 and 255, inclusive')]
		: [];

const validateLabel = (name: string, field: string): FieldError[] =>
	dnsLabel(name).map((fault) => invalidValue(field, name, fault));

const validateUnit = (lun: number, field: string): FieldError[] =>
	lun < 0 || lun > 255 ? [invalidValue(`${field}.lun`, lun, 'must be between 0 and 255, inclusive')] : [];

const qualifiedInitiators = [
	/iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/,
	/^eui.[A-Za-z0-9]{16}$/,
	/^naa.[A-Za-z0-9]{32}$/,
];
const initiatorTypes = ['iqn', 'eui', 'naa'];

function validateInitiator(name: string, field: string, typeFault: string): FieldError[] {
	const type = initiatorTypes.findIndex((prefix) => name.startsWith(prefix));
	if (type < 0) return [invalidValue(field, name, typeFault)];
	return qualifiedInitiators[type].test(name) ? [] : [invalidValue(field, name, 'must be valid format')];
}

function validateIscsi(iscsi: ISCSIVolumeSource, field: string): FieldError[] {
	const errors = needed(iscsi, field, 'targetPortal');
	if (!iscsi.iqn) errors.push(required(`${field}.iqn`));
	else
		errors.push(
			...validateInitiator(iscsi.iqn, `${field}.iqn`, 'must be valid format starting with iqn, eui, or naa'),
		);
	errors.push(...validateUnit(iscsi.lun, field));
	if ((iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && !iscsi.secretRef)
		errors.push(required(`${field}.secretRef`));
	errors.push(...validateSecretName(iscsi.secretRef, field));
	if (iscsi.initiatorName !== undefined)
		errors.push(...validateInitiator(iscsi.initiatorName, `${field}.initiatorname`, 'must be valid format'));
	return errors;
}

function validateFibreChannel(
	{ targetWWNs = [], wwids = [], lun }: FCVolumeSource,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	if (targetWWNs.length + wwids.length === 0)
		errors.push(required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
	if (targetWWNs.length > 0 && wwids.length > 0)
		errors.push(
			invalidValue(
				`${field}.targetWWNs`,
				targetWWNs,
				'targetWWNs and wwids can not be specified simultaneously',
			),
		);
	if (targetWWNs.length > 0 && lun === undefined)
		errors.push(required(`${field}.lun`, 'lun is required if targetWWNs is specified'));
	else if (targetWWNs.length > 0) errors.push(...validateUnit(lun ?? 0, field));
	return errors;
}

const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
const diskKinds = ['Dedicated', 'Managed', 'Shared'];
const managedDisk =
	'/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function validateAzureDisk(disk: AzureDiskVolumeSource, field: string): FieldError[] {
	const errors = needed(disk, field, 'diskName', 'diskURI');
	const { cachingMode, kind, diskURI } = disk;
	if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
		errors.push(notSupported(`${field}.cachingMode`, cachingMode, cachingModes));
	if (kind !== undefined && !diskKinds.includes(kind))
		errors.push(notSupported(`${field}.kind`, kind, diskKinds));
	if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/'))
		errors.push(notSupported(`${field}.diskURI`, diskURI, [managedDisk]));
	if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://'))
		errors.push(notSupported(`${field}.diskURI`, diskURI, [blobDisk]));
	return errors;
}

type Rules = {
	[Source in keyof Volume]?: (source: NonNullable<Volume[Source]>, field: string) => FieldError[];
};

/** By the source's name; each takes the source and its field. */
export const diskVolumeRules = {
	gcePersistentDisk: (disk, field) => [...needed(disk, field, 'pdName'), ...validatePartition(disk, field)],
	awsElasticBlockStore: (disk, field) => [
		...needed(disk, field, 'volumeID'),
		...validatePartition(disk, field),
	],
	nfs: (nfs, field) => [
		...needed(nfs, field, 'server', 'path'),
		...(nfs.path.startsWith('/')
			? []
			: [invalidValue(`${field}.path`, nfs.path, 'must be an absolute path')]),
	],
	iscsi: validateIscsi,
	glusterfs: (glusterfs, field) => needed(glusterfs, field, 'endpoints', 'path'),
	flocker({ datasetName = '', datasetUUID }, field) {
		const errors: FieldError[] = [];
		if (!datasetName && !datasetUUID)
			errors.push(required(field, 'one of datasetName and datasetUUID is required'));
		if (datasetName && datasetUUID)
			errors.push(
				invalidValue(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'),
			);
		if (datasetName.includes('/'))
			errors.push(invalidValue(`${field}.datasetName`, datasetName, "must not contain '/'"));
		return errors;
	},
	rbd: (rbd, field) => [
		...(rbd.monitors.length > 0 ? [] : [required(`${field}.monitors`)]),
		...needed(rbd, field, 'image'),
	],
	cinder: (cinder, field) => [
		...needed(cinder, field, 'volumeID'),
		...validateSecretName(cinder.secretRef, field),
	],
	cephfs: ({ monitors }, field) => (monitors.length > 0 ? [] : [required(`${field}.monitors`)]),
	quobyte(quobyte, field) {
		const pairs = 'must be a host:port pair or multiple pairs separated by commas';
		const errors: FieldError[] = [];
		if (!quobyte.registry) errors.push(required(`${field}.registry`, pairs));
		else if ((quobyte.tenant ?? '').length > 64)
			errors.push(required(`${field}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
		else
			for (const pair of quobyte.registry.split(','))
				if (!/^([^:[\]]*|\[[^[\]]*\]):[^:]*$/.test(pair))
					errors.push(invalidValue(`${field}.registry`, quobyte.registry, pairs));
		return [...errors, ...needed(quobyte, field, 'volume')];
	},
	fc: validateFibreChannel,
	flexVolume: (flex, field) => [
		...needed(flex, field, 'driver'),
		...Object.keys(flex.options ?? {}).flatMap((key) =>
			/\.(kubernetes|k8s)\.io$/.test(`.${key.split('/')[0].toLowerCase()}`)
				? [invalidValue(`${field}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')]
				: [],
		),
	],
	azureFile: (azure, field) => needed(azure, field, 'secretName', 'shareName'),
	vsphereVolume: (disk, field) => needed(disk, field, 'volumePath'),
	photonPersistentDisk: (disk, field) => needed(disk, field, 'pdID'),
	portworxVolume: (volume, field) => needed(volume, field, 'volumeID'),
	azureDisk: validateAzureDisk,
	storageos: ({ volumeName, volumeNamespace, secretRef }, field) => [
		...(volumeName ? validateLabel(volumeName, `${field}.volumeName`) : [required(`${field}.volumeName`)]),
		...(volumeNamespace ? validateLabel(volumeNamespace, `${field}.volumeNamespace`) : []),
		...validateSecretName(secretRef, field),
	],
	scaleIO: (scale, field) => needed(scale, field, 'gateway', 'system', 'volumeName'),
} satisfies Rules;
