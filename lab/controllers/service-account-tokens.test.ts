import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, Secret, ServiceAccount } from '../schema/types.ts';
import { createTestCluster } from '../test-cluster.ts';

const secret = (account: string): Draft<Secret> => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {
		name: 'token',
		namespace: 'default',
		annotations: { 'kubernetes.io/service-account.name': account },
	},
	type: 'kubernetes.io/service-account-token',
});

test('a token secret is filled, good for the API, and goes with its account', async () => {
	const { client, lab, until } = createTestCluster({ nodes: 1 });
	const stored = () => client.get<Secret>('secrets', 'default', 'token');
	client.create<ServiceAccount>('serviceaccounts', {
		apiVersion: 'v1',
		kind: 'ServiceAccount',
		metadata: { name: 'bob', namespace: 'default' },
	});
	client.create<Secret>('secrets', secret('bob'));
	await until(() => stored()?.data?.token !== undefined);
	assert.equal(atob(stored()?.data?.namespace ?? ''), 'default');
	const ask = () =>
		lab.api.handle({
			method: 'POST',
			path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
			query: new URLSearchParams(),
			headers: { authorization: `Bearer ${token}` },
			body: new TextEncoder().encode('{}'),
			signal: new AbortController().signal,
		});
	const token = atob(stored()?.data?.token ?? '');
	const { status, body } = await ask();
	assert.equal(status, 201);
	assert.equal(JSON.parse(String(body)).status.userInfo.username, 'system:serviceaccount:default:bob');
	client.delete('serviceaccounts', 'default', 'bob');
	assert.equal((await ask()).status, 401);
	await until(() => stored() === undefined);
	lab.stop();
});

test('a token secret of an account that is not there is taken away', async () => {
	const { client, lab, until } = createTestCluster({ nodes: 1 });
	client.create<Secret>('secrets', secret('nobody'));
	await until(() => client.get('secrets', 'default', 'token') === undefined);
	lab.stop();
});
