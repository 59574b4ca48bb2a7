import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs/minimal.js';
import type { JsonObject } from '../json-object.ts';
import { structType } from './facts.ts';
import { openApiV2Document } from './openapi-v2.ts';
import { encodeOpenApiV2 } from './openapi-v2-protobuf.ts';

/** The length-delimited fields of a message with a tag. */
function fieldsOf(data: Uint8Array, wanted: number): Uint8Array[] {
	const found: Uint8Array[] = [];
	const reader = protobuf.Reader.create(data);
	while (reader.pos < reader.len) {
		const key = reader.uint32();
		if (key >>> 3 === wanted && (key & 7) === 2) found.push(reader.bytes());
		else reader.skipType(key & 7);
	}
	return found;
}
const textOf = (data: Uint8Array) => new TextDecoder().decode(data);
const named = (data: Uint8Array) => [textOf(fieldsOf(data, 1)[0]), fieldsOf(data, 2)[0]] as const;

const json = openApiV2Document([
	{
		group: 'apps',
		version: 'v1',
		kind: 'StatefulSet',
		plural: 'statefulsets',
		namespaced: true,
		struct: structType('io.k8s.api.apps.v1.StatefulSet'),
	},
]);
const document = encodeOpenApiV2(json);

test('a kind’s path has a PATCH that names fieldValidation', () => {
	const paths = new Map(fieldsOf(fieldsOf(document, 8)[0], 2).map(named));
	const item = paths.get('/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}');
	assert.ok(item);
	const [operation] = fieldsOf(item, 8);
	const parameters = fieldsOf(operation, 8).map((each) =>
		textOf(fieldsOf(fieldsOf(fieldsOf(fieldsOf(each, 1)[0], 2)[0], 3)[0], 4)[0]),
	);
	assert.deepEqual(parameters, ['dryRun', 'fieldManager', 'fieldValidation', 'force']);
});

test('every type that a definition refers to is defined', () => {
	const definitions = new Map(fieldsOf(fieldsOf(document, 9)[0], 1).map(named));
	assert(definitions.has('io.k8s.api.core.v1.Container'));
	for (const [, name] of textOf(document).matchAll(/#\/definitions\/([\w.-]+\.[A-Z]\w*)/g))
		assert(definitions.has(name), name);
});

test('lists that merge carry their strategy', () => {
	const definitions = new Map(fieldsOf(fieldsOf(document, 9)[0], 1).map(named));
	const properties = new Map(
		fieldsOf(fieldsOf(definitions.get('io.k8s.api.core.v1.PodSpec')!, 25)[0], 1).map(named),
	);
	const extensions = fieldsOf(properties.get('containers')!, 31).map(named);
	assert.deepEqual(
		extensions.slice(0, 2).map(([name, value]) => [name, textOf(fieldsOf(value, 2)[0])]),
		[
			['x-kubernetes-patch-strategy', '"merge"\n'],
			['x-kubernetes-patch-merge-key', '"name"\n'],
		],
	);
});

test('as JSON it has the same definitions, and what can be asked', () => {
	const definitions = new Map(fieldsOf(fieldsOf(document, 9)[0], 1).map(named));
	assert.deepEqual([...definitions.keys()], Object.keys(json.definitions));
	const { spec } = json.definitions['io.k8s.api.apps.v1.StatefulSet'].properties as Record<
		string,
		JsonObject
	>;
	assert.equal(spec.$ref, '#/definitions/io.k8s.api.apps.v1.StatefulSetSpec');
	assert.equal(json.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'].type, 'string');
	const { post, get } = json.paths['/apis/apps/v1/namespaces/{namespace}/statefulsets'];
	assert.deepEqual((post.parameters as JsonObject[])[0], {
		name: 'body',
		in: 'body',
		required: true,
		schema: { $ref: '#/definitions/io.k8s.api.apps.v1.StatefulSet' },
	});
	assert.equal(get['x-kubernetes-action'], 'list');
});

test('of a custom resource it says what v2 can say', () => {
	const gadget = {
		group: 'example.com',
		version: 'v1',
		kind: 'Gadget',
		plural: 'gadgets',
		namespaced: false,
		struct: { ...structType('io.k8s.api.core.v1.ConfigMap'), name: 'com.example.v1.Gadget' },
		openApiSchema: {
			type: 'object',
			properties: {
				size: { type: 'integer', maximum: 9, default: 3, description: 'How large.' },
				port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
				maybe: { type: 'object', nullable: true, properties: { a: { type: 'string' } } },
				anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
				choice: { type: 'object', oneOf: [{ required: ['k'] }, { required: ['l'] }] },
				colors: { type: 'object', additionalProperties: { type: 'string', enum: ['red'] } },
			},
		},
	};
	const { definitions } = openApiV2Document([gadget]);
	assert.deepEqual(definitions['com.example.v1.Gadget'].properties, {
		size: { type: 'integer', maximum: 9, description: 'How large.' },
		port: { 'x-kubernetes-int-or-string': true },
		maybe: {},
		anything: { 'x-kubernetes-preserve-unknown-fields': true },
		choice: { type: 'object' },
		colors: { type: 'object', additionalProperties: { type: 'string', enum: ['red'] } },
	});
	assert.ok(definitions['com.example.v1.GadgetList']);
});
