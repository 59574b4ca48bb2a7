// Tables: a kind's printer columns filled in for `kubectl get` (meta.k8s.io/v1 Table).
import type { KubernetesObject } from '../../schema/types.ts';
import { badRequest } from '../errors.ts';
import type { Resource } from '../registry.ts';

export type IncludedObject = 'None' | 'Metadata' | 'Object';

const columnDescriptions: Readonly<Record<string, string>> = {
	Name: 'Name must be unique within a namespace.',
	Age: 'CreationTimestamp is a timestamp representing the server time when this object was created.',
};

/** Whatever has printer columns. */
export type Printed = Pick<Resource, 'columns'>;

export function tableColumns(resource: Printed) {
	return resource.columns.map((column) => ({
		name: column.name,
		type: column.type,
		format: column.format ?? '',
		description: column.description ?? columnDescriptions[column.name] ?? '',
		priority: column.priority ?? 0,
	}));
}

/** `includeObject` of the query. Throws BadRequest. */
export function includedObject(query: URLSearchParams): IncludedObject {
	const value = query.get('includeObject') || 'Metadata';
	if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
	throw badRequest(`unrecognized includeObject value: ${JSON.stringify(value)}`);
}

export function tableRow(resource: Printed, object: KubernetesObject, included: IncludedObject, now: number) {
	return {
		cells: resource.columns.map((column) => column.cell(object, now)),
		...(included === 'None'
			? { object: null }
			: { object: included === 'Object' ? object : partialMetadata(object) }),
	};
}

export function partialMetadata(object: KubernetesObject) {
	return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** A table of objects; `columns` false for what follows the first of a watch. */
export function table(
	resource: Printed,
	objects: readonly KubernetesObject[],
	metadata: Record<string, unknown>,
	included: IncludedObject,
	now: number,
	columns = true,
) {
	return {
		kind: 'Table',
		apiVersion: 'meta.k8s.io/v1',
		metadata,
		columnDefinitions: columns ? tableColumns(resource) : null,
		rows: objects.map((object) => tableRow(resource, object, included, now)),
	};
}
