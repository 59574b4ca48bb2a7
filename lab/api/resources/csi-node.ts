import type { CSINode } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { duplicate, type FieldError, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable, notNegative } from '../validation/metadata.ts';
import { dnsSubdomain, qualifiedName } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

const longestNodeId = 256;

function validate({ spec }: CSINode): FieldError[] {
	const names = new Set<string>();
	return (spec.drivers ?? []).flatMap(({ name, nodeID, allocatable, topologyKeys = [] }, index) => {
		const field = `spec.drivers[${index}]`;
		const errors: FieldError[] = [];
		if (!name) errors.push(required(`${field}.name`));
		else
			errors.push(
				...dnsSubdomain(name.toLowerCase()).map((fault) => invalidValue(`${field}.name`, name, fault)),
			);
		if (!nodeID) errors.push(required(`${field}.nodeID`));
		else if (nodeID.length > longestNodeId)
			errors.push(invalidValue(`${field}.nodeID`, nodeID, `must be ${longestNodeId} characters or less`));
		if ((allocatable?.count ?? 0) < 0)
			errors.push(invalidValue(`${field}.allocatable.count`, allocatable?.count, notNegative));
		if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
		names.add(name);
		topologyKeys.forEach((key, place) => {
			if (!key) errors.push(required(field));
			if (topologyKeys.indexOf(key) < place) errors.push(duplicate(field, key));
			errors.push(...qualifiedName(key).map((fault) => invalidValue(field, key, fault)));
		});
		return errors;
	});
}

export const csiNodes = defineResource<CSINode>({
	group: 'storage.k8s.io',
	version: 'v1',
	kind: 'CSINode',
	plural: 'csinodes',
	singular: 'csinode',
	namespaced: false,
	returnsDeleted: true,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	validate,
	validateUpdate: ({ spec }, { spec: old }) =>
		(spec.drivers ?? []).flatMap((driver) => {
			const before = old.drivers.find(({ name }) => name === driver.name);
			if (!before || deepEqual({ ...driver, allocatable: null }, { ...before, allocatable: null })) return [];
			return [invalidValue('spec.drivers', driver, immutable)];
		}),
	columns: [
		nameColumn,
		{ name: 'Drivers', type: 'integer', cell: ({ spec }) => spec.drivers?.length ?? 0 },
		ageColumn,
	],
});
