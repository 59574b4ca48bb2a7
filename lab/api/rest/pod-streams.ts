// Logs, exec, attach and port-forward: what is asked is checked here and then handed to the pod's kubelet.
import type { Container, KubernetesObject, ObjectMeta, Pod } from '../../schema/types.ts';
import type { ConnectScope } from '../admission/plugin.ts';
import { ApiError, badRequest, invalid, methodNotAllowed } from '../errors.ts';
import { invalidValue, required } from '../field-errors.ts';
import type { ApiRequest, ApiResponse, Upgrade } from '../http.ts';
import type { LogOptions, NodeConnector } from '../node-connector.ts';
import type { Operations } from '../operations.ts';
import type { Resource } from '../registry.ts';
import { kubeletPort } from './node-proxy.ts';
import { booleanParameter, integerParameter } from './query.ts';
import type { ResourceRoute } from './route.ts';

export type ConnectorOf = (nodeName: string) => NodeConnector | undefined;

/** What is asked for by each subresource of pods that turns into a stream. */
const optionKinds: Readonly<Record<ConnectScope, string>> = {
	exec: 'PodExecOptions',
	attach: 'PodAttachOptions',
	portforward: 'PodPortForwardOptions',
};

export const isStreamed = (subresource: string): subresource is ConnectScope =>
	Object.hasOwn(optionKinds, subresource);

/** What is asked of a stream, as an object under the pod's name. */
export function streamOptions(
	{ namespace, name, subresource }: ResourceRoute,
	query: URLSearchParams,
): KubernetesObject {
	const flags = ['stdin', 'stdout', 'stderr', 'tty'].filter((flag) => booleanParameter(query, flag));
	const container = query.get('container');
	const options =
		subresource === 'portforward'
			? { ports: query.getAll('ports').map(Number) }
			: {
					...Object.fromEntries(flags.map((flag) => [flag, true])),
					...(container && { container }),
					...(subresource === 'exec' && { command: query.getAll('command') }),
				};
	const kind = optionKinds[subresource as ConnectScope];
	const metadata = { namespace, name } as ObjectMeta;
	return { apiVersion: 'v1', kind, metadata, ...options } as KubernetesObject;
}

function containersOf({ spec }: Pod): Container[] {
	return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

/** The container that is meant: the only one, where none is named. Throws BadRequest. */
export function chosenContainer(pod: Pod, asked: string): string {
	const { name } = pod.metadata;
	const names = containersOf(pod).map((container) => container.name);
	if (asked) {
		if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
		return asked;
	}
	if (pod.spec.containers.length === 1) return pod.spec.containers[0].name;
	throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
}

/** Throws where no kubelet answers; `failed` words what was tried and what came of it. */
function connectorFor(
	pod: Pod,
	connectorOf: ConnectorOf,
	failed: (address: string, why: string) => string,
): NodeConnector {
	const { nodeName } = pod.spec;
	if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
	const connector = connectorOf(nodeName);
	if (connector) return connector;
	const address = `${pod.status?.hostIP ?? nodeName}:${kubeletPort}`;
	throw new ApiError(500, '', failed(address, `dial tcp ${address}: connect: no route to host`));
}

const dialingFailed = (_: string, why: string) => `error dialing backend: ${why}`;

/** The options of a log as a query gives them. Throws Invalid and BadRequest. */
export function logOptions(query: URLSearchParams, container: string): LogOptions {
	const options: LogOptions = {
		container,
		follow: booleanParameter(query, 'follow'),
		previous: booleanParameter(query, 'previous'),
		timestamps: booleanParameter(query, 'timestamps'),
	};
	const errors = [];
	for (const [name, least] of [
		['tailLines', 0],
		['limitBytes', 1],
		['sinceSeconds', 1],
	] as const) {
		const value = integerParameter(query, name);
		if (value === undefined) continue;
		if (value < least)
			errors.push(
				invalidValue(
					name,
					value,
					least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0',
				),
			);
		options[name] = value;
	}
	const sinceTime = query.get('sinceTime');
	if (sinceTime) {
		if (Number.isNaN(Date.parse(sinceTime)))
			throw badRequest(
				`parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(sinceTime)} as "2006"`,
			);
		options.sinceTime = sinceTime;
	}
	if (options.sinceSeconds !== undefined && options.sinceTime)
		errors.push(invalidValue('', '', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
	if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, '', errors);
	return options;
}

/** GET pods/…/log. Throws ApiError, the kubelet's own included. */
export async function serveLog(
	operations: Operations,
	connectorOf: ConnectorOf,
	request: ApiRequest,
	pods: Resource,
	route: ResourceRoute,
): Promise<ApiResponse> {
	if (request.method !== 'GET') throw methodNotAllowed();
	const pod = operations.get(pods, route.namespace, route.name) as Pod;
	const { query } = request;
	const options = logOptions(query, chosenContainer(pod, query.get('container') ?? ''));
	const headers = { 'content-type': 'text/plain' };
	// A pod that no node has yet has written nothing.
	if (!pod.spec.nodeName) return { status: 200, headers, body: '' };
	const failed = (address: string, why: string) =>
		`Get "https://${address}/containerLogs/${route.namespace}/${route.name}/${options.container}": ${why}`;
	const body = await connectorFor(pod, connectorOf, failed).logs(pod, options, request.signal);
	return { status: 200, headers, body };
}

/** exec, attach and portforward of a pod. Throws ApiError. */
export async function openStream(
	operations: Operations,
	connectorOf: ConnectorOf,
	request: ApiRequest,
	pods: Resource,
	route: ResourceRoute,
): Promise<Upgrade> {
	const pod = operations.get(pods, route.namespace, route.name) as Pod;
	const { query } = request;
	if (route.subresource === 'portforward') {
		const connector = connectorFor(pod, connectorOf, dialingFailed);
		return { kind: 'portforward', connect: (port) => connector.connect(pod, port) };
	}
	const streams = {
		stdin: booleanParameter(query, 'stdin'),
		stdout: booleanParameter(query, 'stdout'),
		stderr: booleanParameter(query, 'stderr'),
		tty: booleanParameter(query, 'tty'),
	};
	if (!streams.stdin && !streams.stdout && !streams.stderr)
		throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
	const container = chosenContainer(pod, query.get('container') ?? '');
	const command = query.getAll('command');
	if (route.subresource === 'exec' && command.length === 0)
		throw invalid({ group: '', kind: 'PodExecOptions' }, '', [required('command')]);
	const connector = connectorFor(pod, connectorOf, dialingFailed);
	const run =
		route.subresource === 'exec'
			? await connector.exec(pod, container, command)
			: await connector.attach(pod, container);
	return { kind: 'exec', ...streams, run };
}
