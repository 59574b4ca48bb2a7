// An OpenAPI v2 document in protobuf, as clients ask for it that fall back on it for a group version that v3 does
// not list (the messages are those of github.com/google/gnostic, openapiv2/OpenAPIv2.proto).

import protobuf from 'protobufjs/minimal.js';
import type { JsonObject } from '../json-object.ts';
import type { OpenApiV2Document } from './openapi-v2.ts';

type Writer = protobuf.Writer;

/** What the document is called in a Content-Type header. */
export const openApiV2MediaType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const message = (writer: Writer, field: number, write: (inner: Writer) => void): void => {
	writer.uint32((field << 3) | 2).fork();
	write(writer);
	writer.ldelim();
};

const text = (writer: Writer, field: number, value: unknown): void => {
	if (typeof value === 'string') writer.uint32((field << 3) | 2).string(value);
};

/** Where a value of any kind may stand, it is YAML, of which JSON is a part. */
const anything = (writer: Writer, field: number, value: unknown): void =>
	message(writer, field, (any) => text(any, 2, `${JSON.stringify(value)}\n`));

function extensions(writer: Writer, field: number, object: JsonObject): void {
	for (const [name, value] of Object.entries(object))
		if (name.startsWith('x-'))
			message(writer, field, (named) => {
				text(named, 1, name);
				anything(named, 2, value);
			});
}

const numbers = { multipleOf: 6, maximum: 7, minimum: 9 };
const lengths = {
	maxLength: 11,
	minLength: 12,
	maxItems: 14,
	minItems: 15,
	maxProperties: 17,
	minProperties: 18,
};
const flags = { exclusiveMaximum: 8, exclusiveMinimum: 10, uniqueItems: 16 };
const texts = { $ref: 1, format: 2, title: 3, description: 4, pattern: 13 };

function writeSchema(writer: Writer, schema: JsonObject): void {
	for (const [name, tag] of Object.entries(texts)) text(writer, tag, schema[name]);
	for (const [name, tag] of Object.entries(numbers))
		if (typeof schema[name] === 'number') writer.uint32((tag << 3) | 1).double(schema[name]);
	for (const [name, tag] of Object.entries(lengths))
		if (typeof schema[name] === 'number') writer.uint32(tag << 3).int64(schema[name]);
	for (const [name, tag] of Object.entries(flags))
		if (schema[name] === true) writer.uint32(tag << 3).bool(true);
	for (const name of (schema.required ?? []) as string[]) text(writer, 19, name);
	for (const value of (schema.enum ?? []) as unknown[]) anything(writer, 20, value);
	const { additionalProperties: additional, items, properties, type } = schema;
	if (additional !== undefined)
		message(writer, 21, (choice) => {
			if (typeof additional === 'boolean') choice.uint32(16).bool(additional);
			else message(choice, 1, (inner) => writeSchema(inner, additional as JsonObject));
		});
	if (type) message(writer, 22, (item) => text(item, 1, type));
	if (items)
		message(writer, 23, (item) => message(item, 1, (inner) => writeSchema(inner, items as JsonObject)));
	if (properties) message(writer, 25, (named) => writeNamed(named, properties as Record<string, JsonObject>));
	extensions(writer, 31, schema);
}

/** A map of schemas: each entry has a name and a value. */
function writeNamed(writer: Writer, schemas: Record<string, JsonObject>): void {
	for (const [name, schema] of Object.entries(schemas))
		message(writer, 1, (entry) => {
			text(entry, 1, name);
			message(entry, 2, (inner) => writeSchema(inner, schema));
		});
}

/** Of a path its PATCH, with the query parameters that clients look for. */
function writePath(writer: Writer, path: string, patch: JsonObject): void {
	message(writer, 2, (named) => {
		text(named, 1, path);
		message(named, 2, (item) =>
			message(item, 8, (operation) => {
				for (const parameter of patch.parameters as JsonObject[])
					if (parameter.in === 'query') writeQueryParameter(operation, parameter);
				extensions(operation, 13, patch);
			}),
		);
	});
}

function writeQueryParameter(operation: Writer, { name, type }: JsonObject): void {
	message(operation, 8, (parameters) =>
		message(parameters, 1, (parameter) =>
			message(parameter, 2, (nonBody) =>
				message(nonBody, 3, (query) => {
					text(query, 2, 'query');
					text(query, 4, name);
					text(query, 6, type);
				}),
			),
		),
	);
}

/** The document as one message. */
export function encodeOpenApiV2({ swagger, info, paths, definitions }: OpenApiV2Document): Uint8Array {
	const writer = protobuf.Writer.create();
	text(writer, 1, swagger);
	message(writer, 2, (inner) => {
		text(inner, 1, info.title);
		text(inner, 2, info.version);
	});
	message(writer, 8, (inner) => {
		for (const [path, { patch }] of Object.entries(paths)) if (patch) writePath(inner, path, patch);
	});
	message(writer, 9, (inner) => writeNamed(inner, definitions));
	return writer.finish();
}
