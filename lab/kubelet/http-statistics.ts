// What a kubelet tells of itself in numbers: /stats/summary (the kubelet's stats API), /metrics and
// /metrics/resource (https://kubernetes.io/docs/reference/instrumentation/node-metrics/), and how it is configured.
// Processor time is told as it is used now: the lab's kernel keeps no sum of it.
import type { ContainerUsage } from '../api/node-connector.ts';
import { formatTime } from '../schema/time.ts';
import type { Pod } from '../schema/types.ts';
import { kubernetesVersion } from './node-object.ts';

/** A pod of the kubelet, with what its running containers use. */
export interface MeasuredPod {
	pod: Pod;
	usages: readonly ContainerUsage[];
}

const sum = (usages: readonly ContainerUsage[], of: (usage: ContainerUsage) => number) =>
	usages.reduce((total, usage) => total + of(usage), 0);

const processor = (usages: readonly ContainerUsage[], time: string) => ({
	time,
	usageNanoCores: Math.round(sum(usages, ({ cores }) => cores) * 1e9),
});

const memory = (usages: readonly ContainerUsage[], time: string) => {
	const bytes = sum(usages, ({ memoryBytes }) => memoryBytes);
	return { time, usageBytes: bytes, workingSetBytes: bytes };
};

/** The answer to /stats/summary; `now` in milliseconds since 1970. */
export function statisticsSummary(nodeName: string, pods: readonly MeasuredPod[], now: number): object {
	const time = formatTime(now);
	const all = pods.flatMap(({ usages }) => usages);
	return {
		node: { nodeName, cpu: processor(all, time), memory: memory(all, time) },
		pods: pods
			.filter(({ usages }) => usages.length > 0)
			.map(({ pod: { metadata, status }, usages }) => ({
				podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
				startTime: status?.startTime ?? null,
				containers: usages.map((usage) => ({
					name: usage.name,
					startTime: formatTime(usage.startedAt),
					cpu: processor([usage], time),
					memory: memory([usage], time),
				})),
				cpu: processor(usages, time),
				memory: memory(usages, time),
			})),
	};
}

type Labels = Readonly<Record<string, string | undefined>>;
type Sample = readonly [labels: Labels, value: number];

const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');

/** A metric in the text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
function metric(name: string, help: string, samples: readonly Sample[]): string {
	const lines = samples.map(([labels, value]) => {
		const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text ?? '')}"`);
		return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
	});
	return lines.length > 0 ? `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}` : '';
}

const labelsOf = ({ metadata: { name, namespace } }: Pod) => ({ namespace, pod: name });

/** The answer to /metrics/resource. */
export function resourceMetrics(pods: readonly MeasuredPod[]): string {
	const running = pods.filter(({ usages }) => usages.length > 0);
	const ofContainers = (value: (usage: ContainerUsage) => number) =>
		running.flatMap(({ pod, usages }) =>
			usages.map((usage): Sample => [{ container: usage.name, ...labelsOf(pod) }, value(usage)]),
		);
	const bytes = ({ memoryBytes }: ContainerUsage) => memoryBytes;
	return [
		metric(
			'container_memory_working_set_bytes',
			'Working set of the container in bytes',
			ofContainers(bytes),
		),
		metric(
			'container_start_time_seconds',
			'Start time of the container since the Unix epoch in seconds',
			ofContainers(({ startedAt }) => startedAt / 1000),
		),
		metric('node_memory_working_set_bytes', 'Working set of the node in bytes', [
			[
				{},
				sum(
					running.flatMap(({ usages }) => usages),
					bytes,
				),
			],
		]),
		metric(
			'pod_memory_working_set_bytes',
			'Working set of the pod in bytes',
			running.map(({ pod, usages }): Sample => [labelsOf(pod), sum(usages, bytes)]),
		),
		metric('resource_scrape_error', '1 if the numbers could not be had, else 0', [[{}, 0]]),
	].join('');
}

/** The answer to /metrics: what a kubelet counts of its own work, as far as a lab's has it. */
export function kubeletMetrics(nodeName: string, pods: readonly MeasuredPod[]): string {
	const running = pods.filter(({ usages }) => usages.length > 0);
	return [
		metric('kubelet_node_name', 'The name of the node; the count is always 1', [[{ node: nodeName }, 1]]),
		metric('kubelet_running_containers', 'How many containers run', [
			[
				{ container_state: 'running' },
				sum(
					running.flatMap(({ usages }) => usages),
					() => 1,
				),
			],
		]),
		metric('kubelet_running_pods', 'How many pods have a running sandbox', [[{}, running.length]]),
		metric('kubernetes_build_info', 'The version of the kubelet; always 1', [
			[{ git_version: kubernetesVersion, major: '1', minor: '36', platform: 'linux/amd64' }, 1],
		]),
	].join('');
}

/** The answer to /configz: how the lab's kubelets are configured, where that shows. */
export const kubeletConfiguration = {
	kubeletconfig: {
		enableServer: true,
		address: '0.0.0.0',
		port: 10_250,
		authentication: {
			x509: {},
			webhook: { enabled: true, cacheTTL: '2m0s' },
			anonymous: { enabled: false },
		},
		authorization: { mode: 'Webhook' },
		clusterDomain: 'cluster.local',
		clusterDNS: ['10.96.0.10'],
		nodeStatusUpdateFrequency: '10s',
		nodeStatusReportFrequency: '5m0s',
		nodeLeaseDurationSeconds: 40,
		maxPods: 110,
		enableDebuggingHandlers: true,
		enableSystemLogHandler: false,
	},
};
