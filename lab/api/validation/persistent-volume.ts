// What a volume may be, and what of it may change.
import { compareQuantities, quantityValue } from '../../schema/quantity.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { validateAccessModes } from './access-modes.ts';
import { validateTerm } from './affinity.ts';
import { describeDifference } from './difference.ts';
import { immutable } from './metadata.ts';
import { dnsSubdomain } from './names.ts';
import { validateClassName } from './persistent-volume-claim.ts';
import { validateVolumeMode } from './volume-mode.ts';

/** What a volume can be made of, in the order in which the server looks at it. */
const sources = [
	'hostPath',
	'gcePersistentDisk',
	'awsElasticBlockStore',
	'glusterfs',
	'flocker',
	'nfs',
	'rbd',
	'quobyte',
	'cephfs',
	'iscsi',
	'cinder',
	'fc',
	'flexVolume',
	'azureFile',
	'vsphereVolume',
	'photonPersistentDisk',
	'portworxVolume',
	'azureDisk',
	'scaleIO',
	'local',
	'storageos',
	'csi',
] as const;

const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];

export const validateVolume = ({ spec }: PersistentVolume): FieldError[] => {
	const { accessModes = [], nodeAffinity, persistentVolumeReclaimPolicy: policy, hostPath } = spec;
	const errors: FieldError[] = [];
	if (accessModes.length === 0) errors.push(required('spec.accessModes'));
	errors.push(...validateAccessModes(accessModes, 'spec.accessModes'), ...validateCapacity(spec));
	if (policy && !reclaimPolicies.includes(policy))
		errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, reclaimPolicies));
	errors.push(...validateNodeAffinity(nodeAffinity), ...validateSource(spec));
	if (hostPath && /^\/+$/.test(hostPath.path) && policy === 'Recycle')
		errors.push(
			forbiddenField(
				'spec.persistentVolumeReclaimPolicy',
				"may not be 'recycle' for a hostPath mount of '/'",
			),
		);
	errors.push(
		...validateClassName(spec.storageClassName, 'spec.storageClassName'),
		...validateVolumeMode(spec.volumeMode, 'spec.volumeMode'),
		...validateAttributesClass(spec),
	);
	return errors;
};

function validateCapacity({ capacity = {} }: PersistentVolumeSpec): FieldError[] {
	const field = 'spec.capacity';
	const names = Object.keys(capacity);
	const errors: FieldError[] = names.length === 0 ? [required(field)] : [];
	if (capacity.storage === undefined || names.length > 1)
		errors.push(notSupported(field, names.length > 0 ? capacity : null, ['storage']));
	for (const name of names) {
		const at = `${field}[${name}]`;
		if (compareQuantities(capacity[name], '0') < 0)
			errors.push(invalidValue(at, quantityValue(capacity[name]), 'must be a valid resource quantity'));
		if (compareQuantities(capacity[name], '0') <= 0)
			errors.push(invalidValue(at, capacity[name], 'must be greater than zero'));
	}
	return errors;
}

function validateNodeAffinity(affinity: PersistentVolumeSpec['nodeAffinity']): FieldError[] {
	if (!affinity) return [];
	const field = 'spec.nodeAffinity.required';
	const terms = affinity.required?.nodeSelectorTerms;
	if (!affinity.required) return [required(field, 'must specify required node constraints')];
	if (!terms?.length)
		return [required(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')];
	return terms.flatMap((term, index) => validateTerm(term, `${field}.nodeSelectorTerms[${index}]`));
}

/** The first source is looked into, the others are one too many. */
function validateSource(spec: PersistentVolumeSpec): FieldError[] {
	const [first, ...others] = sources.filter((source) => spec[source] !== undefined);
	if (!first) return [required('spec', 'must specify a volume type')];
	const inner = innerFaults[first]?.(spec) ?? [];
	const tooMany = others.map((source) =>
		forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type'),
	);
	return [...inner, ...tooMany];
}

const innerFaults: { [source in (typeof sources)[number]]?: (spec: PersistentVolumeSpec) => FieldError[] } = {
	hostPath: ({ hostPath }) => validatePath(hostPath?.path, 'spec.hostPath.path'),
	nfs({ nfs }) {
		const errors = nfs?.server ? [] : [required('spec.nfs.server')];
		if (!nfs?.path) errors.push(required('spec.nfs.path'));
		else if (!nfs.path.startsWith('/'))
			errors.push(invalidValue('spec.nfs.path', nfs.path, 'must be an absolute path'));
		return errors;
	},
	local({ local, nodeAffinity }) {
		const errors = validatePath(local?.path, 'spec.local.path');
		if (!nodeAffinity?.required?.nodeSelectorTerms?.length)
			errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
		return errors;
	},
	csi({ csi }) {
		const errors: FieldError[] = csi?.driver
			? dnsSubdomain(csi.driver.toLowerCase()).map((fault) =>
					invalidValue('spec.csi.driver', csi.driver, fault),
				)
			: [required('spec.csi.driver')];
		if (!csi?.volumeHandle) errors.push(required('spec.csi.volumeHandle'));
		return errors;
	},
};

function validatePath(path: string | undefined, field: string): FieldError[] {
	if (!path) return [required(field)];
	return path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];
}

function validateAttributesClass({
	volumeAttributesClassName: name,
	csi,
}: PersistentVolumeSpec): FieldError[] {
	const field = 'spec.volumeAttributesClassName';
	if (name === undefined) return [];
	const errors: FieldError[] = name
		? validateClassName(name, field)
		: [required(field, 'an empty string is disallowed')];
	if (!csi) errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
	return errors;
}

/** Faults of the change: what the volume is made of stays. */
export function validateVolumeUpdate(
	{ spec }: PersistentVolume,
	{ spec: old }: PersistentVolume,
): FieldError[] {
	const errors: FieldError[] = [];
	const [before, after] = [sourceOf(old), sourceOf(spec)];
	if (!deepEqual(before, after))
		errors.push(
			forbiddenField(
				'spec.persistentvolumesource',
				`spec.persistentvolumesource is immutable after creation\n${describeDifference(before, after)}`,
			),
		);
	if (spec.volumeMode !== old.volumeMode) errors.push(invalidValue('volumeMode', spec.volumeMode, immutable));
	if (old.nodeAffinity && !deepEqual(spec.nodeAffinity, old.nodeAffinity))
		errors.push(invalidValue('nodeAffinity', spec.nodeAffinity ?? null, immutable));
	if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
		errors.push(
			forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'),
		);
	return errors;
}

const sourceOf = (spec: PersistentVolumeSpec) =>
	Object.fromEntries(sources.flatMap((source) => (spec[source] ? [[source, spec[source]]] : [])));
