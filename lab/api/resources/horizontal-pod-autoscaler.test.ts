import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AutoscalingHorizontalPodAutoscaler, HorizontalPodAutoscaler } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const path = (version: string, name = '') =>
	`/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers${name && `/${name}`}`;
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

test('what v1 has no field for is kept in annotations, and comes back from there', async () => {
	const server = serverUnderTest();
	const memory = {
		type: 'Resource',
		resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } },
	};
	const cpu = {
		type: 'Resource',
		resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
	};
	const behavior = { scaleDown: { stabilizationWindowSeconds: 10 } };
	const created = await server.send<HorizontalPodAutoscaler>('POST', path('v2'), {
		body: {
			metadata: { name: 'web' },
			spec: { scaleTargetRef, maxReplicas: 5, metrics: [memory, cpu], behavior },
		},
	});
	assert.equal(created.status, 201);
	assert.equal(created.body.spec.behavior?.scaleUp?.policies?.length, 2, 'a behavior is completed');

	const { body: old } = await server.send<AutoscalingHorizontalPodAutoscaler>('GET', path('v1', 'web'));
	assert.equal(old.apiVersion, 'autoscaling/v1');
	assert.equal(old.spec.targetCPUUtilizationPercentage, 60);
	assert.equal(
		old.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'],
		'[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"100Mi"}}]',
	);
	const replaced = { ...old, spec: { ...old.spec, maxReplicas: 7 } };
	assert.equal((await server.send('PUT', path('v1', 'web'), { body: replaced })).status, 200);
	const { body: current } = await server.send<HorizontalPodAutoscaler>('GET', path('v2', 'web'));
	assert.equal(current.spec.maxReplicas, 7);
	assert.deepEqual(current.spec.metrics, [memory, cpu]);
	assert.deepEqual(current.spec.behavior, created.body.spec.behavior);
	assert.equal(current.metadata.annotations, undefined);
});

test('a patch of v1 works on v1, and its watch shows v1', async () => {
	const server = serverUnderTest();
	const spec = { scaleTargetRef, maxReplicas: 5 };
	await server.send('POST', path('v1'), { body: { metadata: { name: 'web' }, spec } });
	const { body } = await server.send<AutoscalingHorizontalPodAutoscaler>('PATCH', path('v1', 'web'), {
		body: { spec: { targetCPUUtilizationPercentage: 30 } },
		headers: { 'content-type': 'application/strategic-merge-patch+json' },
	});
	assert.equal(body.spec.targetCPUUtilizationPercentage, 30);
	assert.equal(body.spec.minReplicas, 1);
	const stop = new AbortController();
	const watch = await server.raw('GET', `${path('v1')}?watch=true`, { signal: stop.signal });
	for await (const line of watch.body as AsyncIterable<string>) {
		const { type, object } = JSON.parse(line.split('\n')[0]);
		assert.equal(type, 'ADDED');
		assert.equal(object.spec.targetCPUUtilizationPercentage, 30);
		break;
	}
	stop.abort();
});

test('an autoscaler tells all its faults at once', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<StatusAnswer>('POST', path('v2'), {
		body: {
			metadata: { name: 'web' },
			spec: {
				minReplicas: 3,
				maxReplicas: 2,
				scaleTargetRef: { kind: '', name: 'a/b' },
				metrics: [
					{ type: 'Resource' },
					{
						type: 'Resource',
						resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } },
					},
					{ type: 'Pods', pods: { metric: { name: '' }, target: { type: 'Much' } } },
				],
				behavior: { scaleUp: { stabilizationWindowSeconds: 4000, selectPolicy: 'Most' } },
			},
		},
	});
	assert.deepEqual(
		body.details?.causes?.map(({ field, message }) => `${field}: ${message}`),
		[
			'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
			'spec.scaleTargetRef.kind: Required value',
			'spec.scaleTargetRef.name: Invalid value: "a/b": may not contain \'/\'',
			'spec.metrics[0].resource: Required value: must populate information for the given metric source',
			'spec.metrics[1].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
			'spec.metrics[2].pods.metric.name: Required value: must specify a metric name',
			'spec.metrics[2].pods.target.type: Invalid value: "Much": must be either Utilization, Value, or AverageValue',
			'spec.metrics[2].pods.target.averageValue: Required value: must specify a positive target averageValue',
			'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600',
			'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"',
		],
	);
});
