import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerRevision, DaemonSet, DaemonSetSpec, Node, Pod } from '../../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../../test-cluster.ts';
import { createWorkload, editWorkload, podsOf, readyPods, templateOf, workload } from '../test-workloads.ts';

const resource = 'daemonsets.apps';
const create = (cluster: TestCluster, spec: Partial<DaemonSetSpec> = {}) =>
	createWorkload<DaemonSet>(cluster, resource, 'agent', {
		selector: { matchLabels: { app: 'agent' } },
		template: templateOf('agent'),
		...spec,
	});
const agent = (cluster: TestCluster) => workload<DaemonSet>(cluster, resource, 'agent');
const edit = (cluster: TestCluster, change: (set: DaemonSet) => void) =>
	editWorkload(cluster, resource, 'agent', change);
const setImage = (cluster: TestCluster, image = 'busybox:1.29') =>
	edit(cluster, ({ spec }) => {
		spec.template.spec!.containers[0].image = image;
	});
const editNode = ({ client }: TestCluster, name: string, change: (node: Node) => void) => {
	const node = structuredClone(client.get<Node>('nodes', '', name)!);
	change(node);
	client.update('nodes', node);
};
const nodesOf = (cluster: TestCluster) =>
	readyPods(cluster)
		.map(({ spec }) => spec.nodeName!)
		.sort();
const updated = (cluster: TestCluster, count: number) => () => {
	const { status, metadata } = agent(cluster);
	return (
		status?.observedGeneration === metadata.generation &&
		status?.updatedNumberScheduled === count &&
		status?.numberAvailable === count &&
		cluster.podNames().length === count
	);
};

test('every node gets a pod, by way of the scheduler', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	create(cluster);
	await cluster.until(updated(cluster, 3));
	assert.deepEqual(nodesOf(cluster), ['node1', 'node2', 'node3']);
	const { labels } = podsOf(cluster, agent(cluster))[0].metadata;
	const [revision] = cluster.client.list<ControllerRevision>('controllerrevisions.apps', 'default');
	assert.deepEqual(labels, {
		app: 'agent',
		'controller-revision-hash': revision.metadata.labels!['controller-revision-hash'],
		'pod-template-generation': '1',
	});
	assert.deepEqual(agent(cluster).status, {
		currentNumberScheduled: 3,
		desiredNumberScheduled: 3,
		numberAvailable: 3,
		numberMisscheduled: 0,
		numberReady: 3,
		observedGeneration: 1,
		updatedNumberScheduled: 3,
	});
	cluster.lab.stop();
});

test('labels and taints decide which nodes; a cordoned one keeps its pod and gets one', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	editNode(cluster, 'node1', ({ spec }) => {
		spec.unschedulable = true;
	});
	editNode(cluster, 'node2', ({ spec }) => {
		spec.taints = [{ key: 'only', value: 'others', effect: 'NoSchedule' }];
	});
	create(cluster);
	await cluster.until(updated(cluster, 2));
	assert.deepEqual(nodesOf(cluster), ['node1', 'node3']);
	edit(cluster, ({ spec }) => {
		spec.template.spec!.nodeSelector = { disk: 'ssd' };
	});
	await cluster.until(() => cluster.podNames().length === 0);
	assert.equal(agent(cluster).status!.desiredNumberScheduled, 0);
	editNode(cluster, 'node3', ({ metadata }) => {
		metadata.labels!.disk = 'ssd';
	});
	await cluster.until(() => nodesOf(cluster).join() === 'node3');
	// What does not execute goes; what is not scheduled may stay.
	editNode(cluster, 'node3', ({ spec }) => {
		spec.taints = [{ key: 'late', effect: 'NoSchedule' }];
	});
	await cluster.until(() => agent(cluster).status!.numberMisscheduled === 1);
	assert.deepEqual(nodesOf(cluster), ['node3']);
	editNode(cluster, 'node3', ({ spec }) => {
		spec.taints = [{ key: 'late', effect: 'NoExecute' }];
	});
	await cluster.until(() => cluster.podNames().length === 0);
	cluster.lab.stop();
});

test('a rolling update leaves no more nodes without their pod than maxUnavailable', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	create(cluster);
	await cluster.until(updated(cluster, 3));
	let fewest = 3;
	cluster.client.watch<Pod>('pods', () => {
		fewest = Math.min(fewest, readyPods(cluster).length);
	});
	setImage(cluster);
	await cluster.until(updated(cluster, 3));
	assert.equal(fewest, 2);
	assert(readyPods(cluster).every(({ spec }) => spec.containers[0].image === 'busybox:1.29'));
	assert.equal(agent(cluster).metadata.annotations!['deprecated.daemonset.template.generation'], '2');
	setImage(cluster, 'busybox:1.36');
	await cluster.until(updated(cluster, 3));
	const revisions = cluster.client.list<ControllerRevision>('controllerrevisions.apps', 'default');
	assert.deepEqual(revisions.map(({ revision }) => revision).sort(), [2, 3]);
	cluster.lab.stop();
});

test('with maxSurge the new pod is there before the old one goes', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	create(cluster, { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
	await cluster.until(updated(cluster, 2));
	let [fewest, most] = [2, 2];
	cluster.client.watch<Pod>('pods', () => {
		fewest = Math.min(fewest, readyPods(cluster).length);
		const staying = cluster.client.list<Pod>(
			'pods',
			'default',
			({ metadata }) => !metadata.deletionTimestamp,
		);
		most = Math.max(most, staying.length);
	});
	setImage(cluster);
	await cluster.until(updated(cluster, 2));
	assert.deepEqual([fewest, most], [2, 3]);
	cluster.lab.stop();
});

test('OnDelete replaces a pod only when somebody deletes it', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	create(cluster, { updateStrategy: { type: 'OnDelete' } });
	await cluster.until(updated(cluster, 2));
	setImage(cluster);
	await cluster.clock.advance(60_000);
	assert.equal(agent(cluster).status!.updatedNumberScheduled, undefined);
	cluster.client.delete('pods', 'default', cluster.podNames()[0]);
	await cluster.until(
		() => agent(cluster).status!.updatedNumberScheduled === 1 && readyPods(cluster).length === 2,
	);
	cluster.lab.stop();
});

test('a failed pod is deleted and created anew, each time later', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const containers = [{ ...sleeper, ports: [{ containerPort: 80, hostPort: 8080 }] }];
	cluster.createPod('holder', { containers });
	await cluster.until(() => cluster.isReady('holder'));
	create(cluster, { template: templateOf('agent', { containers, nodeName: 'node1' }) });
	await cluster.clock.advance(60_000);
	const events = cluster.events('agent');
	const created = events.filter((event) => event.startsWith('SuccessfulCreate'));
	assert(created.length > 4 && created.length < 9, `${created.length} pods in a minute`);
	const told =
		/^FailedDaemonPod Found failed daemon pod default\/agent-\w{5} on node node1, will try to kill it$/;
	assert(events.some((event) => told.test(event)));
	cluster.client.delete('pods', 'default', 'holder');
	await cluster.until(() => agent(cluster).status?.numberAvailable === 1);
	cluster.lab.stop();
});
