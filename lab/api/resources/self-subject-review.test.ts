import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SelfSubjectReview } from '../../schema/types.ts';
import { serverUnderTest } from '../server-under-test.ts';

const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

test('a review tells who asks, and is not stored', async () => {
	const server = serverUnderTest();
	const { status, body } = await server.send<SelfSubjectReview>('POST', reviews, { body: {} });
	assert.equal(status, 201);
	assert.deepEqual(body.status?.userInfo, { username: 'admin', groups: ['system:masters'] });
	assert.equal((await server.send('GET', reviews)).status, 405);
	assert.deepEqual(server.client.list('selfsubjectreviews.authentication.k8s.io'), []);
});
