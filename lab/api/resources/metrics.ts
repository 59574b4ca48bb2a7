// The metrics server's kinds, metrics.k8s.io/v1beta1: what nodes and pods use now, from the kubelets
// (kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline).
import { canonicalQuantity, quantityValue } from '../../schema/quantity.ts';
import { formatTime } from '../../schema/time.ts';
import type { Node, NodeMetrics, Pod, PodMetrics } from '../../schema/types.ts';
import { notFound } from '../errors.ts';
import type { ContainerUsage } from '../node-connector.ts';
import { type ComputationContext, defineResource } from '../registry.ts';
import { nameColumn } from './columns.ts';

const group = 'metrics.k8s.io';
const version = 'v1beta1';
const readOnly = ['get', 'list'] as const;
/** The metrics server asks the kubelets this often; what began later has no metrics yet. */
const resolutionMs = 15_000;

const processor = (cores: number) => canonicalQuantity(`${Math.round(cores * 1e9)}n`);
const memory = (bytes: number) => `${Math.ceil(bytes / 1024)}Ki`;
const usageOf = (usages: readonly ContainerUsage[]) => ({
	cpu: processor(usages.reduce((sum, { cores }) => sum + cores, 0)),
	memory: memory(usages.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)),
});

/** A Go duration of whole milliseconds, as `15.012s`. */
const duration = (ms: number) => `${Math.round(ms) / 1000}s`;

const runningOn = (pod: Pod, { connectorOf }: Pick<ComputationContext, 'connectorOf'>) =>
	connectorOf(pod.spec.nodeName ?? '')?.usage(pod) ?? [];

/** What can be told of a pod; undefined where it does not run, or one of its containers began just now. */
function podMetrics(pod: Pod, context: ComputationContext): PodMetrics | undefined {
	if (pod.status?.phase !== 'Running') return undefined;
	const usages = runningOn(pod, context);
	const { time } = context;
	if (usages.length === 0 || usages.some(({ startedAt }) => time - startedAt < resolutionMs))
		return undefined;
	const { name, namespace, labels } = pod.metadata;
	const creationTimestamp = formatTime(time);
	return {
		apiVersion: `${group}/${version}`,
		kind: 'PodMetrics',
		metadata: { name, namespace, creationTimestamp, ...(labels && { labels }) } as PodMetrics['metadata'],
		timestamp: creationTimestamp,
		window: duration(Math.max(...usages.map(({ windowMs }) => windowMs))),
		containers: usages.map((usage) => ({ name: usage.name, usage: usageOf([usage]) })),
	};
}

/** What the pods of a node use together: the lab's nodes run nothing else. */
function nodeMetrics(node: Node, context: ComputationContext): NodeMetrics[] {
	const { name, labels } = node.metadata;
	if (!context.connectorOf(name)) return [];
	const usages = context.objects
		.list<Pod>('pods', '', ({ spec }) => spec.nodeName === name)
		.flatMap((pod) => runningOn(pod, context));
	const timestamp = formatTime(context.time);
	return [
		{
			apiVersion: `${group}/${version}`,
			kind: 'NodeMetrics',
			metadata: { name, creationTimestamp: timestamp, ...(labels && { labels }) } as NodeMetrics['metadata'],
			timestamp,
			window: duration(resolutionMs),
			usage: usageOf(usages),
		},
	];
}

export const metricsOfNodes = defineResource<NodeMetrics>({
	group,
	version,
	kind: 'NodeMetrics',
	plural: 'nodes',
	singular: '',
	namespaced: false,
	verbs: readOnly,
	nameRule: () => [],
	validate: () => [],
	computed: {
		objects: (context) => context.objects.list<Node>('nodes').flatMap((node) => nodeMetrics(node, context)),
		missing: (_, name) => notFound({ group, plural: 'nodemetrics' }, name),
	},
	columns: [
		nameColumn,
		{ name: 'cpu', type: 'string', cell: ({ usage }) => usage.cpu },
		{ name: 'memory', type: 'string', cell: ({ usage }) => usage.memory },
		{ name: 'Window', type: 'string', format: 'duration', cell: ({ window }) => window },
	],
});

/** What every pod uses that can be told, in order of namespace and name. */
export const podMetricsOf = (context: ComputationContext): PodMetrics[] =>
	context.objects.list<Pod>('pods').flatMap((pod) => podMetrics(pod, context) ?? []);

export const metricsOfPods = defineResource<PodMetrics>({
	group,
	version,
	kind: 'PodMetrics',
	plural: 'pods',
	singular: '',
	namespaced: true,
	verbs: readOnly,
	nameRule: () => [],
	validate: () => [],
	computed: {
		objects: podMetricsOf,
		missing: (namespace, name) => notFound({ group, plural: 'podmetrics' }, `${namespace}/${name}`),
	},
	columns: [
		nameColumn,
		{ name: 'cpu', type: 'string', cell: (pod) => total(pod).cpu },
		{ name: 'memory', type: 'string', cell: (pod) => total(pod).memory },
		{ name: 'Window', type: 'string', format: 'duration', cell: ({ window }) => window },
	],
});

function total({ containers }: PodMetrics): { cpu: string; memory: string } {
	const sum = (resource: string) =>
		containers.reduce((all, { usage }) => all + quantityValue(usage[resource]), 0);
	return { cpu: processor(sum('cpu')), memory: memory(sum('memory')) };
}
