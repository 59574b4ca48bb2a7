import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs/minimal.js';
import type { ConfigMap } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const protobufType = { 'content-type': 'application/vnd.kubernetes.protobuf' };

/** A ConfigMap as kubectl sends it: zero values and an empty namespace included. */
function configMap(name: string, kind = 'ConfigMap'): Uint8Array {
	const metadata = protobuf.Writer.create();
	metadata.uint32(10).string(name).uint32(18).string('').uint32(26).string('');
	metadata.uint32(66).bytes(new Uint8Array());
	const raw = protobuf.Writer.create().uint32(10).bytes(metadata.finish());
	raw.uint32(18).bytes(protobuf.Writer.create().uint32(10).string('k').uint32(18).string('v').finish());
	const typeMeta = protobuf.Writer.create().uint32(10).string('v1').uint32(18).string(kind);
	const unknown = protobuf.Writer.create().uint32(10).bytes(typeMeta.finish()).uint32(18).bytes(raw.finish());
	return new Uint8Array([0x6b, 0x38, 0x73, 0, ...unknown.finish()]);
}

test('a protobuf body is taken as its JSON would be', async () => {
	const { status, body } = await serverUnderTest().send<ConfigMap>('POST', `${maps}?fieldValidation=Strict`, {
		body: configMap('a'),
		headers: protobufType,
	});
	assert.equal(status, 201);
	assert.deepEqual(body.data, { k: 'v' });
	assert.equal(body.metadata.generateName, undefined);
	assert.equal(body.metadata.namespace, 'default');
});

test('a body of another kind is refused', async () => {
	const server = serverUnderTest();
	const { status, body } = await server.send<StatusAnswer>('POST', maps, {
		body: configMap('a', 'Secret'),
		headers: protobufType,
	});
	assert.equal(status, 400);
	assert.match(body.message, /^the object provided is unrecognized \(must be of type ConfigMap\)/);
});

test('options of a deletion come in the body, in whatever form, or in the query', async () => {
	const server = serverUnderTest();
	for (const request of [
		{ target: '?propagationPolicy=Orphan' },
		{ target: '', body: { propagationPolicy: 'Orphan' } },
		{ target: '', body: 'propagationPolicy: Orphan', headers: { 'content-type': 'application/yaml' } },
		{ target: '', body: { orphanDependents: true } },
	]) {
		const { body: created } = await server.send<ConfigMap>('POST', maps, {
			body: { metadata: { generateName: 'a-' } },
		});
		const { body } = await server.send<ConfigMap>(
			'DELETE',
			`${maps}/${created.metadata.name}${request.target}`,
			request,
		);
		assert.deepEqual(body.metadata.finalizers, ['orphan']);
	}
});
