// What a projected volume, and the volumes that one of its sources alone would make, may write.
import type {
	ClusterTrustBundleProjection,
	DownwardAPIVolumeFile,
	KeyToPath,
	PodCertificateProjection,
	ProjectedVolumeSource,
	ServiceAccountTokenProjection,
	VolumeProjection,
} from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { fileFields, validateFieldReference, validateResourceReference } from './field-references.ts';
import { asGoStruct } from './go-struct.ts';
import { validateLabelSelector } from './metadata.ts';
import { dnsSubdomain } from './names.ts';
import { validateFilePath } from './paths.ts';
import { validateSigner } from './signer-name.ts';

export const validateMode = (mode: number | undefined, field: string): FieldError[] =>
	mode === undefined || (mode >= 0 && mode <= 0o777)
		? []
		: [invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];

/** Files of the keys of a ConfigMap or Secret. */
export const validateItems = (items: readonly KeyToPath[] | undefined, field: string): FieldError[] =>
	(items ?? []).flatMap((item, index) => validateItem(item, `${field}[${index}]`));

function validateItem({ key, path, mode }: KeyToPath, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (!key) errors.push(required(`${field}.key`));
	return [...errors, ...validateNamedFile(path, `${field}.path`), ...validateMode(mode, `${field}.mode`)];
}

function validateNamedFile(path: string | undefined, field: string): FieldError[] {
	return path ? validateFilePath(path, field) : [required(field)];
}

/** A file of the pod's own fields. */
export function validateFieldFile(file: DownwardAPIVolumeFile, field: string): FieldError[] {
	const errors = validateNamedFile(file.path, `${field}.path`);
	const { fieldRef, resourceFieldRef } = file;
	if (fieldRef) {
		errors.push(...validateFieldReference(fieldRef, fileFields, `${field}.fieldRef`));
		if (resourceFieldRef)
			errors.push(
				invalidValue(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
			);
	} else if (resourceFieldRef)
		errors.push(...validateResourceReference(resourceFieldRef, true, `${field}.resourceFieldRef`));
	else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
	return [...errors, ...validateMode(file.mode, `${field}.mode`)];
}

export function validateProjectedVolume(
	{ defaultMode, sources }: ProjectedVolumeSource,
	field: string,
): FieldError[] {
	const errors = validateMode(defaultMode, `${field}.defaultMode`);
	const paths = new Set<string>();
	/** `shown` is what the server shows of the source whose path is taken. */
	const claim = (path: string | undefined, shown: string | undefined) => {
		if (!path) return;
		if (paths.has(path)) errors.push(invalidValue(field, shown ?? '', 'conflicting duplicate paths'));
		paths.add(path);
	};
	(sources ?? []).forEach((source, index) => {
		const at = `${field}.sources[${index}]`;
		for (const name of ['secret', 'configMap'] as const) {
			const keys = source[name];
			if (!keys) continue;
			if (!keys.name) errors.push(required(`${at}.${name}.name`));
			(keys.items ?? []).forEach((item, position) => {
				errors.push(...validateItem(item, `${at}.${name}.items[${position}]`));
				claim(item.path, keys.name);
			});
		}
		for (const file of source.downwardAPI?.items ?? []) {
			errors.push(...validateFieldFile(file, `${at}.downwardAPI`));
			claim(file.path, file.path);
		}
		const { serviceAccountToken, clusterTrustBundle, podCertificate } = source;
		if (serviceAccountToken) errors.push(...validateToken(serviceAccountToken, at, field));
		if (clusterTrustBundle) {
			errors.push(...validateTrustBundle(clusterTrustBundle, `${at}.clusterTrustBundle`));
			claim(clusterTrustBundle.path, clusterTrustBundle.path);
		}
		if (podCertificate) {
			errors.push(...validateCertificate(podCertificate, `${at}.podCertificate`));
			for (const name of certificatePaths) claim(podCertificate[name], podCertificate[name]);
		}
		if (kinds.filter((kind) => source[kind]).length > 1)
			errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
	});
	return errors;
}

const kinds = [
	'secret',
	'configMap',
	'downwardAPI',
	'serviceAccountToken',
	'clusterTrustBundle',
	'podCertificate',
] as const satisfies readonly (keyof VolumeProjection)[];

/** The server finds fault with the path at the volume, not at the source. */
function validateToken(
	{ expirationSeconds = 3600, path }: ServiceAccountTokenProjection,
	source: string,
	volume: string,
): FieldError[] {
	const field = `${source}.serviceAccountToken.expirationSeconds`;
	const errors: FieldError[] = [];
	if (expirationSeconds < 600)
		errors.push(invalidValue(field, expirationSeconds, 'may not specify a duration less than 10 minutes'));
	if (expirationSeconds > 2 ** 32)
		errors.push(
			invalidValue(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'),
		);
	return [...errors, ...validateNamedFile(path, `${volume}.path`)];
}

function validateTrustBundle(bundle: ClusterTrustBundleProjection, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const { name, signerName, labelSelector, path } = bundle;
	if (name !== undefined && signerName !== undefined)
		errors.push(
			invalidValue(
				field,
				asGoStruct('ClusterTrustBundleProjection', bundle),
				'only one of name and signerName may be used',
			),
		);
	else if (name !== undefined) {
		if (name === '') errors.push(required(`${field}.name`, 'must be a valid object name'));
		for (const fault of dnsSubdomain(name.slice(name.lastIndexOf(':') + 1)))
			errors.push(invalidValue(`${field}.name`, name, `not a valid clustertrustbundlename: ${fault}`));
		if (labelSelector)
			errors.push(
				invalidValue(
					`${field}.labelSelector`,
					labelSelector,
					'labelSelector must be unset if name is specified',
				),
			);
	} else if (signerName !== undefined) {
		if (signerName === '') errors.push(required(`${field}.signerName`, 'must be a valid signer name'));
		errors.push(
			...validateSigner(signerName, `${field}.signerName`),
			...validateLabelSelector(labelSelector, `${field}.labelSelector`),
		);
	} else errors.push(required(field, 'either name or signerName must be specified'));
	return [...errors, ...validateNamedFile(path, `${field}.path`)];
}

const certificatePaths = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const;
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];
const longestCertificate = 91 * 24 * 60 * 60;

function validateCertificate(certificate: PodCertificateProjection, field: string): FieldError[] {
	const { signerName, keyType, maxExpirationSeconds: seconds } = certificate;
	const errors = validateSigner(signerName, `${field}.signerName`);
	if (!keyTypes.includes(keyType)) errors.push(notSupported(`${field}.keyType`, keyType, keyTypes));
	const refuse = (bound: string) =>
		invalidValue(
			`${field}.maxExpirationSeconds`,
			seconds,
			`if provided, maxExpirationSeconds must be ${bound}`,
		);
	if (seconds !== undefined && seconds < 3600) errors.push(refuse('>= 3600'));
	if (seconds !== undefined && seconds > longestCertificate) errors.push(refuse(`<= ${longestCertificate}`));
	const given = certificatePaths.filter((name) => certificate[name]);
	if (given.length === 0)
		errors.push(
			required(field, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'),
		);
	return [
		...errors,
		...given.flatMap((name) => validateFilePath(certificate[name] ?? '', `${field}.${name}`)),
	];
}
