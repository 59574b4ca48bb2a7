// What a kubelet answers over HTTP, as clients ask it through nodes/NAME/proxy: its health, its pods, their logs,
// and numbers. A lab's node has no log files of its own
// (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#kubelet-authorization).
import { ApiError } from '../api/errors.ts';
import type { NodeAnswer, NodeConnector } from '../api/node-connector.ts';
import { logOptions } from '../api/rest/pod-streams.ts';
import type { Pod } from '../schema/types.ts';
import {
	kubeletConfiguration,
	kubeletMetrics,
	type MeasuredPod,
	resourceMetrics,
	statisticsSummary,
} from './http-statistics.ts';

const text = (status: number, body: string): NodeAnswer => ({
	status,
	headers: { 'content-type': 'text/plain; charset=utf-8' },
	body,
});

const json = (value: object): NodeAnswer => ({
	status: 200,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify(value),
});

const podList = (items: readonly object[]) =>
	json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items });

/** What is answered at a path that names nothing within it; undefined where there is no such endpoint. */
function answerOwn(
	endpoint: string,
	nodeName: string,
	pods: readonly MeasuredPod[],
	now: number,
): NodeAnswer | undefined {
	switch (endpoint) {
		case 'healthz':
		case 'healthz/ping':
			return text(200, 'ok');
		case 'pods':
			return podList(pods.map(({ pod: { apiVersion: _, kind: __, ...pod } }) => pod));
		case 'runningpods':
			return podList(pods.flatMap(runningPod));
		case 'stats/summary':
			return json(statisticsSummary(nodeName, pods, now));
		case 'metrics':
			return text(200, kubeletMetrics(nodeName, pods));
		case 'metrics/resource':
			return text(200, resourceMetrics(pods));
		case 'configz':
			return json(kubeletConfiguration);
		case 'logs':
			return text(405, 'logs endpoint is disabled.\n');
		default:
			return undefined;
	}
}

/** A pod as the container runtime knows it: its name, and the containers that run. */
function runningPod({ pod: { metadata, spec }, usages }: MeasuredPod): object[] {
	if (usages.length === 0) return [];
	const { name, namespace, uid } = metadata;
	const image = new Map(spec.containers.map((container) => [container.name, container.image]));
	const containers = usages.map((usage) => ({
		name: usage.name,
		image: image.get(usage.name),
		resources: {},
	}));
	return [{ metadata: { name, namespace, uid, creationTimestamp: null }, spec: { containers }, status: {} }];
}

/** Answers GET; `path` is percent-encoded, and `pods` are those that the kubelet has. `now` in milliseconds. */
export async function answerGet(
	nodeName: string,
	pods: readonly Pod[],
	{ logs, usage }: Pick<NodeConnector, 'logs' | 'usage'>,
	now: number,
	path: string,
	query: URLSearchParams,
	signal: AbortSignal,
): Promise<NodeAnswer> {
	const [endpoint, ...rest] = path.split('/').filter(Boolean).map(decodeURIComponent);
	const measured = pods.map((pod) => ({ pod, usages: usage(pod) }));
	const own = answerOwn([endpoint, ...rest].join('/'), nodeName, measured, now);
	if (own) return own;
	if (endpoint !== 'containerLogs' || rest.length !== 3) return text(404, '404 page not found\n');
	const [namespace, name, container] = rest;
	const pod = pods.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
	if (!pod) return text(404, `pod ${JSON.stringify(name)} does not exist\n`);
	const { initContainers = [], containers } = pod.spec;
	if (![...initContainers, ...containers].some((each) => each.name === container))
		return text(404, `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(name)}\n`);
	try {
		const body = await logs(pod, logOptions(query, container), signal);
		return { ...text(200, ''), body };
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return text(error.code, `${error.message}\n`);
	}
}
