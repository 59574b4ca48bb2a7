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
	const terms = (text.match(/(?:\\.|[^\\,]|\\$)+/gs) ?? []).sort();
	const requirements = terms.map((term) => parseTerm(term, text));
	for (const { field } of requirements)
		if (!selectable(resource, field)) throw new FieldSelectorError(unknownField(resource, field));
	return requirements;
}

function parseTerm(term: string, selector: string): FieldRequirement {
	const found = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
	if (!found) throw new FieldSelectorError(`invalid selector: '${selector}'; can't understand '${term}'`);
	const [, field, operator, value] = found;
	return { field, equal: operator !== '!=', value: unescaped(value) };
}

/** A value with its escapes undone: only `\`, `,` and `=` are escaped, and all of them must be. */
function unescaped(value: string): string {
	return value.replace(/\\(.?)|=/gs, (found, escaped) => {
		if (found === '=')
			throw new FieldSelectorError('invalid field selector: unescaped character in value: 61');
		if (!'\\,='.includes(escaped) || escaped === '')
			throw new FieldSelectorError(`invalid field selector: invalid escape sequence: ${found}`);
		return escaped;
	});
}

/** A kind that lists no fields takes the namespace even where its objects are in none. */
const selectable = ({ namespaced, selectableFields }: Resource, field: string) =>
	field === 'metadata.name' ||
	(field === 'metadata.namespace' && (namespaced || !selectableFields)) ||
	Object.hasOwn(selectableFields ?? {}, field);

function unknownField({ selectableFields, unknownFieldText }: Resource, field: string): string {
	if (unknownFieldText) return unknownFieldText(JSON.stringify(field));
	if (selectableFields) return `field label not supported: ${field}`;
	return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

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
					? (object.metadata.namespace ?? '')
					: resource.selectableFields?.[field](object);
		return (actual === value) === equal;
	});
}
