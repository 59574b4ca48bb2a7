import type { StorageClass } from '../../schema/types.ts';
import { isDefaultClass } from '../admission/default-storage-class.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateParameters, validateProvisioner, validateTopologies } from '../validation/storage.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { unset } from './storage-columns.ts';

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];

function validate(storageClass: StorageClass): FieldError[] {
	const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies } = storageClass;
	const errors = [
		...validateProvisioner(provisioner, 'provisioner'),
		...validateParameters(parameters, 'parameters'),
	];
	if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy))
		errors.push(notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies));
	if (!bindingModes.includes(volumeBindingMode ?? ''))
		errors.push(notSupported('volumeBindingMode', volumeBindingMode, bindingModes));
	return [...errors, ...validateTopologies(allowedTopologies, 'allowedTopologies')];
}

function validateUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
	const errors = (['parameters', 'provisioner', 'reclaimPolicy'] as const)
		.filter((field) => !deepEqual(storageClass[field], old[field]))
		.map((field) => forbiddenField(field, `updates to ${field} are forbidden.`));
	if (storageClass.volumeBindingMode !== old.volumeBindingMode)
		errors.push(invalidValue('volumeBindingMode', storageClass.volumeBindingMode, immutable));
	return errors;
}

export const storageClasses = defineResource<StorageClass>({
	group: 'storage.k8s.io',
	version: 'v1',
	kind: 'StorageClass',
	plural: 'storageclasses',
	singular: 'storageclass',
	shortNames: ['sc'],
	namespaced: false,
	returnsDeleted: true,
	nameRule: dnsSubdomain,
	setDefaults(storageClass) {
		storageClass.reclaimPolicy ??= 'Delete';
		storageClass.volumeBindingMode ??= 'Immediate';
	},
	validate,
	validatesUpdate: 'change',
	validateUpdate,
	columns: [
		{
			...nameColumn,
			cell: (each) => each.metadata.name + (isDefaultClass(each as StorageClass) ? ' (default)' : ''),
		},
		{ name: 'Provisioner', type: 'string', cell: (each) => each.provisioner },
		{ name: 'ReclaimPolicy', type: 'string', cell: (each) => each.reclaimPolicy ?? 'Delete' },
		{ name: 'VolumeBindingMode', type: 'string', cell: (each) => each.volumeBindingMode ?? unset },
		{
			name: 'AllowVolumeExpansion',
			type: 'string',
			cell: (each) => each.allowVolumeExpansion ?? false,
		},
		ageColumn,
	],
});
