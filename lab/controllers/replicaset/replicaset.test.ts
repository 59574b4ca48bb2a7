import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ReplicaSet, ReplicationController } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';
import { conditionOf } from '../conditions.ts';
import { createWorkload, editWorkload, podsOf, readyPods, templateOf, workload } from '../test-workloads.ts';
import { inDeletionOrder } from './deletion-order.ts';

const resource = 'replicasets.apps';
const spec = (replicas: number, more: object = {}) => ({
	replicas,
	selector: { matchLabels: { app: 'web' } },
	template: templateOf('web'),
	...more,
});
const web = (cluster: TestCluster) => workload<ReplicaSet>(cluster, resource, 'web');

test('missing pods are created, lost ones replaced, and the status counts them', async () => {
	const cluster = createTestCluster();
	createWorkload(cluster, resource, 'web', spec(3));
	await cluster.until(() => web(cluster).status?.readyReplicas === 3);
	const [pod] = podsOf(cluster, web(cluster));
	assert.match(pod.metadata.name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
	assert.equal(pod.metadata.generateName, 'web-');
	cluster.client.delete('pods', 'default', pod.metadata.name);
	await cluster.until(() => web(cluster).status?.terminatingReplicas === 1);
	await cluster.until(() => {
		const { readyReplicas, terminatingReplicas } = web(cluster).status!;
		return readyReplicas === 3 && terminatingReplicas === 0;
	});
	assert.deepEqual(web(cluster).status, {
		replicas: 3,
		fullyLabeledReplicas: 3,
		readyReplicas: 3,
		availableReplicas: 3,
		terminatingReplicas: 0,
		observedGeneration: 1,
	});
	assert.equal(cluster.events('web').length, 4);
	assert(cluster.events('web').every((event) => /^SuccessfulCreate Created pod: web-\w{5}$/.test(event)));
	cluster.lab.stop();
});

test('a matching pod without an owner is adopted, and one that no longer matches is let go', async () => {
	const cluster = createTestCluster();
	cluster.createPod('stray', {}, { app: 'web' });
	await cluster.until(() => cluster.isReady('stray'));
	createWorkload(cluster, resource, 'web', spec(2));
	await cluster.until(() => readyPods(cluster).length === 2);
	assert.equal(cluster.pod('stray')!.metadata.ownerReferences![0].name, 'web');
	const stray = structuredClone(cluster.pod('stray')!);
	stray.metadata.labels!.app = 'other';
	cluster.client.update('pods', stray);
	await cluster.until(() => readyPods(cluster).length === 3);
	assert.equal(cluster.pod('stray')!.metadata.ownerReferences, undefined);
	cluster.lab.stop();
});

test('pods that cost the least to lose go first', async () => {
	const cluster = createTestCluster();
	createWorkload(cluster, resource, 'web', spec(3));
	await cluster.until(() => readyPods(cluster).length === 3);
	const [first, second, third] = podsOf(cluster, web(cluster));
	for (const [{ metadata }, cost] of [
		[first, '100'],
		[second, '-5'],
		[third, '7'],
	] as const) {
		const pod = structuredClone(cluster.pod(metadata.name)!);
		pod.metadata.annotations = { 'controller.kubernetes.io/pod-deletion-cost': cost };
		cluster.client.update('pods', pod);
	}
	editWorkload<ReplicaSet>(cluster, resource, 'web', (set) => {
		set.spec.replicas = 1;
	});
	await cluster.until(() => cluster.podNames().length === 1);
	assert.deepEqual(cluster.podNames(), [first.metadata.name]);
	assert.deepEqual(
		cluster.events('web').filter((event) => event.startsWith('SuccessfulDelete')),
		[second, third].map(({ metadata }) => `SuccessfulDelete Deleted pod: ${metadata.name}`),
	);
	cluster.lab.stop();
});

test('the order of deletion: unscheduled, pending, not ready, crowded, fresh, restarted, young', () => {
	const now = Date.UTC(2026, 0, 2);
	const time = (age: number) => new Date(now - age * 1000).toISOString();
	const pod = (
		name: string,
		{ node = 'node1', phase = 'Running', ready = 600, restarts = 0, age = 600 } = {},
	) =>
		({
			metadata: { name, uid: name, creationTimestamp: time(age) },
			spec: { nodeName: node },
			status: {
				phase,
				conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: time(ready) }],
				containerStatuses: [{ restartCount: restarts }],
			},
		}) as unknown as Pod;
	const ordered = [
		pod('unscheduled', { node: '', phase: 'Pending', ready: 0 }),
		pod('pending', { phase: 'Pending', ready: 0 }),
		pod('not-ready', { ready: 0 }),
		pod('crowded'),
		pod('fresh', { node: 'node2', ready: 60 }),
		pod('restarted', { node: 'node3', restarts: 2 }),
		pod('young', { node: 'node4', age: 60 }),
		pod('old', { node: 'node5' }),
	];
	const names = inDeletionOrder(ordered.toReversed(), ordered, now).map(({ metadata }) => metadata.name);
	assert.deepEqual(
		names,
		ordered.map(({ metadata }) => metadata.name),
	);
});

test('pods that are refused are told of, and tried again', async () => {
	const cluster = createTestCluster();
	createWorkload(
		cluster,
		resource,
		'web',
		spec(1, { template: templateOf('web', { serviceAccountName: 'nobody' }) }),
	);
	await cluster.until(() => web(cluster).status?.conditions !== undefined);
	const message =
		'pods "web-" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found';
	const {
		type,
		status,
		reason,
		message: said,
	} = conditionOf(web(cluster).status?.conditions, 'ReplicaFailure')!;
	assert.deepEqual([type, status, reason], ['ReplicaFailure', 'True', 'FailedCreate']);
	assert.equal(said, message);
	cluster.client.create('serviceaccounts', {
		apiVersion: 'v1',
		kind: 'ServiceAccount',
		metadata: { name: 'nobody', namespace: 'default' },
	});
	await cluster.until(() => web(cluster).status?.readyReplicas === 1);
	assert.equal(web(cluster).status!.conditions, undefined);
	cluster.lab.stop();
});

test('minReadySeconds puts off availability', async () => {
	const cluster = createTestCluster();
	createWorkload(cluster, resource, 'web', spec(1, { minReadySeconds: 30 }));
	await cluster.until(() => web(cluster).status?.readyReplicas === 1);
	assert.equal(web(cluster).status!.availableReplicas, undefined);
	const readyAt = cluster.elapsed();
	await cluster.until(() => web(cluster).status?.availableReplicas === 1);
	assert(cluster.elapsed() - readyAt >= 29_000);
	cluster.lab.stop();
});

test('a ReplicationController does the same, by a selector of equal labels', async () => {
	const cluster = createTestCluster();
	createWorkload(cluster, 'replicationcontrollers', 'web', { replicas: 2, template: templateOf('web') });
	const controller = () => workload<ReplicationController>(cluster, 'replicationcontrollers', 'web');
	assert.deepEqual(controller().spec.selector, { app: 'web' });
	assert.deepEqual(controller().metadata.labels, { app: 'web' });
	await cluster.until(() => controller().status?.readyReplicas === 2);
	editWorkload<ReplicationController>(cluster, 'replicationcontrollers', 'web', ({ spec }) => {
		spec.replicas = 1;
	});
	await cluster.until(() => cluster.podNames().length === 1);
	// Who deletes one without saying what becomes of its pods keeps them.
	cluster.client.delete('replicationcontrollers', 'default', 'web');
	await cluster.until(() => cluster.client.list('replicationcontrollers', 'default').length === 0);
	await cluster.clock.advance(10_000);
	assert.equal(cluster.podNames().length, 1);
	cluster.lab.stop();
});
