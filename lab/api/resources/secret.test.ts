import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const secrets = '/api/v1/namespaces/default/secrets';

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
