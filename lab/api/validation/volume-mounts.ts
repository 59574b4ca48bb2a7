// What a container's mounts and devices may be: of volumes that there are, each at a path of its own.
import type { Container, Volume, VolumeMount } from '../../schema/types.ts';
import {
	type FieldError,
	forbiddenField,
	invalidValue,
	notFoundValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { validateDescendingPath, validateNoBacksteps } from './paths.ts';

/** `volumes` are those that may be mounted, by name. What is wrong with a sub-path the server tells of all mounts. */
export function validateVolumeMounts(
	container: Pick<Container, 'volumeMounts' | 'volumeDevices' | 'securityContext'>,
	volumes: ReadonlyMap<string, Volume>,
	field: string,
): FieldError[] {
	const { volumeMounts = [], volumeDevices = [], securityContext } = container;
	const paths = new Set<string>();
	return volumeMounts.flatMap((mount, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		const refuse = (part: 'name' | 'mountPath' | 'subPath' | 'subPathExpr', why: string) =>
			errors.push(invalidValue(`${at}.${part}`, mount[part], why));
		if (!mount.name) errors.push(required(`${at}.name`));
		if (!volumes.has(mount.name)) errors.push(notFoundValue(`${at}.name`, mount.name));
		if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
		if (paths.has(mount.mountPath)) refuse('mountPath', 'must be unique');
		paths.add(mount.mountPath);
		if (volumeDevices.some(({ name }) => name === mount.name))
			refuse('name', 'must not already exist in volumeDevices');
		if (volumeDevices.some(({ devicePath }) => devicePath === mount.mountPath))
			refuse('mountPath', 'must not already exist as a path in volumeDevices');
		if (volumes.get(mount.name)?.image)
			for (const part of ['subPath', 'subPathExpr'] as const)
				if (mount[part]) refuse(part, 'not allowed in image volume sources');
		if (mount.subPath) errors.push(...validateDescendingPath(mount.subPath, `${field}.subPath`));
		if (mount.subPathExpr && mount.subPath)
			refuse('subPathExpr', 'subPathExpr and subPath are mutually exclusive');
		if (mount.subPathExpr) errors.push(...validateDescendingPath(mount.subPathExpr, `${field}.subPathExpr`));
		errors.push(
			...validatePropagation(mount, securityContext?.privileged ?? false, `${field}.mountPropagation`),
		);
		return [...errors, ...validateRecursiveReadOnly(mount, `${field}.recursiveReadOnly`)];
	});
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];

function validatePropagation(
	{ mountPropagation: mode }: VolumeMount,
	privileged: boolean,
	field: string,
): FieldError[] {
	if (mode === undefined) return [];
	if (!propagations.includes(mode)) return [notSupported(field, mode, propagations)];
	return mode === 'Bidirectional' && !privileged
		? [forbiddenField(field, 'Bidirectional mount propagation is available only to privileged containers')]
		: [];
}

const recursions = ['Disabled', 'Enabled', 'IfPossible'];

function validateRecursiveReadOnly(mount: VolumeMount, field: string): FieldError[] {
	const { recursiveReadOnly, readOnly, mountPropagation } = mount;
	if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
	if (!recursions.includes(recursiveReadOnly)) return [notSupported(field, recursiveReadOnly, recursions)];
	const errors: FieldError[] = [];
	if (!readOnly) errors.push(forbiddenField(field, 'may only be specified when readOnly is true'));
	if (mountPropagation !== undefined && mountPropagation !== 'None')
		errors.push(
			forbiddenField(field, 'may only be specified when mountPropagation is None or not specified'),
		);
	return errors;
}

/** Disks that a container gets raw. */
export function validateVolumeDevices(
	{ volumeMounts = [], volumeDevices = [] }: Pick<Container, 'volumeMounts' | 'volumeDevices'>,
	volumes: ReadonlyMap<string, Volume>,
	field: string,
): FieldError[] {
	const names = new Set<string>();
	const paths = new Set<string>();
	return volumeDevices.flatMap(({ name, devicePath }, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		const refuseName = (why: string) => errors.push(invalidValue(`${at}.name`, name, why));
		const refusePath = (why: string) => errors.push(invalidValue(`${at}.devicePath`, devicePath, why));
		const volume = volumes.get(name);
		if (!name) errors.push(required(`${at}.name`));
		if (names.has(name)) refuseName('must be unique');
		if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
			refuseName('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
		if (!volume) errors.push(notFoundValue(`${at}.name`, name));
		if (!devicePath) errors.push(required(`${at}.devicePath`));
		if (paths.has(devicePath)) refusePath('must be unique');
		if (validateNoBacksteps(devicePath, '').length > 0) refusePath("can not contain backsteps ('..')");
		else paths.add(devicePath);
		if (volumeMounts.some((mount) => mount.name === name))
			refuseName('must not already exist in volumeMounts');
		if (volumeMounts.some(({ mountPath }) => mountPath === devicePath))
			refusePath('must not already exist as a path in volumeMounts');
		if (name) names.add(name);
		return errors;
	});
}
