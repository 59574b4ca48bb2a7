import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap } from '../../schema/types.ts';
import { configMapDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const maps = '/api/v1/namespaces/default/configmaps';

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
