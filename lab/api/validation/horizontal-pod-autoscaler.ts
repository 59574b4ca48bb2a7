// What a HorizontalPodAutoscaler may be, as the reference of autoscaling/v2 documents it
// (k8s.io/kubernetes/pkg/apis/autoscaling/validation).
import { compareQuantities } from '../../schema/quantity.ts';
import type {
	CrossVersionObjectReference,
	HorizontalPodAutoscaler,
	HPAScalingRules,
	MetricIdentifier,
	MetricSpec,
	MetricTarget,
} from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { notNegative, validateLabelSelector } from './metadata.ts';
import { pathSegment } from './path-segment.ts';

export function validateAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
	const errors: FieldError[] = [];
	const { minReplicas, maxReplicas } = spec;
	if (minReplicas !== undefined && minReplicas < 1)
		errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
	if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
	if (minReplicas !== undefined && maxReplicas < minReplicas)
		errors.push(
			invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'),
		);
	errors.push(...validateTarget(spec.scaleTargetRef, 'spec.scaleTargetRef'));
	(spec.metrics ?? []).forEach((metric, index) => {
		errors.push(...validateMetric(metric, `spec.metrics[${index}]`));
	});
	if (minReplicas === 0 && !spec.metrics?.some(({ type }) => type === 'Object' || type === 'External'))
		errors.push(
			forbiddenField(
				'spec.metrics',
				'must specify at least one Object or External metric to support scaling to zero replicas',
			),
		);
	errors.push(...validateRules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp'));
	errors.push(...validateRules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown'));
	return errors;
}

export function validateAutoscalerStatus({ status }: HorizontalPodAutoscaler): FieldError[] {
	return (['currentReplicas', 'desiredReplicas'] as const)
		.filter((field) => (status?.[field] ?? 0) < 0)
		.map((field) => invalidValue(`status.${field}`, status?.[field], notNegative));
}

function validateTarget(target: CrossVersionObjectReference, field: string): FieldError[] {
	return (['kind', 'name'] as const).flatMap((part) =>
		target?.[part]
			? pathSegment(target[part]).map((fault) => invalidValue(`${field}.${part}`, target[part], fault))
			: [required(`${field}.${part}`)],
	);
}

/** The field of each source, by the metric's type. */
const sources = {
	Object: 'object',
	External: 'external',
	Pods: 'pods',
	Resource: 'resource',
	ContainerResource: 'containerResource',
} as const;

function validateMetric(metric: MetricSpec, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (!metric.type) errors.push(required(`${field}.type`, 'must specify a metric source type'));
	if (!(metric.type in sources))
		errors.push(notSupported(`${field}.type`, metric.type ?? '', Object.keys(sources).sort()));
	const present = Object.values(sources).filter((source) => metric[source] !== undefined);
	if (present.length > 0) errors.push(...validateSource(metric, present[0], `${field}.${present[0]}`));
	const expected = sources[metric.type as keyof typeof sources];
	if (expected && !metric[expected])
		errors.push(required(`${field}.${expected}`, 'must populate information for the given metric source'));
	if (present.length > 1)
		for (const other of present)
			if (other !== expected)
				errors.push(forbiddenField(`${field}.${other}`, 'must populate the given metric source only'));
	return errors;
}

function validateSource(
	metric: MetricSpec,
	source: (typeof sources)[keyof typeof sources],
	field: string,
): FieldError[] {
	switch (source) {
		case 'object': {
			const { describedObject, metric: identifier, target } = metric.object!;
			const errors = [
				...validateTarget(describedObject, `${field}.describedObject`),
				...validateIdentifier(identifier, `${field}.metric`),
				...validateMetricTarget(target, `${field}.target`),
			];
			if (target.value === undefined && target.averageValue === undefined)
				errors.push(
					required(`${field}.target.averageValue`, 'must set either a target value or averageValue'),
				);
			return errors;
		}
		case 'external': {
			const { metric: identifier, target } = metric.external!;
			const errors = [
				...validateIdentifier(identifier, `${field}.metric`),
				...validateMetricTarget(target, `${field}.target`),
			];
			if (target.value === undefined && target.averageValue === undefined)
				errors.push(
					required(
						`${field}.target.averageValue`,
						'must set either a target value for metric or a per-pod target',
					),
				);
			if (target.value !== undefined && target.averageValue !== undefined)
				errors.push(
					forbiddenField(
						`${field}.target.value`,
						'may not set both a target value for metric and a per-pod target',
					),
				);
			return errors;
		}
		case 'pods': {
			const { metric: identifier, target } = metric.pods!;
			const errors = [
				...validateIdentifier(identifier, `${field}.metric`),
				...validateMetricTarget(target, `${field}.target`),
			];
			if (!isPositive(target.averageValue))
				errors.push(required(`${field}.target.averageValue`, 'must specify a positive target averageValue'));
			return errors;
		}
		default: {
			const { name, target } = metric[source]!;
			const errors: FieldError[] = [];
			if (!name) errors.push(required(`${field}.name`, 'must specify a resource name'));
			if (source === 'containerResource' && !metric.containerResource?.container)
				errors.push(required(`${field}.container`, 'must specify a container'));
			errors.push(...validateMetricTarget(target, `${field}.target`));
			if (target.averageUtilization === undefined && target.averageValue === undefined)
				errors.push(
					required(
						`${field}.target.averageUtilization`,
						'must set either a target raw value or a target utilization',
					),
				);
			if (target.averageUtilization !== undefined && target.averageValue !== undefined)
				errors.push(
					forbiddenField(
						`${field}.target.averageValue`,
						'may not set both a target raw value and a target utilization',
					),
				);
			return errors;
		}
	}
}

function validateIdentifier({ name, selector }: MetricIdentifier, field: string): FieldError[] {
	const errors = name
		? pathSegment(name).map((fault) => invalidValue(`${field}.name`, name, fault))
		: [required(`${field}.name`, 'must specify a metric name')];
	return [...errors, ...validateLabelSelector(selector, `${field}.selector`)];
}

const isPositive = (quantity: string | undefined) =>
	quantity !== undefined && compareQuantities(quantity, '0') > 0;

function validateMetricTarget(
	{ type, value, averageValue, averageUtilization }: MetricTarget,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	if (!type) errors.push(required(`${field}.type`, 'must specify a metric target type'));
	if (!['Utilization', 'Value', 'AverageValue'].includes(type))
		errors.push(
			invalidValue(`${field}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'),
		);
	for (const [part, quantity] of [
		['value', value],
		['averageValue', averageValue],
	] as const)
		if (quantity !== undefined && !isPositive(quantity))
			errors.push(invalidValue(`${field}.${part}`, quantity, 'must be positive'));
	if (averageUtilization !== undefined && averageUtilization < 1)
		errors.push(invalidValue(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0'));
	return errors;
}

const longestWindow = 3600;
const longestPeriod = 1800;

function validateRules(rules: HPAScalingRules | undefined, field: string): FieldError[] {
	if (!rules) return [];
	const errors: FieldError[] = [];
	const wrong = (part: string, value: unknown, detail: string) =>
		errors.push(invalidValue(`${field}.${part}`, value, detail));
	const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
	if (window !== undefined && window < 0)
		wrong('stabilizationWindowSeconds', window, 'must be greater than or equal to zero');
	if (window !== undefined && window > longestWindow)
		wrong('stabilizationWindowSeconds', window, `must be less than or equal to ${longestWindow}`);
	if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy))
		errors.push(notSupported(`${field}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']));
	if (policies.length === 0) errors.push(required(`${field}.policies`, 'must specify at least one Policy'));
	policies.forEach(({ type, value, periodSeconds }, index) => {
		const at = `policies[${index}]`;
		if (type !== 'Pods' && type !== 'Percent')
			errors.push(notSupported(`${field}.${at}.type`, type, ['Percent', 'Pods']));
		if (value <= 0) wrong(`${at}.value`, value, 'must be greater than zero');
		if (periodSeconds <= 0) wrong(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero');
		if (periodSeconds > longestPeriod)
			wrong(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${longestPeriod}`);
	});
	if (tolerance !== undefined && compareQuantities(tolerance, '0') < 0)
		wrong('tolerance', tolerance, notNegative);
	return errors;
}
