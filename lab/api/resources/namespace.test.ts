import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Namespace } from '../../schema/types.ts';
import { serverUnderTest } from '../server-under-test.ts';

test('a namespace carries its name as a label, whatever a client does', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<Namespace>('POST', '/api/v1/namespaces', {
		body: { metadata: { name: 'a' } },
	});
	assert.deepEqual(body.metadata.labels, { 'kubernetes.io/metadata.name': 'a' });
	assert.deepEqual([body.spec, body.status], [{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
	const { body: replaced } = await server.send<Namespace>('PUT', '/api/v1/namespaces/a', {
		body: { metadata: { name: 'a' } },
	});
	assert.deepEqual(replaced.metadata.labels, { 'kubernetes.io/metadata.name': 'a' });
	assert.deepEqual(replaced.spec, { finalizers: ['kubernetes'] });
});
