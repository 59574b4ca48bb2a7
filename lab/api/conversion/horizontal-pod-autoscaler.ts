// HorizontalPodAutoscalers of autoscaling/v1, which only know the processor: what v2 has beside it is kept in
// annotations (k8s.io/api/autoscaling/v1/annotations).
import type {
	AutoscalingHorizontalPodAutoscaler,
	HorizontalPodAutoscaler,
	MetricIdentifier,
	MetricSpec,
	MetricStatus,
	MetricTarget,
	MetricValueStatus,
	ObjectMeta,
} from '../../schema/types.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const metricsAnnotation = `${prefix}metrics`;
const statusesAnnotation = `${prefix}current-metrics`;
const conditionsAnnotation = `${prefix}conditions`;
const behaviorAnnotation = `${prefix}behavior`;

type Fields = Record<string, unknown>;

/** The fields that are set. */
const given = (fields: Fields): Fields =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A target or a current value as v1 writes it: `targetAverageValue`, `currentAverageUtilization`. */
const flattened = (
	when: 'target' | 'current',
	{ value, averageValue, averageUtilization }: MetricValueStatus,
) =>
	given({
		[`${when}Value`]: value,
		[`${when}AverageValue`]: averageValue,
		[`${when}AverageUtilization`]: averageUtilization,
	});

function flattenedSpec(spec: MetricSpec): Fields {
	const { resource, containerResource, pods, object, external } = spec;
	return given({
		type: spec.type,
		resource: resource && { name: resource.name, ...flattened('target', resource.target) },
		containerResource: containerResource && {
			name: containerResource.name,
			container: containerResource.container,
			...flattened('target', containerResource.target),
		},
		pods: pods && {
			metricName: pods.metric.name,
			...given({ selector: pods.metric.selector }),
			...flattened('target', pods.target),
		},
		object: object && {
			target: object.describedObject,
			metricName: object.metric.name,
			...given({ selector: object.metric.selector, averageValue: object.target.averageValue }),
			targetValue: object.target.value ?? '0',
		},
		external: external && {
			metricName: external.metric.name,
			...given({ metricSelector: external.metric.selector }),
			...flattened('target', external.target),
		},
	});
}

function flattenedStatus(status: MetricStatus): Fields {
	const { resource, containerResource, pods, object, external } = status;
	return given({
		type: status.type,
		resource: resource && { name: resource.name, ...flattened('current', resource.current) },
		containerResource: containerResource && {
			name: containerResource.name,
			container: containerResource.container,
			...flattened('current', containerResource.current),
		},
		pods: pods && { metricName: pods.metric.name, ...flattened('current', pods.current) },
		object: object && {
			target: object.describedObject,
			metricName: object.metric.name,
			...flattened('current', object.current),
		},
		external: external && { metricName: external.metric.name, ...flattened('current', external.current) },
	});
}

interface FlatMetric {
	type: string;
	resource?: Fields;
	containerResource?: Fields;
	pods?: Fields;
	object?: Fields;
	external?: Fields;
}

function target(when: 'target' | 'current', flat: Fields): MetricTarget {
	const value = flat[`${when}Value`] as string | undefined;
	const averageValue = (flat[`${when}AverageValue`] ?? flat.averageValue) as string | undefined;
	const averageUtilization = flat[`${when}AverageUtilization`] as number | undefined;
	const type =
		averageUtilization !== undefined ? 'Utilization' : averageValue !== undefined ? 'AverageValue' : 'Value';
	return {
		type,
		...given({ value: type === 'AverageValue' ? undefined : value, averageValue, averageUtilization }),
	};
}

const identifier = (flat: Fields): MetricIdentifier => ({
	name: flat.metricName as string,
	...(given({ selector: flat.selector ?? flat.metricSelector }) as Pick<MetricIdentifier, 'selector'>),
});

/** `part` is what v2 calls the value: `target` in a spec, `current` in a status. */
function raised(flat: FlatMetric, part: 'target' | 'current'): Fields {
	const value = (source: Fields) => {
		const { type, ...current } = target(part, source);
		return { [part]: part === 'target' ? { type, ...current } : current };
	};
	const { resource, containerResource, pods, object, external } = flat;
	return given({
		type: flat.type,
		resource: resource && { name: resource.name, ...value(resource) },
		containerResource: containerResource && {
			name: containerResource.name,
			container: containerResource.container,
			...value(containerResource),
		},
		pods: pods && { metric: identifier(pods), ...value(pods) },
		object: object && {
			describedObject: object.target,
			metric: identifier(object),
			...value(object),
		},
		external: external && { metric: identifier(external), ...value(external) },
	});
}

const isProcessorTarget = ({ resource }: MetricSpec) =>
	resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
const isProcessorStatus = ({ resource }: MetricStatus) =>
	resource?.name === 'cpu' && resource.current.averageUtilization !== undefined;

function withAnnotations(metadata: ObjectMeta, annotations: Record<string, unknown>): ObjectMeta {
	const added = Object.entries(annotations).filter(([, value]) => value !== undefined);
	if (added.length === 0) return metadata;
	const written = added.map(([name, value]) => [name, JSON.stringify(value)]);
	return { ...metadata, annotations: { ...metadata.annotations, ...Object.fromEntries(written) } };
}

const whereAny = <T>(list: readonly T[]) => (list.length > 0 ? list : undefined);

/** From autoscaling/v2, as it is stored. */
export function toVersion1(stored: HorizontalPodAutoscaler): AutoscalingHorizontalPodAutoscaler {
	const { metrics = [], behavior, ...spec } = stored.spec;
	const { currentMetrics = [], conditions = [], ...status } = stored.status ?? { desiredReplicas: 0 };
	const target = metrics.find(isProcessorTarget);
	const current = currentMetrics.find(isProcessorStatus);
	const metadata = withAnnotations(stored.metadata, {
		[metricsAnnotation]: whereAny(metrics.filter((metric) => metric !== target).map(flattenedSpec)),
		[statusesAnnotation]: whereAny(
			currentMetrics.filter((metric) => metric !== current).map(flattenedStatus),
		),
		[conditionsAnnotation]: whereAny(conditions),
		[behaviorAnnotation]: behavior,
	});
	return {
		apiVersion: 'autoscaling/v1',
		kind: 'HorizontalPodAutoscaler',
		metadata,
		spec: {
			...spec,
			...given({ targetCPUUtilizationPercentage: target?.resource?.target.averageUtilization }),
		},
		status: {
			...status,
			currentReplicas: status.currentReplicas ?? 0,
			desiredReplicas: status.desiredReplicas ?? 0,
			...given({ currentCPUUtilizationPercentage: current?.resource?.current.averageUtilization }),
		},
	};
}

/** What an annotation holds; undefined where it is absent, or is no JSON. */
function annotation<T>(metadata: ObjectMeta, name: string): T | undefined {
	try {
		return JSON.parse(metadata.annotations?.[name] ?? 'null') ?? undefined;
	} catch {
		return undefined;
	}
}

function withoutAnnotations(metadata: ObjectMeta): ObjectMeta {
	const { annotations, ...rest } = metadata;
	const own = [metricsAnnotation, statusesAnnotation, conditionsAnnotation, behaviorAnnotation];
	const left = Object.entries(annotations ?? {}).filter(([name]) => !own.includes(name));
	return left.length > 0 ? { ...rest, annotations: Object.fromEntries(left) } : rest;
}

export function fromVersion1(object: AutoscalingHorizontalPodAutoscaler): HorizontalPodAutoscaler {
	const { metadata } = object;
	const { targetCPUUtilizationPercentage: percentage, ...spec } = object.spec;
	const { currentCPUUtilizationPercentage: current, ...status } = object.status ?? ({} as never);
	const processor: MetricSpec[] =
		percentage === undefined
			? []
			: [
					{
						type: 'Resource',
						resource: {
							name: 'cpu',
							target: { type: 'Utilization', averageUtilization: percentage },
						},
					},
				];
	const others = annotation<FlatMetric[]>(metadata, metricsAnnotation) ?? [];
	const statuses = annotation<FlatMetric[]>(metadata, statusesAnnotation) ?? [];
	const processorStatus: Fields[] =
		current === undefined
			? []
			: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }];
	return {
		apiVersion: 'autoscaling/v2',
		kind: 'HorizontalPodAutoscaler',
		metadata: withoutAnnotations(metadata),
		spec: {
			...spec,
			metrics: [...others.map((flat) => raised(flat, 'target') as unknown as MetricSpec), ...processor],
			...given({ behavior: annotation(metadata, behaviorAnnotation) }),
		},
		status: {
			...status,
			currentMetrics: [
				...statuses.map((flat) => raised(flat, 'current')),
				...processorStatus,
			] as unknown as MetricStatus[],
			conditions: annotation(metadata, conditionsAnnotation) ?? [],
		} as HorizontalPodAutoscaler['status'],
	};
}
