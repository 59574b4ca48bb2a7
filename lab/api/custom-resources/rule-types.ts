// What the rules of a schema see of a value: its types, which rules are checked against when a definition is made, and
// the value itself (k8s.io/apiserver/pkg/cel/common: what has no type there is not seen).
import { isObject } from '../../json-object.ts';
import { type Declarations, duration } from '../expressions/environment.ts';
import type { Schema } from './schema.ts';

const keywords =
	/^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;
const escapes: Readonly<Record<string, string>> = {
	__: '__underscores__',
	'.': '__dot__',
	'-': '__dash__',
	'/': '__slash__',
};

/** How a property is called in rules. */
const identifier = (name: string): string =>
	keywords.test(name) ? `__${name}__` : name.replace(/__|[./-]/g, (part) => escapes[part]);

const canBeNamed = (name: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(identifier(name));

const simpleTypes: Readonly<Record<string, string>> = { boolean: 'bool', integer: 'int', number: 'double' };
const textTypes: Readonly<Record<string, string>> = {
	byte: 'bytes',
	date: 'google.protobuf.Timestamp',
	'date-time': 'google.protobuf.Timestamp',
	duration: 'google.protobuf.Duration',
};

/** What rules see of an embedded object besides what its schema says, and of a resource itself. */
const typed: Record<string, Schema> = {
	apiVersion: { type: 'string' },
	kind: { type: 'string' },
	metadata: { type: 'object', properties: { name: { type: 'string' }, generateName: { type: 'string' } } },
};

/** The variables of the rules of a schema; `self` is not there where they see nothing of the value. */
export function declarationsOf(schema: Schema, isRoot: boolean, optionalOldSelf: boolean): Declarations {
	const objects = new Map<string, Record<string, string>>();
	const self = typeOf(schema, isRoot, objects);
	if (!self) return { variables: {} };
	return { variables: { self, oldSelf: optionalOldSelf ? `optional<${self}>` : self }, objects };
}

function typeOf(
	schema: Schema,
	isRoot: boolean,
	objects: Map<string, Record<string, string>>,
): string | undefined {
	if (schema['x-kubernetes-int-or-string']) return 'dyn';
	const inner = (each: Schema) => typeOf(each, each['x-kubernetes-embedded-resource'] ?? false, objects);
	switch (schema.type) {
		case 'array': {
			const element = schema.items && inner(schema.items);
			return element && `list<${element}>`;
		}
		case 'object': {
			if (!isRoot && isObject(schema.additionalProperties)) {
				const element = inner(schema.additionalProperties as Schema);
				return element && `map<string, ${element}>`;
			}
			const name = objects.size === 0 ? 'selfType' : `selfType${objects.size}`;
			const fields: Record<string, string> = {};
			objects.set(name, fields);
			for (const [property, each] of Object.entries({ ...schema.properties, ...(isRoot && typed) })) {
				const type = canBeNamed(property) ? inner(each) : undefined;
				if (type) fields[identifier(property)] = type;
			}
			return name;
		}
		case 'string':
			return textTypes[schema.format ?? ''] ?? 'string';
		default:
			return simpleTypes[schema.type ?? ''];
	}
}

/** A value as rules see it: integers apart from other numbers, and times as times. */
export function celValue(value: unknown, schema: Schema | undefined): unknown {
	if (typeof value === 'number')
		return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
	if (typeof value === 'string') return celText(value, schema);
	if (Array.isArray(value)) return value.map((element) => celValue(element, schema?.items));
	if (!isObject(value)) return value;
	const { properties, additionalProperties: additional } = schema ?? {};
	return Object.fromEntries(
		Object.entries(value).map(([name, part]) =>
			isObject(additional)
				? [name, celValue(part, additional as Schema)]
				: [identifier(name), celValue(part, properties?.[name])],
		),
	);
}

function celText(text: string, schema: Schema | undefined): unknown {
	if (schema?.type !== 'string') return text;
	switch (schema.format) {
		case 'date':
		case 'date-time':
			return new Date(text);
		case 'duration':
			return duration(text);
		case 'byte':
			return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
		default:
			return text;
	}
}
