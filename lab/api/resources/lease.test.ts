import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/a';

test('a lease that is not there is created by writing it', async () => {
	const server = serverUnderTest();
	const renewTime = '2026-01-01T00:00:00.5Z';
	const created = await server.send<Lease>('PUT', lease, {
		body: { spec: { holderIdentity: 'x', renewTime } },
	});
	assert.equal(created.status, 201);
	assert.equal(created.body.spec.renewTime, '2026-01-01T00:00:00.500000Z');
	const { resourceVersion } = created.body.metadata;
	const renewed = await server.send<Lease>('PUT', lease, {
		body: { metadata: { name: 'a', resourceVersion }, spec: { holderIdentity: 'y' } },
	});
	assert.deepEqual([renewed.status, renewed.body.spec.holderIdentity], [200, 'y']);
	const { body: blind } = await server.send<StatusAnswer>('PUT', lease, { body: { spec: {} } });
	assert.equal(
		blind.message,
		'leases.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
	);
});

test('a lease lasts', async () => {
	const { body } = await serverUnderTest().send<StatusAnswer>('PUT', lease, {
		body: { spec: { leaseDurationSeconds: 0 } },
	});
	assert.match(body.message, /spec\.leaseDurationSeconds: Invalid value: 0: must be greater than 0/);
});
