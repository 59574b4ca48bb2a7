// What a pod's volumes may be: one name and one source each.
import type { KeyToPath, Volume } from '../../schema/types.ts';
import { sourcesOf } from '../defaults/pod-spec.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { dnsLabel } from './names.ts';

export function validateVolumes(volumes: readonly Volume[], field: string): FieldError[] {
	const names = new Set<string>();
	return volumes.flatMap((volume, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = validateSource(volume, at);
		if (!volume.name) errors.push(required(`${at}.name`));
		else errors.push(...dnsLabel(volume.name).map((fault) => invalidValue(`${at}.name`, volume.name, fault)));
		if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name));
		names.add(volume.name);
		return errors;
	});
}

function validateSource(volume: Volume, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const [, ...others] = sourcesOf(volume);
	for (const source of others)
		errors.push(forbiddenField(`${field}.${source}`, 'may not specify more than 1 volume type'));
	if (sourcesOf(volume).length === 0) errors.push(required(field, 'must specify a volume type'));
	const { emptyDir, hostPath, secret, configMap, persistentVolumeClaim, projected } = volume;
	if (emptyDir?.sizeLimit?.startsWith('-'))
		errors.push(
			forbiddenField(`${field}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity'),
		);
	if (hostPath) {
		if (!hostPath.path) errors.push(required(`${field}.hostPath.path`));
		else if (hostPath.path.split('/').includes('..'))
			errors.push(invalidValue(`${field}.hostPath.path`, hostPath.path, "must not contain '..'"));
		const kinds = [
			'',
			'BlockDevice',
			'CharDevice',
			'Directory',
			'DirectoryOrCreate',
			'File',
			'FileOrCreate',
			'Socket',
		];
		if (!kinds.includes(hostPath.type ?? ''))
			errors.push(notSupported(`${field}.hostPath.type`, hostPath.type, kinds));
	}
	if (secret) {
		if (!secret.secretName) errors.push(required(`${field}.secret.secretName`));
		errors.push(...validateMode(secret.defaultMode, `${field}.secret.defaultMode`));
		errors.push(...validateItems(secret.items, `${field}.secret.items`));
	}
	if (configMap) {
		if (!configMap.name) errors.push(required(`${field}.configMap.name`));
		errors.push(...validateMode(configMap.defaultMode, `${field}.configMap.defaultMode`));
		errors.push(...validateItems(configMap.items, `${field}.configMap.items`));
	}
	if (persistentVolumeClaim && !persistentVolumeClaim.claimName)
		errors.push(required(`${field}.persistentVolumeClaim.claimName`));
	if (projected) errors.push(...validateMode(projected.defaultMode, `${field}.projected.defaultMode`));
	return errors;
}

const validateMode = (mode: number | undefined, field: string): FieldError[] =>
	mode === undefined || (mode >= 0 && mode <= 0o777)
		? []
		: [invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];

function validateItems(items: readonly KeyToPath[] | undefined, field: string): FieldError[] {
	return (items ?? []).flatMap((item, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		if (!item.key) errors.push(required(`${at}.key`));
		errors.push(...validateRelativePath(item.path, `${at}.path`), ...validateMode(item.mode, `${at}.mode`));
		return errors;
	});
}

/** A path within a volume: relative, and not leading out of it. */
export function validateRelativePath(path: string, field: string): FieldError[] {
	if (!path) return [required(field)];
	const errors: FieldError[] = [];
	if (path.startsWith('/')) errors.push(invalidValue(field, path, 'must be a relative path'));
	if (path.split('/').includes('..')) errors.push(invalidValue(field, path, "must not contain '..'"));
	else if (path.startsWith('..')) errors.push(invalidValue(field, path, "must not start with '..'"));
	return errors;
}
