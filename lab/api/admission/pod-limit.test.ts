import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';
import { mostPods } from './pod-limit.ts';

const pods = '/api/v1/namespaces/default/pods';

test('controllers make no more pods than a lab can hold, and are told why; people go on', async () => {
	const { send } = serverUnderTest();
	const ownerReferences = [
		{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true },
	];
	const create = (name: string, metadata: object = {}) =>
		send<StatusAnswer>('POST', pods, { body: { ...podDraft(name), metadata: { name, ...metadata } } });
	for (let number = 0; number < mostPods; number++)
		assert.equal((await create(`web-${number}`, { ownerReferences })).status, 201);
	const { status, body } = await create('web-more', { ownerReferences });
	assert.equal(status, 403);
	assert.equal(
		body.message,
		'pods "web-more" is forbidden: this lab has 2000 pods, and controllers may make no more: scale down, or delete some',
	);
	assert.equal((await create('own')).status, 201);
	await send('DELETE', `${pods}/web-0?gracePeriodSeconds=0`);
	await send('DELETE', `${pods}/web-1?gracePeriodSeconds=0`);
	assert.equal((await create('web-more', { ownerReferences })).status, 201);
});
