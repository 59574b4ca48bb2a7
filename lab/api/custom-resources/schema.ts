// The schema of a custom resource: OpenAPI v3 as far as CustomResourceDefinitions take it
// (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
import { isObject, type JsonObject } from '../../json-object.ts';
import { deduced, leaf, type MergeType, mergeTypeOf, set } from '../../patch/merge-type.ts';
import { structType } from '../../schema/facts.ts';

/** One of x-kubernetes-validations. */
export interface Rule {
	rule: string;
	message?: string;
	messageExpression?: string;
	reason?: string;
	fieldPath?: string;
	optionalOldSelf?: boolean;
}

export interface Schema {
	type?: string;
	description?: string;
	format?: string;
	default?: unknown;
	enum?: unknown[];
	nullable?: boolean;
	properties?: Record<string, Schema>;
	additionalProperties?: Schema | boolean;
	items?: Schema;
	required?: string[];
	pattern?: string;
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: boolean;
	exclusiveMaximum?: boolean;
	multipleOf?: number;
	minLength?: number;
	maxLength?: number;
	minItems?: number;
	maxItems?: number;
	minProperties?: number;
	maxProperties?: number;
	uniqueItems?: boolean;
	allOf?: Schema[];
	anyOf?: Schema[];
	oneOf?: Schema[];
	not?: Schema;
	'x-kubernetes-preserve-unknown-fields'?: boolean;
	'x-kubernetes-embedded-resource'?: boolean;
	'x-kubernetes-int-or-string'?: boolean;
	'x-kubernetes-list-type'?: string;
	'x-kubernetes-list-map-keys'?: string[];
	'x-kubernetes-map-type'?: string;
	'x-kubernetes-validations'?: Rule[];
}

export const objectMeta = structType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

/** What the server itself knows of an object, and no schema may change. */
export const systemFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Every schema that lies within one, itself first. */
export function* schemasWithin(schema: Schema): Generator<Schema> {
	yield schema;
	const inner = [
		...Object.values(schema.properties ?? {}),
		...(isObject(schema.additionalProperties) ? [schema.additionalProperties] : []),
		...(schema.items ? [schema.items] : []),
		...(schema.allOf ?? []),
		...(schema.anyOf ?? []),
		...(schema.oneOf ?? []),
		...(schema.not ? [schema.not] : []),
	];
	for (const each of inner) if (isObject(each)) yield* schemasWithin(each as Schema);
}

/** How server-side apply merges what the schema describes. */
export function schemaMerge(schema: Schema, isRoot = false): MergeType {
	const preserves = schema['x-kubernetes-preserve-unknown-fields'];
	if (schema['x-kubernetes-map-type'] === 'atomic' || schema['x-kubernetes-int-or-string']) return leaf;
	if (schema.type === 'array') return listMerge(schema);
	const embedded = isRoot || schema['x-kubernetes-embedded-resource'];
	if (!schema.properties && isObject(schema.additionalProperties))
		return { kind: 'map', element: schemaMerge(schema.additionalProperties as Schema) };
	if (!schema.properties && !embedded) return preserves ? deduced : schema.type === 'object' ? empty : leaf;
	const fields = new Map<string, MergeType>();
	for (const [name, property] of Object.entries(schema.properties ?? {}))
		fields.set(name, schemaMerge(property));
	if (embedded) {
		fields.set('apiVersion', leaf).set('kind', leaf);
		fields.set('metadata', mergeTypeOf(objectMeta));
	}
	return { kind: 'struct', field: (name) => fields.get(name) ?? (preserves ? deduced : undefined) };
}

const empty: MergeType = { kind: 'struct', field: () => undefined };

function listMerge(schema: Schema): MergeType {
	if (schema['x-kubernetes-list-type'] === 'set') return set;
	if (schema['x-kubernetes-list-type'] !== 'map' || !schema.items) return leaf;
	const defaults: JsonObject = {};
	for (const [name, property] of Object.entries(schema.items.properties ?? {}))
		if (property.default !== undefined) defaults[name] = property.default;
	const keys = [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort();
	return { kind: 'keyed', keys, defaults, element: schemaMerge(schema.items) };
}
