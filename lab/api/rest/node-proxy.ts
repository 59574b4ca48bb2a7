// The proxy subresource of nodes: a request goes on to the node's kubelet.
import type { Node } from '../../schema/types.ts';
import { ApiError, badRequest, methodNotAllowed } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { ObjectOperations } from '../operations.ts';
import type { Resource } from '../registry.ts';
import type { ConnectorOf } from './pod-streams.ts';
import type { ResourceRoute } from './route.ts';

/** What follows `/proxy` in the path, as it came. */
const restOf = (path: string) => /^\/api\/v1\/nodes\/[^/]+\/proxy(.*)$/s.exec(path)?.[1] ?? '';

/** `[scheme:]name[:port]`. The kubelet listens on one port; undefined where the name means something else. */
const nodeName = (text: string, port: number) => {
	const found = /^(?:https?:)?([^:]+)(?::(\d+)?)?$/.exec(text);
	return found && (!found[2] || Number(found[2]) === port) ? found[1] : undefined;
};

export const kubeletPort = 10_250;

/** Only what is read is served: a node's kubelet changes nothing that it is asked for here. Throws ApiError. */
export async function serveNodeProxy(
	operations: ObjectOperations,
	connectorOf: ConnectorOf,
	request: ApiRequest,
	nodes: Resource,
	route: ResourceRoute,
): Promise<ApiResponse> {
	const name = nodeName(route.name, kubeletPort);
	if (!name) throw badRequest(`invalid node request ${JSON.stringify(route.name)}`);
	const { status } = operations.get(nodes, '', name) as Node;
	if (request.method !== 'GET') throw methodNotAllowed();
	const path = restOf(request.path);
	if (path === '') return { status: 301, headers: { location: `${request.path}/` }, body: '' };
	const connector = connectorOf(name);
	if (connector) return connector.get(path, request.query, request.signal);
	const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? name;
	throw new ApiError(
		503,
		'ServiceUnavailable',
		`error trying to reach service: dial tcp ${address}:${kubeletPort}: connect: connection refused`,
	);
}
