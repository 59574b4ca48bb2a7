// Every kind in protobuf, with every field filled from the schema: what is written comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../json-object.ts';
import { decode } from './decode.ts';
import { type Shape, type StructType, structOfKind, structType, types } from './facts.ts';
import { decodeProtobuf, ProtobufError } from './protobuf.ts';
import { encodeProtobuf } from './protobuf-encode.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const schemaName = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/** A value for a field, another for each name; a type within itself is filled once. */
function filled(shape: Shape, name: string, within: readonly string[]): unknown {
	switch (shape.kind) {
		case 'string':
			return `${name} ÄÖ✓`;
		case 'bytes':
			return btoa(`${name}\u0000\u00ff`);
		case 'boolean':
			return true;
		case 'integer':
			return shape.bits === 32 ? -(name.length + 1) : 2 ** 40 + name.length;
		case 'double':
			return name.length + 0.5;
		case 'time':
			return '2026-03-04T05:06:07Z';
		case 'microtime':
			return '2026-03-04T05:06:07.000089Z';
		case 'quantity':
			return '1500m';
		case 'intOrString':
			return name.length % 2 === 0 ? 8080 : '25%';
		case 'array': {
			const element = filled(shape.element, name, within);
			return element === undefined ? undefined : [element, element];
		}
		case 'map': {
			const element = filled(shape.element, name, within);
			return element === undefined ? undefined : { one: element, 'two.example.com/x': element };
		}
		case 'struct':
			return within.includes(shape.type.name) ? undefined : filledStruct(shape.type, within);
		case 'raw':
			return filledRaw(shape.go, within);
	}
}

function filledRaw(go: string, within: readonly string[]): unknown {
	const schema = within.filter((each) => each === schemaName).length > 1 ? undefined : { type: 'string' };
	if (go === 'JSONSchemaPropsOrBool') return schema ?? true;
	if (go === 'JSONSchemaPropsOrArray') return schema ?? [{ type: 'integer' }];
	if (go === 'JSONSchemaPropsOrStringArray') return schema ?? ['a', 'b'];
	return { raw: [1, 'zwei', null, { drei: true }] };
}

function filledStruct(struct: StructType, within: readonly string[] = []): JsonObject {
	const object: JsonObject = {};
	for (const { name, shape, fact } of struct.fields.values()) {
		// An object within another has no type of its own on the wire: the field says which it is.
		if (fact.pb === undefined && (name === 'apiVersion' || name === 'kind')) continue;
		const value = filled(shape, name, [...within, struct.name]);
		if (value !== undefined) object[name] = value;
	}
	return object;
}

/** As Go would write the object that its JSON gives. */
const normal = (object: JsonObject, struct: StructType) => decode(object, struct).object;

const kinds = Object.entries(types).flatMap(([name, { gvk, fields }]) =>
	gvk && fields ? [{ name, ...gvk }] : [],
);

for (const { name, group, version, kind } of kinds)
	test(`${kind} of ${group || 'core'}/${version} comes back as it was sent`, () => {
		const struct = structType(name);
		const apiVersion = group ? `${group}/${version}` : version;
		const object = { ...filledStruct(struct), apiVersion, kind };
		const data = encodeProtobuf(object, struct);
		assert.deepEqual(normal(decodeProtobuf(data), struct), normal(object, struct));
	});

test('lists, and what the server answers or is asked with, are among them', () => {
	for (const [group, version, kind] of [
		['', 'v1', 'PodList'],
		['apps', 'v1', 'StatefulSetList'],
		['apiextensions.k8s.io', 'v1', 'CustomResourceDefinition'],
		['', 'v1', 'Status'],
		['', 'v1', 'DeleteOptions'],
		['', 'v1', 'WatchEvent'],
	])
		assert.ok(structOfKind(group, version, kind) ?? types[`${meta}.${kind}`], `${kind} is missing`);
});

test('a schema is read with all that may stand in it', () => {
	const schema: JsonObject = {
		$ref: '#/definitions/x',
		$schema: 'http://json-schema.org/schema#',
		type: 'object',
		default: { a: [1, null] },
		enum: ['a', 1, null],
		additionalProperties: { type: 'string' },
		additionalItems: false,
		items: [{ type: 'integer' }, { type: 'string' }],
		dependencies: { a: ['b', 'c'], d: { type: 'object' } },
		properties: {
			__proto__x: { type: 'string' },
			inner: { properties: { deep: { items: { type: 'string' } } } },
		},
		'x-kubernetes-preserve-unknown-fields': true,
		'x-kubernetes-int-or-string': true,
		'x-kubernetes-list-map-keys': ['name'],
		'x-kubernetes-list-type': 'map',
		'x-kubernetes-validations': [{ rule: 'self.a > 1', message: 'more', fieldPath: '.a' }],
	};
	const struct = structType(
		'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
	);
	const spec = { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] };
	const object = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec };
	assert.deepEqual(decodeProtobuf(encodeProtobuf(object, struct)), object);
});

test('a key is a key, whatever its name', () => {
	const struct = structType('io.k8s.api.core.v1.ConfigMap');
	const data = JSON.parse('{"__proto__": "x", "constructor": "y"}') as JsonObject;
	const object = { apiVersion: 'v1', kind: 'ConfigMap', data };
	const read = decodeProtobuf(encodeProtobuf(object, struct)).data as JsonObject;
	assert.deepEqual(Object.entries(read), Object.entries(data));
});

test('every truncation of an object is refused, or read as one with less in it', () => {
	const struct = structType('io.k8s.api.core.v1.Pod');
	const object = { ...filledStruct(struct), apiVersion: 'v1', kind: 'Pod' };
	const data = encodeProtobuf(object, struct);
	let refused = 0;
	for (let length = 0; length < data.length; length += 7)
		try {
			decodeProtobuf(data.subarray(0, length));
		} catch (error) {
			assert.ok(error instanceof ProtobufError, String(error));
			refused++;
		}
	assert.ok(refused > data.length / 8);
	assert.throws(() => decodeProtobuf(data.subarray(0, data.length / 2)), { message: 'unexpected EOF' });
});

test('hostile bytes are refused with what Go says of them', () => {
	const inPod = (...raw: number[]) => {
		const typeMeta = [0x0a, 9, 0x0a, 2, 0x76, 0x31, 0x12, 3, 0x50, 0x6f, 0x64];
		return new Uint8Array([0x6b, 0x38, 0x73, 0, ...typeMeta, 0x12, raw.length, ...raw]);
	};
	assert.deepEqual(decodeProtobuf(inPod()), { apiVersion: 'v1', kind: 'Pod' });
	const refuses = (data: Uint8Array, message: string | RegExp) =>
		assert.throws(
			() => decodeProtobuf(data),
			(error: Error) => {
				assert.ok(error instanceof ProtobufError);
				if (typeof message === 'string') assert.equal(error.message, message);
				else assert.match(error.message, message);
				return true;
			},
		);
	refuses(inPod(0x08, 1), 'proto: wrong wireType = 0 for field ObjectMeta');
	refuses(inPod(0x10, 1), 'proto: wrong wireType = 0 for field Spec');
	refuses(inPod(0x3f), 'proto: illegal wireType 7');
	refuses(inPod(0x0a, 0x7f), 'unexpected EOF');
	refuses(inPod(...Array<number>(12).fill(0xff)), /^proto: integer overflow|^unexpected EOF$/);
	// A field of a tag that nobody knows is passed over, as a newer client's would be.
	assert.deepEqual(decodeProtobuf(inPod(0xf8, 0x3f, 1)), { apiVersion: 'v1', kind: 'Pod' });
});

test('schemas within schemas without end do not break the reader', () => {
	const struct = structType(
		'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
	);
	let not: JsonObject = { type: 'string' };
	for (let depth = 0; depth < 400; depth++) not = { not };
	const spec = { versions: [{ name: 'v1', schema: { openAPIV3Schema: not } }] };
	const object = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec };
	assert.deepEqual(decodeProtobuf(encodeProtobuf(object, struct)), object);
});
