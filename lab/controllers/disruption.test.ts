import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiError } from '../api/errors.ts';
import type { PodDisruptionBudget } from '../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../test-cluster.ts';

const budgets = 'poddisruptionbudgets.policy';

const createBudget = ({ client }: TestCluster, name: string, spec: PodDisruptionBudget['spec']) =>
	client.create<PodDisruptionBudget>(budgets, {
		apiVersion: 'policy/v1',
		kind: 'PodDisruptionBudget',
		metadata: { name, namespace: 'default' },
		spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
	});

const statusOf = ({ client }: TestCluster, name: string) =>
	client.get<PodDisruptionBudget>(budgets, 'default', name)?.status;

async function evict(
	{ lab }: TestCluster,
	pod: string,
	query = '',
): Promise<{ code: number; body: ApiError['status'] }> {
	const response = await lab.api.handle({
		method: 'POST',
		path: `/api/v1/namespaces/default/pods/${pod}/eviction`,
		query: new URLSearchParams(query),
		headers: {},
		body: new TextEncoder().encode(
			JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod } }),
		),
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	return { code: response.status, body: JSON.parse(response.body as string) };
}

test('a budget allows what is healthy beyond what it keeps, and evictions use it up', async () => {
	const cluster = createTestCluster();
	createBudget(cluster, 'web', { maxUnavailable: 1 });
	await cluster.until(() => statusOf(cluster, 'web')?.conditions?.[0].reason === 'InsufficientPods');
	assert.deepEqual(cluster.events('web'), ['NoPods No matching pods found']);
	cluster.createSet('web', { replicas: 2 });
	await cluster.until(() => statusOf(cluster, 'web')?.disruptionsAllowed === 1);
	assert.equal(statusOf(cluster, 'web')?.expectedPods, 2);
	assert.equal(statusOf(cluster, 'web')?.desiredHealthy, 1);
	assert.equal(statusOf(cluster, 'web')?.conditions?.[0].reason, 'SufficientPods');

	assert.equal((await evict(cluster, 'web-0', 'dryRun=All')).code, 201);
	assert.equal(statusOf(cluster, 'web')?.disruptionsAllowed, 1);
	assert.equal((await evict(cluster, 'web-0')).code, 201);
	assert.equal(statusOf(cluster, 'web')?.disruptionsAllowed, 0);
	assert.equal(
		cluster.pod('web-0')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason,
		'EvictionByEvictionAPI',
	);
	const refused = await evict(cluster, 'web-1');
	assert.equal(refused.code, 429);
	assert.equal(refused.body.message, "Cannot evict pod as it would violate the pod's disruption budget.");
	assert.deepEqual(refused.body.details?.causes, [
		{
			reason: 'DisruptionBudget',
			message: 'The disruption budget web needs 1 healthy pods and has 2 currently',
		},
	]);
	await cluster.until(() => statusOf(cluster, 'web')?.disruptionsAllowed === 1);
	assert.equal(statusOf(cluster, 'web')?.disruptedPods, undefined);
	cluster.lab.stop();
});

test('a percentage counts from the replicas of the controllers, rounded up', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 3, podManagementPolicy: 'Parallel' });
	createBudget(cluster, 'web', { minAvailable: '50%' });
	await cluster.until(() => statusOf(cluster, 'web')?.currentHealthy === 3);
	assert.equal(statusOf(cluster, 'web')?.desiredHealthy, 2);
	assert.equal(statusOf(cluster, 'web')?.disruptionsAllowed, 1);
	cluster.updateSet('web', (set) => {
		set.spec.replicas = 5;
	});
	await cluster.until(() => statusOf(cluster, 'web')?.expectedPods === 5);
	assert.equal(statusOf(cluster, 'web')?.desiredHealthy, 3);
	cluster.lab.stop();
});

test('two budgets for one pod are more than an eviction supports', async () => {
	const cluster = createTestCluster();
	createBudget(cluster, 'one', { minAvailable: 0 });
	createBudget(cluster, 'two', { minAvailable: 0 });
	cluster.createPod('web', {}, { app: 'web' });
	await cluster.until(() => cluster.isReady('web'));
	const { code, body } = await evict(cluster, 'web');
	assert.equal(code, 201);
	assert.equal(body.code, 500);
	assert.match(body.message ?? '', /^This pod has more than one PodDisruptionBudget/);
	cluster.lab.stop();
});

test('a pod that is not ready may go as long as enough others are, or where the budget says so', async () => {
	const cluster = createTestCluster();
	const never = { exec: { command: ['false'] } };
	cluster.createSet('web', { replicas: 1 }, { containers: [{ ...sleeper, readinessProbe: never }] });
	createBudget(cluster, 'web', { minAvailable: 1 });
	await cluster.until(() => cluster.pod('web-0')?.status?.phase === 'Running');
	await cluster.until(() => statusOf(cluster, 'web')?.expectedPods === 1);
	assert.equal((await evict(cluster, 'web-0')).code, 429);
	const budget = structuredClone(cluster.client.get<PodDisruptionBudget>(budgets, 'default', 'web')!);
	budget.spec!.unhealthyPodEvictionPolicy = 'AlwaysAllow';
	cluster.client.update(budgets, budget);
	assert.equal((await evict(cluster, 'web-0')).code, 201);
	cluster.lab.stop();
});
