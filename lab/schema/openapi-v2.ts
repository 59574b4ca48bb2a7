// The OpenAPI v2 document of all that is served: what clients before OpenAPI v3 read, made of the v3 schemas.
// v2 has no alternatives and no null, so of a custom resource's schema only what v2 can say is told, as
// apiextensions-apiserver tells it.
import { isObject, type JsonObject } from '../json-object.ts';
import type { Descriptions } from './descriptions/descriptions.ts';
import { componentSchemas, type DescribedResource, pathsOf } from './openapi.ts';

export interface OpenApiV2Document {
	swagger: '2.0';
	info: { title: string; version: string };
	paths: Record<string, Record<string, JsonObject>>;
	definitions: Record<string, JsonObject>;
}

const reference = (ref: unknown) => String(ref).replace('#/components/schemas/', '#/definitions/');

/** What v2 has no word for, or what kubectl would take for a rule that it is not. */
const onlyInV3 = ['default', 'nullable', 'allOf', 'anyOf', 'oneOf', 'not'];

function schemaV2(schema: JsonObject, isRoot = false): JsonObject {
	const kept = Object.fromEntries(Object.entries(schema).filter(([name]) => !onlyInV3.includes(name)));
	const [only] = Array.isArray(schema.allOf) ? (schema.allOf as JsonObject[]) : [];
	if (schema.$ref ?? only?.$ref) return { ...kept, $ref: reference(schema.$ref ?? only.$ref) };
	// Built in: Quantity and IntOrString, which v2 takes for strings.
	if (
		Array.isArray(schema.oneOf) &&
		!schema.type &&
		!schema.properties &&
		schema.oneOf.every((each) => each.type)
	)
		return { ...kept, type: 'string' };
	const anything = schema['x-kubernetes-preserve-unknown-fields'] === true && !isRoot;
	if (anything || schema.nullable || schema['x-kubernetes-int-or-string']) {
		for (const name of ['type', 'items', 'properties', 'additionalProperties', 'required']) delete kept[name];
		return kept;
	}
	const { properties, items, additionalProperties: additional } = kept;
	return {
		...kept,
		...(isObject(properties) && { properties: each(properties) }),
		...(isObject(items) && { items: schemaV2(items) }),
		...(isObject(additional) && { additionalProperties: schemaV2(additional) }),
	};
}

const each = (schemas: JsonObject) =>
	Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaV2(schema as JsonObject)]));

const parameterV2 = ({ schema, ...parameter }: JsonObject): JsonObject => ({
	uniqueItems: true,
	...(schema as JsonObject),
	...parameter,
});

function operationV2(operation: JsonObject): JsonObject {
	const { parameters = [], requestBody, responses, ...rest } = operation;
	const content = ((requestBody as JsonObject | undefined)?.content ?? {}) as Record<
		string,
		{ schema: JsonObject }
	>;
	const [sent] = Object.values(content);
	const [[code, answer]] = Object.entries(responses as Record<string, JsonObject>);
	const [given] = Object.values(answer.content as Record<string, { schema: JsonObject }>);
	return {
		...(sent && { consumes: Object.keys(content) }),
		produces: ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
		parameters: [
			...(sent ? [{ name: 'body', in: 'body', required: true, schema: schemaV2(sent.schema) }] : []),
			...(parameters as JsonObject[]).map(parameterV2),
		],
		responses: { [code]: { description: answer.description, schema: schemaV2(given.schema) } },
		...rest,
	};
}

function pathsV2(resource: DescribedResource): [string, Record<string, JsonObject>][] {
	const { group, version } = resource;
	const paths = pathsOf(group ? `/apis/${group}/${version}` : `/api/${version}`, resource);
	return Object.entries(paths).map(([path, { parameters = [], ...operations }]) => [
		path,
		{
			...Object.fromEntries(
				Object.entries(operations).map(([method, operation]) => [
					method,
					operationV2(operation as JsonObject),
				]),
			),
			parameters: (parameters as JsonObject[]).map(parameterV2) as unknown as JsonObject,
		},
	]);
}

/** The document of all that is served. */
export function openApiV2Document(
	resources: readonly DescribedResource[],
	descriptions: Descriptions = {},
): OpenApiV2Document {
	const schemas = Object.entries(componentSchemas(resources, descriptions));
	schemas.sort(([a], [b]) => (a < b ? -1 : 1));
	return {
		swagger: '2.0',
		info: { title: 'Kubernetes', version: 'v1.36.2' },
		paths: Object.fromEntries(resources.flatMap(pathsV2)),
		definitions: Object.fromEntries(schemas.map(([name, schema]) => [name, schemaV2(schema, true)])),
	};
}
