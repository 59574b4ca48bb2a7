import { compareQuantities } from '../../schema/quantity.ts';
import type { CSIStorageCapacity } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable, notNegative, validateLabelSelector } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

export const csiStorageCapacities = defineResource<CSIStorageCapacity>({
	group: 'storage.k8s.io',
	version: 'v1',
	kind: 'CSIStorageCapacity',
	plural: 'csistoragecapacities',
	singular: 'csistoragecapacity',
	namespaced: true,
	nameRule: dnsSubdomain,
	validate({ nodeTopology, storageClassName, capacity }) {
		const errors: FieldError[] = [
			...validateLabelSelector(nodeTopology, 'nodeTopology'),
			...dnsSubdomain(storageClassName ?? '').map((fault) =>
				invalidValue('storageClassName', storageClassName, fault),
			),
		];
		if (capacity !== undefined && compareQuantities(capacity, '0') < 0)
			errors.push(invalidValue('capacity', capacity, notNegative));
		return errors;
	},
	validateUpdate: (after, before) =>
		(['nodeTopology', 'storageClassName'] as const)
			.filter((field) => !deepEqual(after[field], before[field]))
			.map((field) => invalidValue(field, after[field] ?? null, immutable)),
	columns: [
		nameColumn,
		{ name: 'StorageClassName', type: 'string', cell: (each) => each.storageClassName },
		{ name: 'Capacity', type: 'string', cell: (each) => each.capacity ?? '<nil>' },
	],
});
