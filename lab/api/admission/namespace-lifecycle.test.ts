import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMapDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

test('nothing is made where there is no namespace, or where one is going', async () => {
	const { send } = serverUnderTest();
	const create = (namespace: string) => {
		const body = configMapDraft('a');
		body.metadata.namespace = namespace;
		return send<StatusAnswer>('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body });
	};
	const missing = await create('nowhere');
	assert.deepEqual([missing.status, missing.body.message], [404, 'namespaces "nowhere" not found']);
	await send('DELETE', '/api/v1/namespaces/other');
	const { status, body } = await create('other');
	assert.equal(status, 403);
	assert.equal(
		body.message,
		'configmaps "a" is forbidden: unable to create new content in namespace other because it is being terminated',
	);
	assert.deepEqual(body.details?.causes, [
		{
			reason: 'NamespaceTerminating',
			message: 'namespace other is being terminated',
			field: 'metadata.namespace',
		},
	]);
});

test('some namespaces never go', async () => {
	const { send } = serverUnderTest();
	const { status, body } = await send<StatusAnswer>('DELETE', '/api/v1/namespaces/default');
	assert.deepEqual(
		[status, body.message],
		[403, 'namespaces "default" is forbidden: this namespace may not be deleted'],
	);
});
