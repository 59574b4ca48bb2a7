// What a schema takes away from a value and adds to it: fields it does not have, and defaults.
import { isObject, type JsonObject } from '../../json-object.ts';
import { decode } from '../../schema/decode.ts';
import { objectMeta, type Schema, systemFields } from './schema.ts';

/**
 * A copy of a value with what the schema has alone; `unknown` gets `unknown field "spec.x"` for the rest.
 * `skip` are the fields of the outermost object that are not the schema's business.
 */
export function pruned(
	value: unknown,
	schema: Schema | undefined,
	unknown: string[],
	path = '',
	skip: ReadonlySet<string> = none,
): unknown {
	if (Array.isArray(value))
		return value.map((element, index) =>
			pruned(element, schema?.items, schema ? unknown : [], `${path}[${index}]`),
		);
	if (!isObject(value)) return value;
	const result: JsonObject = {};
	// Where nothing is known, or all is kept, fields that the schema names are still looked into.
	const keepsAll = !schema || schema['x-kubernetes-preserve-unknown-fields'] || takesAny(schema);
	const embedded = schema?.['x-kubernetes-embedded-resource'];
	for (const [name, part] of Object.entries(value)) {
		if (skip.has(name)) continue;
		const at = path ? `${path}.${name}` : name;
		const property = own(schema?.properties, name);
		const additional = isObject(schema?.additionalProperties) ? schema.additionalProperties : undefined;
		const inner = property ?? (additional as Schema | undefined);
		if (part === null && inner && !inner.nullable) continue;
		if (embedded && systemFields.has(name))
			define(result, name, name === 'metadata' ? embeddedMetadata(part, unknown, at) : part);
		else if (inner) define(result, name, pruned(part, inner, unknown, at));
		else if (keepsAll) define(result, name, pruned(part, undefined, [], at));
		else unknown.push(`unknown field "${at}"`);
	}
	return result;
}

const none: ReadonlySet<string> = new Set();

/** A schema that says nothing of fields takes them all, if it is not of type object. */
const takesAny = (schema: Schema) =>
	schema.additionalProperties === true || (schema['x-kubernetes-int-or-string'] ?? false);

const own = (properties: Record<string, Schema> | undefined, name: string) =>
	properties && Object.hasOwn(properties, name) ? properties[name] : undefined;

/** So that a field `__proto__` is a field like any other. */
function define(object: JsonObject, name: string, value: unknown): void {
	Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function embeddedMetadata(value: unknown, unknown: string[], path: string): unknown {
	if (!isObject(value)) return value;
	const decoded = decode(value, objectMeta);
	unknown.push(...decoded.unknown.map((each) => each.replace('"', `"${path}.`)));
	// What only a stored object always has is not put into an embedded one.
	if (!('creationTimestamp' in value)) delete decoded.object.creationTimestamp;
	return decoded.object;
}

/** Fills in the schema's defaults where a field is not there; changes the value. */
export function fillDefaults(value: unknown, schema: Schema): void {
	if (Array.isArray(value)) {
		if (schema.items) for (const element of value) fillDefaults(element, schema.items);
		return;
	}
	if (!isObject(value)) return;
	for (const [name, property] of Object.entries(schema.properties ?? {})) {
		if (!Object.hasOwn(value, name) && property.default !== undefined)
			define(value, name, structuredClone(property.default));
		if (Object.hasOwn(value, name)) fillDefaults(value[name], property);
	}
	const additional = schema.additionalProperties;
	if (!isObject(additional)) return;
	for (const [name, part] of Object.entries(value))
		if (!own(schema.properties, name)) fillDefaults(part, additional as Schema);
}
