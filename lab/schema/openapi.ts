// OpenAPI v3 documents of group versions, made from the facts: what kubectl's apply, explain and diff read
// (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition).
import type { JsonObject } from '../json-object.ts';
import { type Descriptions, describe } from './descriptions/descriptions.ts';
import { type FieldFact, type StructType, type TypeFact, types } from './facts.ts';

/** A resource as a document describes it. */
export interface DescribedResource {
	group: string;
	version: string;
	kind: string;
	plural: string;
	namespaced: boolean;
	struct: StructType;
	hasStatus?: boolean;
	scale?: unknown;
	listKind?: string;
	/** Of a custom resource, which has no facts. */
	openApiSchema?: JsonObject;
}

/** `root` is the group version's path, `/apis/apps/v1`. */
export function groupVersionDocument(
	root: string,
	resources: readonly DescribedResource[],
	descriptions: Descriptions = {},
): JsonObject {
	const paths: JsonObject = {};
	for (const resource of resources) Object.assign(paths, pathsOf(root, resource));
	return {
		openapi: '3.0.0',
		info: { title: 'Kubernetes', version: 'v1.36.2' },
		paths,
		components: { schemas: componentSchemas(resources, descriptions) },
	};
}

/** The schemas of the resources and of all that they are made of, by definition name. */
export function componentSchemas(
	resources: readonly DescribedResource[],
	descriptions: Descriptions = {},
): Record<string, JsonObject> {
	const schemas: Record<string, JsonObject> = {};
	const wanted: string[] = ['io.k8s.apimachinery.pkg.apis.meta.v1.Patch'];
	for (const resource of resources) {
		if (resource.openApiSchema) {
			Object.assign(schemas, customSchemas(resource, resource.openApiSchema));
			wanted.push('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
			wanted.push('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta');
		}
		wanted.push(resource.struct.name);
		if (types[`${resource.struct.name}List`]) wanted.push(`${resource.struct.name}List`);
	}
	for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
		if (schemas[name] || !types[name]) continue;
		schemas[name] = described(name, schemaOf(name, types[name]), descriptions);
		for (const field of Object.values(types[name].fields ?? {})) wanted.push(...referencesOf(field));
	}
	return schemas;
}

/** A custom resource's own schema, and that of its lists. */
function customSchemas(
	{ group, version, kind, listKind = `${kind}List`, struct }: DescribedResource,
	schema: JsonObject,
): Record<string, JsonObject> {
	const item = { allOf: [{ $ref: `#/components/schemas/${struct.name}` }] };
	return {
		[struct.name]: schema,
		[`${struct.name}List`]: {
			type: 'object',
			required: ['items'],
			properties: {
				apiVersion: { type: 'string' },
				kind: { type: 'string' },
				metadata: {
					allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta' }],
				},
				items: { type: 'array', items: item },
			},
			'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
		},
	};
}

function referencesOf(field: FieldFact): string[] {
	if (field.ref) return [field.ref];
	const inner = field.array ?? field.map;
	return inner ? referencesOf(inner) : [];
}

function described(name: string, schema: JsonObject, descriptions: Descriptions): JsonObject {
	const description = describe(descriptions, name);
	const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>);
	return {
		...schema,
		...(description && { description }),
		...(schema.properties !== undefined && {
			properties: Object.fromEntries(
				properties.map(([field, property]) => {
					const words = describe(descriptions, name, field);
					return [field, words ? { ...property, description: words } : property];
				}),
			),
		}),
	};
}

function schemaOf(name: string, type: TypeFact): JsonObject {
	if (!type.fields) {
		const plain = type.type ?? {};
		if (plain.format === 'int-or-string')
			return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
		if (name.endsWith('.resource.Quantity')) return { oneOf: [{ type: 'string' }, { type: 'number' }] };
		return { ...(plain.type && { type: plain.type }), ...(plain.format && { format: plain.format }) };
	}
	const properties: JsonObject = {};
	for (const [key, field] of Object.entries(type.fields)) properties[key] = fieldSchema(field);
	return {
		type: 'object',
		properties,
		...(type.required && { required: type.required }),
		...(type.mapType && { 'x-kubernetes-map-type': type.mapType }),
		...(type.gvk && { 'x-kubernetes-group-version-kind': [type.gvk] }),
	};
}

function fieldSchema(field: FieldFact): JsonObject {
	return {
		...valueSchema(field),
		...(field.patchStrategy && { 'x-kubernetes-patch-strategy': field.patchStrategy }),
		...(field.patchMergeKey && { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
		...(field.listType && { 'x-kubernetes-list-type': field.listType }),
		...(field.listMapKeys && { 'x-kubernetes-list-map-keys': field.listMapKeys }),
	};
}

function valueSchema(field: FieldFact): JsonObject {
	// A sibling of $ref would be ignored, so a reference stands within allOf.
	if (field.ref) return { allOf: [{ $ref: `#/components/schemas/${field.ref}` }] };
	if (field.array) return { type: 'array', items: valueSchema(field.array) };
	if (field.map) return { type: 'object', additionalProperties: valueSchema(field.map) };
	return { ...(field.type && { type: field.type }), ...(field.format && { format: field.format }) };
}

const parameter = (name: string, type = 'string'): JsonObject => ({
	name,
	in: 'query',
	schema: { type, uniqueItems: true },
});

const writeParameters = [parameter('dryRun'), parameter('fieldManager'), parameter('fieldValidation')];

const pathParameter = (name: string): JsonObject => ({
	name,
	in: 'path',
	required: true,
	schema: { type: 'string', uniqueItems: true },
});

/** The last is only for what has a Kubernetes struct. */
const patchTypes = [
	'application/apply-patch+yaml',
	'application/json-patch+json',
	'application/merge-patch+json',
	'application/strategic-merge-patch+json',
];

/** What can be asked of a resource; `root` is its group version's path. */
export function pathsOf(root: string, resource: DescribedResource): Record<string, JsonObject> {
	const { group, version, kind, plural, namespaced, struct } = resource;
	const operation = (action: string, parameters: readonly JsonObject[], body?: JsonObject): JsonObject => ({
		...(parameters.length > 0 && { parameters }),
		...(body && { requestBody: { content: body } }),
		responses: { 200: { description: 'OK', content: content(struct.name) } },
		'x-kubernetes-action': action,
		'x-kubernetes-group-version-kind': { group, version, kind },
	});
	const content = (name: string): JsonObject => ({
		'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
	});
	const patch = Object.fromEntries(
		(resource.openApiSchema ? patchTypes.slice(0, -1) : patchTypes).map((type) => [
			type,
			{ schema: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch' } },
		]),
	);
	const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
	const inNamespace = namespaced ? [pathParameter('namespace')] : [];
	const object = {
		get: operation('get', []),
		put: operation('put', writeParameters, content(struct.name)),
		patch: operation('patch', [...writeParameters, parameter('force', 'boolean')], patch),
		delete: operation('delete', [parameter('dryRun'), parameter('propagationPolicy')]),
		parameters: [pathParameter('name'), ...inNamespace],
	};
	const list = operation('list', [parameter('labelSelector'), parameter('fieldSelector')]);
	return {
		// The list of all namespaces: kubectl 1.27 explains what it finds at this path.
		...(namespaced && { [`${root}/${plural}`]: { get: list } }),
		[collection]: {
			get: list,
			post: operation('post', writeParameters, content(struct.name)),
			delete: operation('deletecollection', [parameter('labelSelector'), parameter('fieldSelector')]),
			parameters: inNamespace,
		},
		[`${collection}/{name}`]: object,
		...(resource.hasStatus && {
			[`${collection}/{name}/status`]: {
				get: object.get,
				put: object.put,
				patch: object.patch,
				parameters: object.parameters,
			},
		}),
	};
}
