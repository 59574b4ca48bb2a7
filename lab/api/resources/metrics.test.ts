import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantityValue } from '../../schema/quantity.ts';
import type { NodeMetrics, PodMetrics } from '../../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../../test-cluster.ts';

async function get<T>({ lab }: TestCluster, path: string): Promise<{ status: number; body: T }> {
	const { status, body } = await lab.api.handle({
		method: 'GET',
		path: `/apis/metrics.k8s.io/v1beta1/${path}`,
		query: new URLSearchParams(),
		headers: {},
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	return { status, body: JSON.parse(body as string) as T };
}

test('a pod that spins uses what its limit leaves it, one that sleeps nothing', async () => {
	const cluster = createTestCluster();
	const limits = { cpu: '20m', memory: '64Mi' };
	const spin = { ...sleeper, command: ['sh', '-c', 'while :; do :; done'], resources: { limits } };
	cluster.createPod('busy', { containers: [spin] });
	cluster.createPod('idle', {});
	await cluster.until(() => ['busy', 'idle'].every(cluster.isReady));
	assert.deepEqual((await get<{ items: unknown[] }>(cluster, 'pods')).body.items, []);
	const absent = await get<{ message: string }>(cluster, 'namespaces/default/pods/idle');
	assert.equal(absent.status, 404);
	assert.equal(absent.body.message, 'podmetrics.metrics.k8s.io "default/idle" not found');

	await cluster.clock.advance(16_000);
	const cores = async (name: string) => {
		const { body } = await get<PodMetrics>(cluster, `namespaces/default/pods/${name}`);
		assert.equal(body.containers[0].name, 'main');
		assert(quantityValue(body.containers[0].usage.memory) >= 400 * 1024);
		return quantityValue(body.containers[0].usage.cpu);
	};
	const busy = await cores('busy');
	assert(busy > 0.015 && busy < 0.025, `${busy} cores`);
	assert((await cores('idle')) < 0.001);
	const nodes = await get<{ items: NodeMetrics[] }>(cluster, 'nodes');
	assert.deepEqual(
		nodes.body.items.map(({ metadata }) => metadata.name),
		['node1', 'node2'],
	);
	const all = nodes.body.items.reduce((sum, { usage }) => sum + quantityValue(usage.cpu), 0);
	assert(Math.abs(all - busy) < 0.002, `${all} cores on all nodes`);
	cluster.lab.stop();
});
