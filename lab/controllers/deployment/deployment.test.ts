import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, DeploymentSpec, Pod, ReplicaSet } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';
import { conditionOf } from '../conditions.ts';
import { createWorkload, editWorkload, readyPods, templateOf, workload } from '../test-workloads.ts';
import { isComplete } from './status.ts';

const resource = 'deployments.apps';

function create(cluster: TestCluster, spec: Partial<DeploymentSpec> = {}, metadata: object = {}): Deployment {
	return createWorkload<Deployment>(
		cluster,
		resource,
		'web',
		{ replicas: 3, selector: { matchLabels: { app: 'web' } }, template: templateOf('web'), ...spec },
		metadata,
	);
}

const web = (cluster: TestCluster) => workload<Deployment>(cluster, resource, 'web');
const edit = (cluster: TestCluster, change: (deployment: Deployment) => void) =>
	editWorkload(cluster, resource, 'web', change);
const setImage = (cluster: TestCluster, image: string) =>
	edit(cluster, ({ spec }) => {
		spec.template.spec!.containers[0].image = image;
	});
const sets = ({ client }: TestCluster) => client.list<ReplicaSet>('replicasets.apps', 'default');
const setOf = (cluster: TestCluster, image: string) =>
	sets(cluster).find(({ spec }) => spec.template!.spec!.containers[0].image === image)!;
const complete = (cluster: TestCluster) => () => isComplete(web(cluster), web(cluster).status);
const progressing = (cluster: TestCluster) => conditionOf(web(cluster).status?.conditions, 'Progressing');

test('a Deployment makes a ReplicaSet with the hash of its template and reports when it is available', async () => {
	const cluster = createTestCluster();
	create(
		cluster,
		{},
		{ annotations: { note: 'kept', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
	);
	await cluster.until(complete(cluster));
	const [set] = sets(cluster);
	const hash = set.metadata.labels!['pod-template-hash'];
	assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{4,10}$/);
	assert.equal(set.metadata.name, `web-${hash}`);
	assert.deepEqual(set.spec.selector.matchLabels, { app: 'web', 'pod-template-hash': hash });
	assert.deepEqual(set.metadata.annotations, {
		'deployment.kubernetes.io/desired-replicas': '3',
		'deployment.kubernetes.io/max-replicas': '4',
		'deployment.kubernetes.io/revision': '1',
		note: 'kept',
	});
	const { status, metadata } = web(cluster);
	assert.equal(metadata.annotations!['deployment.kubernetes.io/revision'], '1');
	assert.deepEqual(
		status!.conditions!.map(({ type, status, reason, message }) => `${type} ${status} ${reason} ${message}`),
		[
			'Available True MinimumReplicasAvailable Deployment has minimum availability.',
			`Progressing True NewReplicaSetAvailable ReplicaSet "${set.metadata.name}" has successfully progressed.`,
		],
	);
	const { conditions: _, ...counts } = status!;
	assert.deepEqual(counts, {
		observedGeneration: metadata.generation,
		replicas: 3,
		updatedReplicas: 3,
		readyReplicas: 3,
		availableReplicas: 3,
		terminatingReplicas: 0,
	});
	assert.deepEqual(cluster.events('web'), [
		`ScalingReplicaSet Scaled up replica set ${set.metadata.name} from 0 to 3`,
	]);
	cluster.lab.stop();
});

test('a rolling update stays within maxSurge and maxUnavailable', async () => {
	for (const [maxSurge, maxUnavailable] of [
		[1, 0],
		[0, 1],
		['50%', '50%'],
	] as const) {
		const cluster = createTestCluster();
		create(cluster, { replicas: 4, strategy: { rollingUpdate: { maxSurge, maxUnavailable } } });
		await cluster.until(complete(cluster));
		let most = 0;
		let fewest = 4;
		cluster.client.watch<Pod>('pods', () => {
			const active = cluster.client.list<Pod>(
				'pods',
				'default',
				({ metadata }) => !metadata.deletionTimestamp,
			);
			most = Math.max(most, active.length);
			fewest = Math.min(fewest, readyPods(cluster).length);
		});
		setImage(cluster, 'busybox:1.29');
		await cluster.until(complete(cluster));
		const surge = maxSurge === '50%' ? 2 : maxSurge;
		const unavailable = maxUnavailable === '50%' ? 2 : maxUnavailable;
		assert(most <= 4 + surge, `${most} pods with maxSurge ${maxSurge}`);
		assert(fewest >= 4 - unavailable, `${fewest} ready pods with maxUnavailable ${maxUnavailable}`);
		assert.equal(setOf(cluster, 'busybox:1.36').spec.replicas, 0);
		assert(readyPods(cluster).every(({ spec }) => spec.containers[0].image === 'busybox:1.29'));
		cluster.lab.stop();
	}
});

test('Recreate ends every old pod before the first new one', async () => {
	const cluster = createTestCluster();
	create(cluster, { strategy: { type: 'Recreate' } });
	await cluster.until(complete(cluster));
	cluster.client.watch<Pod>('pods', ({ type, object }) => {
		if (type !== 'ADDED' || object.spec.containers[0].image !== 'busybox:1.29') return;
		const old = cluster.client.list<Pod>(
			'pods',
			'default',
			({ spec }) => spec.containers[0].image !== 'busybox:1.29',
		);
		assert.equal(old.length, 0);
	});
	setImage(cluster, 'busybox:1.29');
	await cluster.until(complete(cluster));
	assert.equal(readyPods(cluster).length, 3);
	cluster.lab.stop();
});

test('a rollback brings the old ReplicaSet back under a new revision and keeps its earlier number', async () => {
	const cluster = createTestCluster();
	create(cluster);
	await cluster.until(complete(cluster));
	const first = setOf(cluster, 'busybox:1.36').metadata.name;
	setImage(cluster, 'busybox:1.29');
	await cluster.until(complete(cluster));
	setImage(cluster, 'busybox:1.36');
	await cluster.until(complete(cluster));
	assert.equal(sets(cluster).length, 2);
	const { metadata } = setOf(cluster, 'busybox:1.36');
	assert.equal(metadata.name, first);
	assert.equal(metadata.annotations!['deployment.kubernetes.io/revision'], '3');
	assert.equal(metadata.annotations!['deployment.kubernetes.io/revision-history'], '1');
	assert.equal(web(cluster).metadata.annotations!['deployment.kubernetes.io/revision'], '3');
	cluster.lab.stop();
});

test('a paused Deployment scales but does not roll', async () => {
	const cluster = createTestCluster();
	create(cluster, { replicas: 2 });
	await cluster.until(complete(cluster));
	edit(cluster, ({ spec }) => {
		spec.paused = true;
		spec.replicas = 4;
		spec.template.spec!.containers[0].image = 'busybox:1.29';
	});
	await cluster.until(() => readyPods(cluster).length === 4);
	await cluster.clock.advance(60_000);
	assert.equal(sets(cluster).length, 1);
	assert.equal(progressing(cluster)!.reason, 'DeploymentPaused');
	edit(cluster, ({ spec }) => {
		spec.paused = false;
	});
	await cluster.until(complete(cluster));
	assert.equal(setOf(cluster, 'busybox:1.29').spec.replicas, 4);
	cluster.lab.stop();
});

test('a rollout that does not get on exceeds its progress deadline', async () => {
	const cluster = createTestCluster();
	create(cluster, { progressDeadlineSeconds: 60 });
	await cluster.until(complete(cluster));
	const changedAt = cluster.elapsed();
	setImage(cluster, 'nowhere/nothing:1');
	await cluster.until(() => progressing(cluster)?.reason === 'ProgressDeadlineExceeded');
	const waited = cluster.elapsed() - changedAt;
	assert(waited >= 60_000 && waited < 70_000, `${waited} ms`);
	const { name } = setOf(cluster, 'nowhere/nothing:1').metadata;
	assert.equal(progressing(cluster)!.message, `ReplicaSet "${name}" has timed out progressing.`);
	assert.equal(conditionOf(web(cluster).status?.conditions, 'Available')!.status, 'True');
	assert.equal(readyPods(cluster).length, 3);
	setImage(cluster, 'busybox:1.36');
	await cluster.until(complete(cluster));
	assert.equal(progressing(cluster)!.status, 'True');
	cluster.lab.stop();
});

test('scaling in the middle of a rollout is shared out in proportion', async () => {
	const cluster = createTestCluster();
	create(cluster, {
		replicas: 10,
		strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
	});
	await cluster.until(complete(cluster));
	setImage(cluster, 'nowhere/nothing:1');
	const sizes = () =>
		[setOf(cluster, 'busybox:1.36'), setOf(cluster, 'nowhere/nothing:1')].map((set) => set?.spec.replicas);
	await cluster.until(() => sizes().join() === '8,5');
	edit(cluster, ({ spec }) => {
		spec.replicas = 15;
	});
	// The example of the documentation: of five more, three go to the older and two to the newer set.
	await cluster.until(() => sizes().join() === '11,7');
	await cluster.clock.advance(10_000);
	assert.deepEqual(sizes(), [11, 7]);
	cluster.lab.stop();
});

test('ReplicaSets beyond the history limit are deleted, the oldest first', async () => {
	const cluster = createTestCluster();
	create(cluster, { replicas: 1, revisionHistoryLimit: 1 });
	for (const value of ['a', 'b', 'c']) {
		await cluster.until(complete(cluster));
		edit(cluster, ({ spec }) => {
			spec.template.spec!.containers[0].env = [{ name: 'VERSION', value }];
		});
	}
	await cluster.until(() => complete(cluster)() && sets(cluster).length === 2);
	const revisions = sets(cluster).map(
		({ metadata }) => metadata.annotations!['deployment.kubernetes.io/revision'],
	);
	assert.deepEqual(revisions.sort(), ['3', '4']);
	cluster.lab.stop();
});

test('deleting a Deployment takes its pods along, unless they are orphaned; a new one adopts them', async () => {
	const cluster = createTestCluster();
	create(cluster);
	await cluster.until(complete(cluster));
	const pods = cluster.podNames();
	cluster.client.delete(resource, 'default', 'web', { propagationPolicy: 'Orphan' });
	await cluster.until(() => sets(cluster).every(({ metadata }) => !metadata.ownerReferences));
	create(cluster);
	await cluster.until(complete(cluster));
	assert.deepEqual(cluster.podNames(), pods);
	cluster.client.delete(resource, 'default', 'web');
	await cluster.until(() => cluster.podNames().length === 0);
	assert.equal(sets(cluster).length, 0);
	cluster.lab.stop();
});
