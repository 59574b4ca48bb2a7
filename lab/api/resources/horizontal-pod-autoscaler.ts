import type {
	HorizontalPodAutoscaler,
	HPAScalingRules,
	MetricSpec,
	MetricStatus,
	MetricTarget,
	MetricValueStatus,
} from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { validateAutoscaler, validateAutoscalerStatus } from '../validation/horizontal-pod-autoscaler.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

function setDefaults({ spec }: HorizontalPodAutoscaler): void {
	spec.minReplicas ??= 1;
	if (!spec.metrics?.length)
		spec.metrics = [
			{
				type: 'Resource',
				resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
			},
		];
	if (!spec.behavior) return;
	const everyQuarterMinute = { periodSeconds: 15 };
	spec.behavior.scaleUp = withDefaults(spec.behavior.scaleUp, {
		stabilizationWindowSeconds: 0,
		policies: [
			{ type: 'Pods', value: 4, ...everyQuarterMinute },
			{ type: 'Percent', value: 100, ...everyQuarterMinute },
		],
	});
	spec.behavior.scaleDown = withDefaults(spec.behavior.scaleDown, {
		policies: [{ type: 'Percent', value: 100, ...everyQuarterMinute }],
	});
}

const withDefaults = (rules: HPAScalingRules | undefined, defaults: HPAScalingRules): HPAScalingRules => ({
	...defaults,
	selectPolicy: 'Max',
	...rules,
});

/** `1%/50%`: what there is, and what there should be. */
function progress(target: MetricTarget, current: MetricValueStatus | undefined, perPod: boolean): string {
	if (target.averageValue !== undefined)
		return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}${perPod ? ' (avg)' : ''}`;
	if (target.value !== undefined) return `${current?.value ?? '<unknown>'}/${target.value}`;
	const percent = (value: number | undefined, otherwise: string) =>
		value === undefined ? otherwise : `${value}%`;
	return `${percent(current?.averageUtilization, '<unknown>')}/${percent(target.averageUtilization, '<auto>')}`;
}

function shownMetric(spec: MetricSpec, status: MetricStatus | undefined): string {
	const resource = spec.resource ?? spec.containerResource;
	if (resource) {
		const current = (status?.resource ?? status?.containerResource)?.current;
		return `${resource.name}: ${progress(resource.target, current, false)}`;
	}
	if (spec.pods) return progress(spec.pods.target, status?.pods?.current, false);
	if (spec.object) return progress(spec.object.target, status?.object?.current, true);
	if (spec.external) return progress(spec.external.target, status?.external?.current, true);
	return '<unknown type>';
}

/** The first two metrics, and how many more there are. */
function targets({ spec, status }: HorizontalPodAutoscaler): string {
	const shown = (spec.metrics ?? []).map((metric, index) =>
		shownMetric(metric, status?.currentMetrics?.[index]),
	);
	if (shown.length === 0) return '<none>';
	const more = shown.length > 2 ? ` + ${shown.length - 2} more...` : '';
	return shown.slice(0, 2).join(', ') + more;
}

export const horizontalPodAutoscalers = defineResource<HorizontalPodAutoscaler>({
	group: 'autoscaling',
	version: 'v2',
	kind: 'HorizontalPodAutoscaler',
	plural: 'horizontalpodautoscalers',
	singular: 'horizontalpodautoscaler',
	shortNames: ['hpa'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	nameRule: dnsSubdomain,
	setDefaults,
	prepareForCreate(autoscaler) {
		delete autoscaler.status;
	},
	validate: validateAutoscaler,
	validateStatusUpdate: validateAutoscalerStatus,
	columns: [
		nameColumn,
		{
			name: 'Reference',
			type: 'string',
			cell: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
		},
		{ name: 'Targets', type: 'string', cell: targets },
		{
			name: 'MinPods',
			type: 'string',
			cell: ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas)),
		},
		{ name: 'MaxPods', type: 'integer', cell: ({ spec }) => spec.maxReplicas },
		{ name: 'Replicas', type: 'integer', cell: ({ status }) => status?.currentReplicas ?? 0 },
		ageColumn,
	],
});
