import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod, PodSpec } from '../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../test-cluster.ts';

const apart: PodSpec['affinity'] = {
	podAntiAffinity: {
		requiredDuringSchedulingIgnoredDuringExecution: [
			{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
		],
	},
};

function changeNode({ client }: TestCluster, name: string, change: (node: Node) => void): void {
	const node = structuredClone(client.get<Node>('nodes', '', name)!);
	change(node);
	client.update('nodes', node);
}

const cordon = (cluster: TestCluster, name: string, unschedulable = true) =>
	changeNode(cluster, name, (node) => {
		node.spec.unschedulable = unschedulable;
	});

const scheduled = (pod?: Pod) => pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');

/** What the scheduler says of a pod that it finds no node for. */
async function refusalOf(cluster: TestCluster, name: string): Promise<string> {
	await cluster.until(() => scheduled(cluster.pod(name))?.status === 'False');
	const { reason, message } = scheduled(cluster.pod(name))!;
	assert.equal(reason, 'Unschedulable');
	assert(cluster.events(name).includes(`FailedScheduling ${message}`));
	return message!;
}

async function nodeOf(cluster: TestCluster, name: string): Promise<string> {
	await cluster.until(() => cluster.pod(name)?.spec.nodeName !== undefined);
	return cluster.pod(name)!.spec.nodeName!;
}

test('anti-affinity leaves the second pod of a set pending until its node is uncordoned', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	cordon(cluster, 'node2');
	cluster.createSet('web', {}, { affinity: apart });
	assert.equal(
		await refusalOf(cluster, 'web-1'),
		"0/2 nodes are available: 1 node(s) didn't match pod anti-affinity rules, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
	);
	assert.equal(await nodeOf(cluster, 'web-0'), 'node1');
	await cluster.clock.advance(60_000);
	assert.equal(cluster.pod('web-1')!.status!.phase, 'Pending');
	assert.equal(cluster.pod('web-1')!.spec.nodeName, undefined);
	cordon(cluster, 'node2', false);
	await cluster.until(() => cluster.isReady('web-1'), 20_000);
	assert.equal(cluster.pod('web-1')!.spec.nodeName, 'node2');
	cluster.lab.stop();
});

test('a cordoned node is tainted, and only what tolerates that goes there', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	cordon(cluster, 'node1');
	await cluster.until(() => cluster.client.get<Node>('nodes', '', 'node1')!.spec.taints !== undefined);
	assert.equal(
		cluster.client.get<Node>('nodes', '', 'node1')!.spec.taints![0].key,
		'node.kubernetes.io/unschedulable',
	);
	cluster.createPod('tolerant', { tolerations: [{ operator: 'Exists' }] });
	assert.equal(await nodeOf(cluster, 'tolerant'), 'node1');
	cordon(cluster, 'node1', false);
	await cluster.until(() => cluster.client.get<Node>('nodes', '', 'node1')!.spec.taints === undefined);
	cluster.lab.stop();
});

test('node selectors, taints and resources each say why they refuse', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	changeNode(cluster, 'node3', (node) => {
		node.spec.taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
	});
	cluster.createPod('selective', { nodeSelector: { disk: 'nvme' } });
	assert.equal(
		await refusalOf(cluster, 'selective'),
		"0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
	);
	cluster.createPod('huge', {
		containers: [{ ...sleeper, resources: { requests: { cpu: '5', memory: '1Gi' } } }],
	});
	assert.equal(
		await refusalOf(cluster, 'huge'),
		'0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
	);
	cluster.createPod('dedicated', {
		nodeSelector: { 'kubernetes.io/hostname': 'node3' },
		tolerations: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
	});
	assert.equal(await nodeOf(cluster, 'dedicated'), 'node3');
	changeNode(cluster, 'node2', (node) => {
		node.metadata.labels!.disk = 'nvme';
	});
	assert.equal(await nodeOf(cluster, 'selective'), 'node2');
	cluster.lab.stop();
});

test('a pod waits for resources and host ports until another has gone', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const containers = [
		{ ...sleeper, ports: [{ containerPort: 80, hostPort: 80 }], resources: { requests: { cpu: '3' } } },
	];
	cluster.createPod('first', { containers });
	await cluster.until(() => cluster.isReady('first'));
	cluster.createPod('second', { containers });
	assert.match(
		await refusalOf(cluster, 'second'),
		/1 node\(s\) didn't have free ports for the requested pod ports\. no new claims to deallocate, preemption: 0\/1 nodes are available: 1 No preemption victims found for incoming pod\.$/,
	);
	cluster.createPod('third', { containers: [{ ...sleeper, resources: { requests: { cpu: '2' } } }] });
	assert.match(await refusalOf(cluster, 'third'), /^0\/1 nodes are available: 1 Insufficient cpu\./);
	cluster.client.delete('pods', 'default', 'first');
	await cluster.until(() => cluster.isReady('second') || cluster.isReady('third'));
	cluster.lab.stop();
});

test('pods go where their affinity sends them, and spread where nothing does', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	const near: PodSpec['affinity'] = {
		podAffinity: {
			requiredDuringSchedulingIgnoredDuringExecution: [
				{ labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' },
			],
		},
	};
	cluster.createPod('follower', { affinity: near });
	assert.match(await refusalOf(cluster, 'follower'), /3 node\(s\) didn't match pod affinity rules\./);
	cluster.createPod('leader', {}, { app: 'db' });
	assert.equal(await nodeOf(cluster, 'follower'), await nodeOf(cluster, 'leader'));

	cluster.createSet('spread', { replicas: 3, podManagementPolicy: 'Parallel' });
	const nodes = await Promise.all([0, 1, 2].map((ordinal) => nodeOf(cluster, `spread-${ordinal}`)));
	assert.equal(new Set(nodes).size, 3);
	cluster.lab.stop();
});

test('topology spread keeps domains within maxSkew', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	changeNode(cluster, 'node1', (node) => {
		node.metadata.labels!.zone = 'a';
	});
	const topologySpreadConstraints = [
		{
			maxSkew: 1,
			topologyKey: 'zone',
			whenUnsatisfiable: 'DoNotSchedule',
			labelSelector: { matchLabels: { app: 'web' } },
		},
	];
	cluster.createSet('web', { replicas: 2 }, { topologySpreadConstraints });
	await cluster.until(() => cluster.isReady('web-1'));
	assert.equal(cluster.pod('web-0')!.spec.nodeName, 'node1');
	changeNode(cluster, 'node2', (node) => {
		node.metadata.labels!.zone = 'b';
		node.spec.unschedulable = true;
	});
	cluster.updateSet('web', (set) => {
		set.spec.replicas = 3;
	});
	assert.match(
		await refusalOf(cluster, 'web-2'),
		/1 node\(s\) didn't match pod topology spread constraints, 1 node\(s\) were unschedulable\./,
	);
	cordon(cluster, 'node2', false);
	assert.equal(await nodeOf(cluster, 'web-2'), 'node2');
	cluster.lab.stop();
});

test('a pod with gates waits until they are taken off', async () => {
	const cluster = createTestCluster();
	const pod = cluster.createPod('gated', { schedulingGates: [{ name: 'example.com/wait' }] });
	assert.equal(pod.status?.conditions?.[0].reason, 'SchedulingGated');
	await cluster.clock.advance(30_000);
	assert.equal(cluster.pod('gated')?.spec.nodeName, undefined);
	assert.deepEqual(cluster.events('gated'), []);
	const { schedulingGates: _, ...spec } = cluster.pod('gated')!.spec;
	cluster.client.update('pods', { ...cluster.pod('gated')!, spec });
	await cluster.until(() => cluster.isReady('gated'));
	cluster.lab.stop();
});
