import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget, PodSpec, PriorityClass } from '../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../test-cluster.ts';

const withRequest = (cpu: string) => [{ ...sleeper, resources: { requests: { cpu } } }];

function createClasses({ client }: TestCluster): void {
	for (const [name, value, preemptionPolicy] of [
		['low', 10, 'PreemptLowerPriority'],
		['middle', 50, 'PreemptLowerPriority'],
		['high', 100, 'PreemptLowerPriority'],
		['polite', 100, 'Never'],
	] as const)
		client.create<PriorityClass>('priorityclasses.scheduling.k8s.io', {
			apiVersion: 'scheduling.k8s.io/v1',
			kind: 'PriorityClass',
			metadata: { name },
			value,
			preemptionPolicy,
		});
}

const create = (
	cluster: TestCluster,
	name: string,
	priorityClassName: string,
	cpu: string,
	more: Partial<PodSpec> = {},
	labels = {},
) => cluster.createPod(name, { priorityClassName, containers: withRequest(cpu), ...more }, labels);

const refusalOf = (cluster: TestCluster, name: string) =>
	cluster.events(name).filter((text) => text.startsWith('FailedScheduling '));

test('a pod of higher priority takes the place of the least important that suffice', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	createClasses(cluster);
	create(cluster, 'low', 'low', '2');
	create(cluster, 'middle', 'middle', '2');
	await cluster.until(() => ['low', 'middle'].every(cluster.isReady));
	const { uid } = create(cluster, 'high', 'high', '1').metadata;
	await cluster.until(() => cluster.pod('high')?.status?.nominatedNodeName === 'node1');
	assert.deepEqual(refusalOf(cluster, 'high'), [
		'FailedScheduling 0/1 nodes are available: 1 Insufficient cpu.',
	]);
	assert(cluster.events('low').includes(`Preempted Preempted by pod ${uid} on node node1`));
	assert.equal(
		cluster.pod('low')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason,
		'PreemptionByScheduler',
	);
	// What was made free is not for one of lower priority.
	create(cluster, 'late', 'low', '2');
	await cluster.until(() => cluster.isReady('high'));
	assert.equal(cluster.pod('low'), undefined);
	assert.equal(cluster.pod('high')?.status?.nominatedNodeName, undefined);
	assert(cluster.isReady('middle'));
	assert.equal(cluster.pod('late')?.spec.nodeName, undefined);
	cluster.lab.stop();
});

test('who may not, or finds nobody, says so', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	createClasses(cluster);
	create(cluster, 'middle', 'middle', '3');
	await cluster.until(() => cluster.isReady('middle'));
	create(cluster, 'polite', 'polite', '2');
	create(cluster, 'equal', 'middle', '2');
	create(cluster, 'large', 'high', '6');
	await cluster.until(() =>
		['polite', 'equal', 'large'].every((name) => refusalOf(cluster, name).length > 0),
	);
	const none =
		'FailedScheduling 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: ';
	assert.deepEqual(refusalOf(cluster, 'polite'), [`${none}not eligible due to preemptionPolicy=Never.`]);
	assert.deepEqual(refusalOf(cluster, 'equal'), [
		`${none}0/1 nodes are available: 1 No preemption victims found for incoming pod.`,
	]);
	assert.deepEqual(refusalOf(cluster, 'large'), [
		`${none}0/1 nodes are available: 1 Preemption is not helpful for scheduling.`,
	]);
	assert(cluster.isReady('middle'));
	cluster.lab.stop();
});

test('the node is taken where no budget is violated', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	createClasses(cluster);
	for (const name of ['kept', 'free']) create(cluster, name, 'low', '3', {}, { app: name });
	cluster.client.create<PodDisruptionBudget>('poddisruptionbudgets.policy', {
		apiVersion: 'policy/v1',
		kind: 'PodDisruptionBudget',
		metadata: { name: 'kept', namespace: 'default' },
		spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
	});
	await cluster.until(() => ['kept', 'free'].every(cluster.isReady));
	create(cluster, 'high', 'high', '2');
	await cluster.until(() => cluster.isReady('high'));
	assert(cluster.isReady('kept'));
	assert.equal(cluster.pod('free'), undefined);
	cluster.lab.stop();
});
