import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs/minimal.js';
import { structType } from './facts.ts';
import { openApiV2Document } from './openapi-v2.ts';

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

const document = openApiV2Document([
	{
		group: 'apps',
		version: 'v1',
		kind: 'StatefulSet',
		plural: 'statefulsets',
		namespaced: true,
		struct: structType('io.k8s.api.apps.v1.StatefulSet'),
	},
]);

test('a kind’s path has a PATCH that names fieldValidation', () => {
	const [path, item] = named(fieldsOf(fieldsOf(document, 8)[0], 2)[0]);
	assert.equal(path, '/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}');
	const [operation] = fieldsOf(item, 8);
	const parameters = fieldsOf(operation, 8).map((each) =>
		textOf(fieldsOf(fieldsOf(fieldsOf(fieldsOf(each, 1)[0], 2)[0], 3)[0], 4)[0]),
	);
	assert.deepEqual(parameters, ['dryRun', 'fieldManager', 'fieldValidation']);
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
