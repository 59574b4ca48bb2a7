// Field selectors of a query (`status.phase=Running,spec.nodeName!=node1`), k8s.io/apimachinery/pkg/fields.
import type { KubernetesObject } from '../../schema/types.ts';
import type { Resource } from '../registry.ts';

export interface FieldRequirement {
	field: string;
	equal: boolean;
	value: string;
}

/** What is wrong with a selector, in the server's words. */
export class FieldSelectorError extends Error {}

/** Throws FieldSelectorError where it cannot be read, or the resource has no such field to select by. */
export function parseFieldSelector(text: string, resource: Resource): FieldRequirement[] {
	const requirements: FieldRequirement[] = [];
	for (const part of text.split(/(?<!\\),/)) {
		if (part === '') continue;
		const found = /^([^=!]*)(==|!=|=)(.*)$/s.exec(part);
		if (!found) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
		const [, field, operator, value] = found;
		if (!selectable(resource, field)) throw new FieldSelectorError(`field label not supported: ${field}`);
		requirements.push({ field, equal: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') });
	}
	return requirements;
}

const selectable = (resource: Resource, field: string) =>
	field === 'metadata.name' ||
	(field === 'metadata.namespace' && resource.namespaced) ||
	Object.hasOwn(resource.selectableFields ?? {}, field);

export function fieldsMatch(
	requirements: readonly FieldRequirement[],
	resource: Resource,
	object: KubernetesObject,
): boolean {
	return requirements.every(({ field, equal, value }) => {
		const actual =
			field === 'metadata.name'
				? object.metadata.name
				: field === 'metadata.namespace'
					? object.metadata.namespace
					: resource.selectableFields?.[field](object);
		return (actual === value) === equal;
	});
}
