// x-kubernetes-validations: what a schema's rules in the Common Expression Language say of an object, with the texts
// of apiextensions-apiserver
// (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules).
import { isObject, type JsonObject } from '../../json-object.ts';
import { evaluationFault, mentions, optional, program, type Variables } from '../expressions/environment.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { celValue } from './rule-types.ts';
import { type Rule, type Schema, schemasWithin } from './schema.ts';

const rulesOf = (schema: Schema): readonly Rule[] => schema['x-kubernetes-validations'] ?? [];

export const hasRules = (schema: Schema): boolean =>
	[...schemasWithin(schema)].some((each) => rulesOf(each).length > 0);

/** Faults of an object by its schema's rules; `old` is undefined where it is created. */
export function validateRules(object: JsonObject, old: JsonObject | undefined, schema: Schema): FieldError[] {
	return validate(seen(object), old && seen(old), schema, '');
}

/** Of the metadata rules see the name alone. */
function seen(object: JsonObject): JsonObject {
	const { name, generateName } = (object.metadata ?? {}) as JsonObject;
	return {
		...object,
		metadata: { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) },
	};
}

function validate(value: unknown, old: unknown, schema: Schema, path: string): FieldError[] {
	if (value === null || value === undefined) return [];
	const errors = rulesOf(schema).flatMap((rule) => evaluate(rule, value, old, schema, path));
	const at = (name: string) => (path ? `${path}.${name}` : name);
	if (Array.isArray(value) && schema.items) {
		const { items } = schema;
		const before = correlated(Array.isArray(old) ? old : [], schema);
		for (const [index, element] of value.entries())
			errors.push(...validate(element, before(element), items, `${path}[${index}]`));
	} else if (isObject(value)) {
		const { properties = {}, additionalProperties: additional } = schema;
		for (const [name, part] of Object.entries(value)) {
			const before = isObject(old) ? old[name] : undefined;
			if (Object.hasOwn(properties, name)) errors.push(...validate(part, before, properties[name], at(name)));
			else if (isObject(additional))
				errors.push(...validate(part, before, additional as Schema, `${path}[${name}]`));
		}
	}
	return errors;
}

/** Which element of a list was one before: only those of a list that is a map can be told. */
function correlated(old: readonly unknown[], schema: Schema): (element: unknown) => unknown {
	const keys = schema['x-kubernetes-list-map-keys'] ?? [];
	if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0) return () => undefined;
	const identity = (element: unknown) =>
		JSON.stringify(keys.map((key) => (isObject(element) ? element[key] : undefined)));
	const known = new Map(old.map((element) => [identity(element), element]));
	return (element) => known.get(identity(element));
}

/** A rule that looks at what was before says nothing of what was not. */
const isTransition = ({ rule }: Rule) => mentions(rule, 'oldSelf');

function evaluate(rule: Rule, value: unknown, old: unknown, schema: Schema, path: string): FieldError[] {
	if (isTransition(rule) && old === undefined && !rule.optionalOldSelf) return [];
	const before = old === undefined ? undefined : celValue(old, schema);
	const variables = {
		self: celValue(value, schema),
		oldSelf: rule.optionalOldSelf ? optional(before) : before,
	};
	const place = path || '<nil>';
	const shown = schema.type ?? '';
	let result: unknown;
	try {
		result = program(rule.rule, typesOf(rule))(variables);
	} catch (error) {
		const reason = evaluationFault(error);
		const asked = rule.message?.trim() || rule.rule;
		const detail = /^no such overload|^found no matching overload/.test(reason)
			? `'${reason}': call arguments did not match a supported operator, function or macro signature for rule: ${asked}`
			: `${reason} evaluating rule: ${asked}`;
		return [invalidValue(place, shown, detail)];
	}
	if (result === true) return [];
	const field = rule.fieldPath ? `${path}${rule.fieldPath}`.replace(/^\./, '') : place;
	const detail = messageOf(rule, variables);
	switch (rule.reason) {
		case 'FieldValueRequired':
			return [required(field, detail)];
		case 'FieldValueForbidden':
			return [forbiddenField(field, detail)];
		case 'FieldValueDuplicate':
			return [{ reason: 'FieldValueDuplicate', field, value: shown, detail: '' }];
		default:
			return [invalidValue(field, shown, detail)];
	}
}

const typesOf = ({ optionalOldSelf }: Rule) => ({
	self: 'dyn',
	oldSelf: optionalOldSelf ? 'optional<dyn>' : 'dyn',
});

function messageOf(rule: Rule, variables: Variables): string {
	if (rule.messageExpression)
		try {
			const message = program(rule.messageExpression, typesOf(rule))(variables);
			if (typeof message === 'string' && message.trim() && !message.includes('\n')) return message.trim();
		} catch {
			// As in a cluster: what cannot be said so is said otherwise.
		}
	return rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
}
