import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HorizontalPodAutoscaler } from '../../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../../test-cluster.ts';

const autoscalers = 'horizontalpodautoscalers.autoscaling';

const create = ({ client }: TestCluster, spec: Partial<HorizontalPodAutoscaler['spec']>) =>
	client.create<HorizontalPodAutoscaler>(autoscalers, {
		apiVersion: 'autoscaling/v2',
		kind: 'HorizontalPodAutoscaler',
		metadata: { name: 'scaler', namespace: 'default' },
		spec: {
			scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' },
			maxReplicas: 3,
			...spec,
		},
	});

const scaler = ({ client }: TestCluster) =>
	client.get<HorizontalPodAutoscaler>(autoscalers, 'default', 'scaler');
const condition = (cluster: TestCluster, type: string) => {
	const found = scaler(cluster)?.status?.conditions?.find((each) => each.type === type);
	return found && `${found.status} ${found.reason} ${found.message}`;
};

const metric = (name: string, target: object) =>
	({
		type: 'Resource',
		resource: { name, target },
	}) as NonNullable<HorizontalPodAutoscaler['spec']['metrics']>[0];

test('what is busy gets more replicas, up to the most there may be', async () => {
	const cluster = createTestCluster();
	const busy = {
		...sleeper,
		command: ['sh', '-c', 'while [ ! -e /tmp/idle ]; do :; done; sleep 100000'],
		resources: { requests: { cpu: '5m' }, limits: { cpu: '10m' } },
	};
	cluster.createSet('web', { replicas: 1 }, { containers: [busy] });
	const fast = { stabilizationWindowSeconds: 30, policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }] };
	create(cluster, {
		metrics: [metric('cpu', { type: 'Utilization', averageUtilization: 50 })],
		behavior: { scaleDown: fast },
	});
	await cluster.until(() => cluster.events('scaler').length > 0);
	assert.deepEqual(cluster.events('scaler').slice(0, 2), [
		'FailedGetResourceMetric failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
		'FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
	]);
	assert.match(condition(cluster, 'ScalingActive')!, /^False FailedGetResourceMetric the HPA was unable to/);
	await cluster.until(() => cluster.set('web')?.spec.replicas === 3, 120_000);
	assert(
		cluster
			.events('scaler')
			.includes(
				'SuccessfulRescale New size: 3; reason: cpu resource utilization (percentage of request) above target',
			),
	);
	assert.equal(condition(cluster, 'ScalingLimited')?.split(' ')[1], 'TooManyReplicas');
	assert(scaler(cluster)!.status!.currentMetrics![0].resource!.current.averageUtilization! > 150);
	cluster.lab.stop();
});

test('what is idle falls to the minimum, when the window is over', async () => {
	const cluster = createTestCluster();
	const idle = { ...sleeper, resources: { requests: { cpu: '100m' } } };
	cluster.createSet('web', { replicas: 3, podManagementPolicy: 'Parallel' }, { containers: [idle] });
	create(cluster, { metrics: [metric('cpu', { type: 'Utilization', averageUtilization: 50 })] });
	await cluster.until(() => condition(cluster, 'ScalingActive')?.startsWith('True') ?? false);
	assert.match(condition(cluster, 'AbleToScale')!, /^True ScaleDownStabilized /);
	assert.equal(cluster.set('web')?.spec.replicas, 3);
	const before = cluster.elapsed();
	await cluster.until(() => cluster.set('web')?.spec.replicas === 1, 400_000);
	assert(cluster.elapsed() - before > 200_000);
	assert(cluster.events('scaler').some((text) => text.includes('All metrics below target')));
	cluster.lab.stop();
});

test('a target that is not there, and replicas out of bounds', async () => {
	const cluster = createTestCluster();
	create(cluster, { minReplicas: 2 });
	await cluster.until(() => scaler(cluster)?.status?.conditions !== undefined);
	assert.match(
		condition(cluster, 'AbleToScale')!,
		/^False FailedGetScale the HPA controller was unable to get the target's current scale: statefulsets.apps "web" not found$/,
	);
	cluster.createSet('web', { replicas: 1 });
	await cluster.until(() => cluster.set('web')?.spec.replicas === 2);
	assert(
		cluster
			.events('scaler')
			.includes('SuccessfulRescale New size: 2; reason: Current number of replicas below Spec.MinReplicas'),
	);
	cluster.lab.stop();
});
