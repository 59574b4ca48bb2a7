import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantityValue } from '../schema/quantity.ts';
import type { Event, Node } from '../schema/types.ts';
import { createTestCluster, statusOf, type TestCluster } from '../test-cluster.ts';

const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };

async function resize({ lab }: TestCluster, name: string, limits: object, requests = {}): Promise<void> {
	const body = { spec: { containers: [{ name: 'main', resources: { limits, requests } }] } };
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

const condition = (cluster: TestCluster, name: string, type: string) =>
	cluster.pod(name)?.status?.conditions?.find((each) => each.type === type);

const eventsOf = ({ client }: TestCluster, name: string) =>
	client
		.list<Event>('events', 'default', ({ involvedObject }) => involvedObject.name === name)
		.map(({ reason, message }) => `${reason} ${message}`)
		.filter((event) => event.startsWith('Resize'));

test('what the node never has is infeasible, and taken back it is forgotten', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const capacity =
		quantityValue(cluster.client.get<Node>('nodes', '', 'node1')!.status!.allocatable!.cpu) * 1000;
	cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1.27', resources }] });
	await cluster.until(() => cluster.isReady('web'));
	await resize(cluster, 'web', { cpu: '1000' }, { cpu: '1000' });
	await cluster.until(() => condition(cluster, 'web', 'PodResizePending') !== undefined);
	const { reason, message, observedGeneration } = condition(cluster, 'web', 'PodResizePending')!;
	const told = `Node didn't have enough capacity: cpu, requested: 1000000, capacity: ${capacity}`;
	assert.deepEqual([reason, message, observedGeneration], ['Infeasible', told, 2]);
	assert.equal(statusOf(cluster, 'web')?.resources?.limits?.cpu, '200m');
	assert.equal(statusOf(cluster, 'web')?.allocatedResources?.cpu, '100m');
	await cluster.until(() => eventsOf(cluster, 'web').length > 0);
	assert.deepEqual(eventsOf(cluster, 'web'), [
		`ResizeInfeasible Pod resize Infeasible: {"containers":[{"name":"main","resources":{"limits":{"cpu":"1k","memory":"128Mi"},"requests":{"cpu":"1k","memory":"64Mi"}}}],"generation":2,"error":"${told}"}`,
	]);
	await resize(cluster, 'web', { cpu: '200m' }, { cpu: '100m' });
	await cluster.until(() => condition(cluster, 'web', 'PodResizePending') === undefined);
	cluster.lab.stop();
});

test('what others have is waited for, and given when they leave', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const capacity = quantityValue(cluster.client.get<Node>('nodes', '', 'node1')!.status!.allocatable!.cpu);
	const most = { cpu: `${capacity * 1000 - 300}m` };
	const nginx = { name: 'main', image: 'nginx:1.27' };
	cluster.createPod('web', { containers: [{ ...nginx, resources }] });
	await cluster.until(() => cluster.isReady('web'));
	cluster.createPod('large', { containers: [{ ...nginx, resources: { requests: most } }] });
	await cluster.until(() => cluster.isReady('large'));
	await resize(cluster, 'web', { cpu: '1' }, { cpu: '1' });
	await cluster.until(() => condition(cluster, 'web', 'PodResizePending')?.reason === 'Deferred');
	assert.match(
		condition(cluster, 'web', 'PodResizePending')!.message!,
		/^Node didn't have enough resource: cpu, requested: 1000, used: \d+, capacity: \d+$/,
	);
	assert.equal(statusOf(cluster, 'web')?.allocatedResources?.cpu, '100m');
	cluster.client.delete('pods', 'default', 'large');
	await cluster.until(() => condition(cluster, 'web', 'PodResizeInProgress') !== undefined);
	assert.equal(condition(cluster, 'web', 'PodResizePending'), undefined);
	await cluster.until(() => condition(cluster, 'web', 'PodResizeInProgress') === undefined);
	assert.equal(statusOf(cluster, 'web')?.allocatedResources?.cpu, '1');
	assert.equal(statusOf(cluster, 'web')?.restartCount, 0);
	await cluster.until(() => eventsOf(cluster, 'web').length === 3);
	assert.deepEqual(
		eventsOf(cluster, 'web').map((event) => event.split(' ')[0]),
		['ResizeDeferred', 'ResizeStarted', 'ResizeCompleted'],
	);
	cluster.lab.stop();
});
