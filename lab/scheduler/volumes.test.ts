import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podCondition } from '../controllers/pod-state.ts';
import type { Node } from '../schema/types.ts';
import {
	claim,
	claimVolumes,
	createClaim,
	createClass,
	createVolume,
	volume,
	volumeOf,
} from '../storage/test-storage.ts';
import { createTestCluster, type TestCluster } from '../test-cluster.ts';

const onNode = (...names: string[]) => ({
	required: {
		nodeSelectorTerms: [
			{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }] },
		],
	},
});

const user = (cluster: TestCluster, name: string, ...claims: string[]) =>
	cluster.createPod(name, { volumes: claimVolumes(...claims).volumes });

const nodeOf = (cluster: TestCluster, name: string) => cluster.pod(name)?.spec.nodeName;

/** What the scheduler says of a pod that it finds no node for. */
async function refusalOf(cluster: TestCluster, name: string): Promise<string | undefined> {
	const condition = () => podCondition(cluster.pod(name)!, 'PodScheduled');
	await cluster.until(() => condition()?.status === 'False');
	return condition()!.message;
}

function label(cluster: TestCluster, name: string, labels: Record<string, string>): void {
	const node = structuredClone(cluster.client.get<Node>('nodes', '', name)!);
	Object.assign(node.metadata.labels!, labels);
	cluster.client.update('nodes', node);
}

test('a pod waits for its claim to be there and bound, in the words of kube-scheduler', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	user(cluster, 'early', 'data');
	assert.equal(
		await refusalOf(cluster, 'early'),
		'0/2 nodes are available: persistentvolumeclaim "data" not found. not found',
	);
	createClaim(cluster, 'data');
	await cluster.until(() => cluster.isReady('early'));

	createClaim(cluster, 'unbound');
	user(cluster, 'quick', 'unbound');
	assert.equal(
		await refusalOf(cluster, 'quick'),
		'0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
	);
	await cluster.until(() => cluster.isReady('quick'));

	cluster.client.delete('persistentvolumeclaims', 'default', 'data');
	user(cluster, 'late', 'data');
	assert.equal(
		await refusalOf(cluster, 'late'),
		'0/2 nodes are available: persistentvolumeclaim "data" is being deleted. not found',
	);
	cluster.lab.stop();
});

test('with WaitForFirstConsumer the claim is bound when the scheduler has chosen a node for its pod', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	createClass(cluster, 'late', { volumeBindingMode: 'WaitForFirstConsumer' });
	createClaim(cluster, 'data', { storageClassName: 'late' });
	await cluster.clock.advance(60_000);
	assert.equal(claim(cluster, 'data')!.status!.phase, 'Pending');
	assert.deepEqual(cluster.events('data'), [
		'WaitForFirstConsumer waiting for first consumer to be created before binding',
	]);
	user(cluster, 'first', 'data');
	await cluster.until(() => cluster.isReady('first'));
	assert.equal(
		claim(cluster, 'data')!.metadata.annotations!['volume.kubernetes.io/selected-node'],
		nodeOf(cluster, 'first'),
	);
	assert(!cluster.events('first').some((event) => event.startsWith('FailedScheduling')));
	cluster.lab.stop();
});

test('a pod that waits for its volumes holds its place on the node', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	createClass(cluster, 'late', { volumeBindingMode: 'WaitForFirstConsumer' });
	createClaim(cluster, 'data', { storageClassName: 'late' });
	const containers = [
		{
			name: 'main',
			image: 'busybox:1.36',
			command: ['sleep', '1000'],
			resources: { requests: { cpu: '3' } },
		},
	];
	cluster.createPod('first', { containers, volumes: claimVolumes('data').volumes });
	await cluster.until(() => claim(cluster, 'data')!.metadata.annotations !== undefined);
	cluster.createPod('second', { containers });
	assert.match((await refusalOf(cluster, 'second'))!, /1 Insufficient cpu/);
	await cluster.until(() => cluster.isReady('first'));
	cluster.lab.stop();
});

test('local volumes draw their pods to their nodes, and keep them there', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	createClass(cluster, 'local', {
		provisioner: 'kubernetes.io/no-provisioner',
		volumeBindingMode: 'WaitForFirstConsumer',
	});
	createVolume(cluster, 'disk', { storageClassName: 'local', nodeAffinity: onNode('node3') });
	createClaim(cluster, 'data', { storageClassName: 'local' });
	createClaim(cluster, 'more', { storageClassName: 'local' });
	await cluster.clock.advance(5000);
	assert.equal(claim(cluster, 'data')!.status!.phase, 'Pending');
	user(cluster, 'first', 'data');
	await cluster.until(() => cluster.isReady('first'));
	assert.equal(nodeOf(cluster, 'first'), 'node3');
	assert.equal(volume(cluster, 'disk')!.spec.claimRef!.name, 'data');

	user(cluster, 'second', 'more');
	assert.match(
		(await refusalOf(cluster, 'second'))!,
		/^0\/3 nodes are available: 3 node\(s\) didn't find available persistent volumes to bind\./,
	);
	cluster.createPod('third', {
		volumes: claimVolumes('data').volumes,
		nodeSelector: { 'kubernetes.io/hostname': 'node1' },
	});
	assert.match(
		(await refusalOf(cluster, 'third'))!,
		/^0\/3 nodes are available: 1 node\(s\) didn't match PersistentVolume's node affinity, 2 node\(s\) didn't match Pod's node affinity\/selector\./,
	);
	cluster.lab.stop();
});

test('volumes stay in their zone', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	label(cluster, 'node1', { 'topology.kubernetes.io/zone': 'a' });
	label(cluster, 'node2', { 'topology.kubernetes.io/zone': 'b' });
	createClass(cluster, 'zonal', {
		volumeBindingMode: 'WaitForFirstConsumer',
		allowedTopologies: [
			{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['b', 'c'] }] },
		],
	});
	createClaim(cluster, 'data', { storageClassName: 'zonal' });
	user(cluster, 'first', 'data');
	await cluster.until(() => cluster.isReady('first'));
	assert.equal(nodeOf(cluster, 'first'), 'node2');
	assert.deepEqual(volumeOf(cluster, 'data')!.spec.nodeAffinity!.required!.nodeSelectorTerms, [
		{ matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['b'] }] },
	]);

	createVolume(cluster, 'old', {}, { 'topology.kubernetes.io/zone': 'c' });
	createClaim(cluster, 'moved', { storageClassName: '', volumeName: 'old' });
	user(cluster, 'second', 'moved');
	await cluster.until(() => claim(cluster, 'moved')!.status!.phase === 'Bound');
	await cluster.clock.advance(5000);
	assert.match((await refusalOf(cluster, 'second'))!, /2 node\(s\) had no available volume zone/);
	cluster.lab.stop();
});

test('a ReadWriteOncePod claim is for one pod at a time', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	createClaim(cluster, 'data', { accessModes: ['ReadWriteOncePod'] });
	user(cluster, 'first', 'data');
	await cluster.until(() => cluster.isReady('first'));
	user(cluster, 'second', 'data');
	assert.match(
		(await refusalOf(cluster, 'second'))!,
		/2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode/,
	);
	cluster.client.delete('pods', 'default', 'first');
	await cluster.until(() => cluster.isReady('second'));
	cluster.lab.stop();
});
