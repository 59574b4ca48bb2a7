// What a kubelet answers over HTTP, as clients ask it through nodes/NAME/proxy: its health, its pods, their logs
// (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#kubelet-authorization).
import { ApiError } from '../api/errors.ts';
import type { NodeAnswer, NodeConnector } from '../api/node-connector.ts';
import { logOptions } from '../api/rest/pod-streams.ts';
import type { Pod } from '../schema/types.ts';

const text = (status: number, body: string): NodeAnswer => ({
	status,
	headers: { 'content-type': 'text/plain; charset=utf-8' },
	body,
});

/** Answers GET; `path` is percent-encoded, and `pods` are those that the kubelet has. */
export async function answerGet(
	pods: readonly Pod[],
	logs: NodeConnector['logs'],
	path: string,
	query: URLSearchParams,
	signal: AbortSignal,
): Promise<NodeAnswer> {
	const [endpoint, ...rest] = path.split('/').filter(Boolean).map(decodeURIComponent);
	if (endpoint === 'healthz' && rest.length === 0) return text(200, 'ok');
	if (endpoint === 'pods' && rest.length === 0) {
		const items = pods.map(({ apiVersion: _, kind: __, ...pod }) => pod);
		const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items };
		return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(list) };
	}
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
