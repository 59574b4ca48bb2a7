// What each metric of an autoscaler says: how many replicas it asks for, and its part of the status.
import { canonicalQuantity, quantityValue } from '../../schema/quantity.ts';
import type {
	HorizontalPodAutoscaler,
	MetricSpec,
	MetricStatus,
	MetricTarget,
	Pod,
	PodMetrics,
} from '../../schema/types.ts';
import {
	defaultTolerance,
	MetricError,
	observe,
	replicasFor,
	requestsByPod,
	type Tolerances,
} from './replica-calculator.ts';

export interface Target {
	pods: readonly Pod[];
	metrics: readonly PodMetrics[];
	/** The replicas that the target has. */
	replicas: number;
	now: number;
}

export interface Proposal {
	replicas: number;
	/** As events name the metric. */
	name: string;
	status: MetricStatus;
}

const milli = (value: number) => canonicalQuantity(`${Math.floor(value * 1000)}m`);

function tolerancesOf({ spec }: HorizontalPodAutoscaler): Tolerances {
	const tolerance = (direction: 'scaleUp' | 'scaleDown') => {
		const given = spec.behavior?.[direction]?.tolerance;
		return given === undefined ? defaultTolerance : quantityValue(given);
	};
	return { up: tolerance('scaleUp'), down: tolerance('scaleDown') };
}

/** Throws MetricError. */
export function propose(autoscaler: HorizontalPodAutoscaler, metric: MetricSpec, target: Target): Proposal {
	const { resource, containerResource, pods, object, external } = metric;
	if (resource) {
		const { name } = resource;
		const { current, ...proposal } = forResource(autoscaler, name, undefined, resource.target, target);
		return { ...proposal, status: { type: metric.type, resource: { name, current } } };
	}
	if (containerResource) {
		const { name, container } = containerResource;
		const { current, ...proposal } = forResource(
			autoscaler,
			name,
			container,
			containerResource.target,
			target,
		);
		return {
			...proposal,
			status: { type: metric.type, containerResource: { name, container, current } },
		};
	}
	const custom =
		'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
	const { namespace } = autoscaler.metadata;
	if (pods)
		throw new MetricError('FailedGetPodsMetric', `unable to get metric ${pods.metric.name}: ${custom}`);
	if (object)
		throw new MetricError(
			'FailedGetObjectMetric',
			`unable to get metric ${object.metric.name}: ${object.describedObject.kind} on ${namespace} ${object.describedObject.name}/${custom}`,
		);
	if (external)
		throw new MetricError(
			'FailedGetExternalMetric',
			`unable to get external metric ${namespace}/${external.metric.name}/nil: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered`,
		);
	throw new MetricError('InvalidMetricSourceType', `unknown metric source type "${metric.type}"`);
}

function forResource(
	autoscaler: HorizontalPodAutoscaler,
	resource: string,
	container: string | undefined,
	{ averageValue, averageUtilization }: MetricTarget,
	{ pods, metrics, replicas, now }: Target,
) {
	const reason = container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
	const kind = averageUtilization === undefined ? 'usage' : 'utilization';
	const refuse = (message: string) =>
		new MetricError(reason, `failed to get ${resource} ${kind}: ${message}`);
	if (metrics.length === 0)
		throw refuse(
			`unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`,
		);
	if (pods.length === 0) throw refuse('no pods returned by selector while calculating replica count');
	const observation = observe(pods, metrics, resource, container, now);
	if (observation.ready.length === 0)
		throw refuse('did not receive metrics for targeted pods (pods might be unready)');
	const average =
		observation.ready.reduce((sum, name) => sum + (observation.usage.get(name) ?? 0), 0) /
		observation.ready.length;
	const tolerances = tolerancesOf(autoscaler);
	const name = container === undefined ? `${resource} resource` : `${resource} container resource`;
	if (averageUtilization === undefined) {
		const each = quantityValue(averageValue ?? '0');
		const result = replicasFor(
			observation,
			() => each,
			() => each,
			replicas,
			tolerances,
		);
		return { replicas: result.replicas, name, current: { averageValue: milli(average) } };
	}
	let requests: ReadonlyMap<string, number>;
	try {
		requests = requestsByPod(pods, resource, container);
	} catch (error) {
		throw refuse((error as Error).message);
	}
	const requestOf = (pod: string) => requests.get(pod) ?? 0;
	const share = averageUtilization / 100;
	const result = replicasFor(observation, (pod) => requestOf(pod) * share, requestOf, replicas, tolerances);
	return {
		replicas: result.replicas,
		name: `${name} utilization (percentage of request)`,
		current: {
			averageUtilization: Math.trunc(result.ratio * averageUtilization + 1e-9),
			averageValue: milli(average),
		},
	};
}
