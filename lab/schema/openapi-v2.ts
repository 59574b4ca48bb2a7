// The OpenAPI v2 document in protobuf: clients fall back on it for a group version that v3 does not list, and
// take no other form of it (the messages are those of github.com/google/gnostic, openapiv2/OpenAPIv2.proto).
import protobuf from 'protobufjs/minimal.js';
import { type Descriptions, describe } from './descriptions/descriptions.ts';
import { type FieldFact, type TypeFact, types } from './facts.ts';
import type { DescribedResource } from './openapi.ts';

type Writer = protobuf.Writer;

/** What the document is called in a Content-Type header. */
export const openApiV2MediaType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const message = (writer: Writer, field: number, write: (inner: Writer) => void): void => {
	writer.uint32((field << 3) | 2).fork();
	write(writer);
	writer.ldelim();
};

const text = (writer: Writer, field: number, value: string | undefined): void => {
	if (value !== undefined) writer.uint32((field << 3) | 2).string(value);
};

/** An extension's value is YAML, of which JSON is a part. */
function extension(writer: Writer, field: number, name: string, value: unknown): void {
	if (value === undefined) return;
	message(writer, field, (named) => {
		text(named, 1, name);
		message(named, 2, (any) => text(any, 2, `${JSON.stringify(value)}\n`));
	});
}

/** A map of schemas: each entry has a name and a value. */
function namedSchema(writer: Writer, name: string, write: (schema: Writer) => void): void {
	message(writer, 1, (entry) => {
		text(entry, 1, name);
		message(entry, 2, write);
	});
}

function writeValue(schema: Writer, field: FieldFact): void {
	if (field.ref) text(schema, 1, `#/definitions/${field.ref}`);
	text(schema, 2, field.format);
	const { array, map } = field;
	if (map) message(schema, 21, (additional) => message(additional, 1, (inner) => writeValue(inner, map)));
	const type = array ? 'array' : map ? 'object' : field.type;
	if (type) message(schema, 22, (item) => text(item, 1, type));
	if (array) message(schema, 23, (items) => message(items, 1, (inner) => writeValue(inner, array)));
}

function writeField(schema: Writer, field: FieldFact, description: string | undefined): void {
	writeValue(schema, field);
	text(schema, 4, description);
	extension(schema, 31, 'x-kubernetes-patch-strategy', field.patchStrategy);
	extension(schema, 31, 'x-kubernetes-patch-merge-key', field.patchMergeKey);
	extension(schema, 31, 'x-kubernetes-list-type', field.listType);
	extension(schema, 31, 'x-kubernetes-list-map-keys', field.listMapKeys);
}

function writeDefinition(schema: Writer, name: string, type: TypeFact, descriptions: Descriptions): void {
	const { fields, required = [], gvk } = type;
	text(schema, 4, describe(descriptions, name));
	if (!fields) {
		writeValue(schema, {
			...type.type,
			type: type.type?.format === 'int-or-string' ? 'string' : type.type?.type,
		});
		return;
	}
	for (const field of required) text(schema, 19, field);
	message(schema, 22, (item) => text(item, 1, 'object'));
	message(schema, 25, (properties) => {
		for (const [property, field] of Object.entries(fields))
			namedSchema(properties, property, (inner) =>
				writeField(inner, field, describe(descriptions, name, property)),
			);
	});
	if (gvk) extension(schema, 31, 'x-kubernetes-group-version-kind', [gvk]);
}

/** A PATCH that names the query parameters which clients look for. */
function writePath(paths: Writer, resource: DescribedResource): void {
	const { group, version, kind, plural, namespaced } = resource;
	const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
	const path = namespaced ? `${root}/namespaces/{namespace}/${plural}/{name}` : `${root}/${plural}/{name}`;
	message(paths, 2, (named) => {
		text(named, 1, path);
		message(named, 2, (item) =>
			message(item, 8, (operation) => {
				for (const name of ['dryRun', 'fieldManager', 'fieldValidation'])
					message(operation, 8, (parameters) =>
						message(parameters, 1, (parameter) =>
							message(parameter, 2, (nonBody) =>
								message(nonBody, 3, (query) => {
									text(query, 2, 'query');
									text(query, 4, name);
									text(query, 6, 'string');
								}),
							),
						),
					);
				extension(operation, 13, 'x-kubernetes-action', 'patch');
				extension(operation, 13, 'x-kubernetes-group-version-kind', { group, version, kind });
			}),
		);
	});
}

/** The types that the resources are made of, in order of name. */
function definitionsOf(resources: readonly DescribedResource[]): string[] {
	const found = new Set<string>();
	const wanted = resources.map((resource) => resource.struct.name);
	for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
		if (found.has(name) || !types[name]) continue;
		found.add(name);
		for (let field of Object.values(types[name].fields ?? {})) {
			while (field.array ?? field.map) field = (field.array ?? field.map) as FieldFact;
			if (field.ref) wanted.push(field.ref);
		}
	}
	return [...found].sort();
}

/** The document of all that is served. */
export function openApiV2Document(
	resources: readonly DescribedResource[],
	descriptions: Descriptions = {},
): Uint8Array {
	const writer = protobuf.Writer.create();
	text(writer, 1, '2.0');
	message(writer, 2, (info) => {
		text(info, 1, 'Kubernetes');
		text(info, 2, 'v1.36.2');
	});
	message(writer, 8, (paths) => {
		for (const resource of resources) writePath(paths, resource);
	});
	message(writer, 9, (definitions) => {
		for (const name of definitionsOf(resources))
			namedSchema(definitions, name, (schema) => writeDefinition(schema, name, types[name], descriptions));
	});
	return writer.finish();
}
