import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster, statusOf, type TestCluster } from '../test-cluster.ts';

const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };

async function resize({ lab }: TestCluster, name: string, limits: object): Promise<void> {
	const body = { spec: { containers: [{ name: 'main', resources: { limits } }] } };
	const { status } = await lab.api.handle({
		method: 'PATCH',
		path: `/api/v1/namespaces/default/pods/${name}/resize`,
		query: new URLSearchParams(),
		headers: { 'content-type': 'application/strategic-merge-patch+json' },
		body: new TextEncoder().encode(JSON.stringify(body)),
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	assert.equal(status, 200);
}

test('a container goes on with other limits, or restarts where its policy says so', async () => {
	const cluster = createTestCluster();
	const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
	cluster.createPod('web', {
		containers: [{ name: 'main', image: 'nginx:1.27', resources, resizePolicy }],
	});
	await cluster.until(() => cluster.isReady('web'));
	const limits = () => statusOf(cluster, 'web')?.resources?.limits;
	await resize(cluster, 'web', { cpu: '300m' });
	await cluster.until(() => limits()?.cpu === '300m');
	assert.equal(statusOf(cluster, 'web')?.restartCount, 0);
	await resize(cluster, 'web', { memory: '256Mi' });
	await cluster.until(() => statusOf(cluster, 'web')?.restartCount === 1 && cluster.isReady('web'));
	assert.equal(limits()?.memory, '256Mi');
	cluster.lab.stop();
});
