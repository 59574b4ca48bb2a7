import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Secret } from '../../schema/types.ts';
import { configMapDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const secrets = '/api/v1/namespaces/default/secrets';

test('keys of a ConfigMap are file names', async () => {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', maps, {
		body: configMapDraft('a', { 'a b': '' }),
	});
	assert.match(
		body.message,
		/data\[a b\]: Invalid value: "a b": a valid config key must consist of alphanumeric characters/,
	);
});

test('what is immutable stays as it is', async () => {
	const server = serverUnderTest();
	const draft = { ...configMapDraft('a', { x: '1' }), immutable: true };
	await server.send<ConfigMap>('POST', maps, { body: draft });
	const { body } = await server.send<StatusAnswer>('PUT', `${maps}/a`, {
		body: { ...draft, data: { x: '2' } },
	});
	assert.equal(
		body.message,
		'ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
	);
});

test('a secret’s stringData goes into its data', async () => {
	const { body } = await serverUnderTest().send<Secret>('POST', secrets, {
		body: { metadata: { name: 'a' }, stringData: { key: 'é' }, data: { other: 'eA==' } },
	});
	assert.deepEqual(
		[body.type, body.data, body.stringData],
		['Opaque', { other: 'eA==', key: 'w6k=' }, undefined],
	);
});

test('a secret of a type holds what the type needs, and keeps its type', async () => {
	const server = serverUnderTest();
	const missing = await server.send<StatusAnswer>('POST', secrets, {
		body: { metadata: { name: 'a' }, type: 'kubernetes.io/tls' },
	});
	assert.equal(
		missing.body.message,
		'Secret "a" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]',
	);
	await server.send('POST', secrets, { body: { metadata: { name: 'b' } } });
	const changed = await server.send<StatusAnswer>('PUT', `${secrets}/b`, {
		body: { metadata: { name: 'b' }, type: 'x' },
	});
	assert.match(changed.body.message, /type: Invalid value: "x": field is immutable/);
	const broken = await server.send<StatusAnswer>('POST', secrets, {
		body: { metadata: { name: 'c' }, data: { a: '?' } },
	});
	assert.match(broken.body.message, /illegal base64 data at input byte 0/);
});
