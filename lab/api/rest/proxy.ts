// The proxy subresource of pods and services: a request goes on to what listens there
// (https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls).
import {
	type HeaderList,
	HttpError,
	HttpReader,
	type HttpResponse,
	writeRequest,
} from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import { pick, type Random } from '../../random.ts';
import { SystemError } from '../../runtime/process.ts';
import type { Endpoints, Pod, Service } from '../../schema/types.ts';
import { ApiError, badRequest, notFound } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { ObjectOperations } from '../operations.ts';
import type { Resource } from '../registry.ts';
import type { ResourceRoute } from './route.ts';

/** Opens a connection from the API server into the cluster; throws SystemError. */
export type Dial = (address: string, port: number, signal: AbortSignal) => Promise<Connection>;

interface Place {
	address: string;
	port: number;
}

const unavailable = (message: string) => new ApiError(503, 'ServiceUnavailable', message);

/** `[scheme:]name[:port]`; undefined where it is none of that. */
function splitName(text: string): { scheme: string; name: string; port: string } | undefined {
	const parts = text.split(':');
	if (parts.length > 3) return undefined;
	const [scheme, name, port] =
		parts.length === 1 ? ['', parts[0], ''] : parts.length === 2 ? ['', ...parts] : parts;
	if (!name || (scheme !== '' && scheme !== 'http' && scheme !== 'https')) return undefined;
	return { scheme, name, port };
}

function podPlace(
	operations: ObjectOperations,
	resource: Resource,
	{ namespace, name: text }: ResourceRoute,
): Place {
	const target = splitName(text);
	if (!target || (target.port && !/^\d{1,5}$/.test(target.port)))
		throw badRequest(`invalid pod request ${JSON.stringify(text)}`);
	const { status, spec } = operations.get(resource, namespace, target.name) as Pod;
	if (!status?.podIP) throw badRequest('address not allowed');
	const declared = spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
	return { address: status.podIP, port: Number(target.port) || declared || 80 };
}

function servicePlace(
	operations: ObjectOperations,
	resource: Resource,
	{ namespace, name: text }: ResourceRoute,
	random: Random,
): Place {
	const target = splitName(text);
	if (!target) throw badRequest(`invalid service request ${JSON.stringify(text)}`);
	const { name } = target;
	const { spec } = operations.get(resource, namespace, name) as Service;
	let portName = target.port;
	if (/^\d+$/.test(portName)) {
		const found = spec.ports?.find(({ port }) => port === Number(portName));
		if (!found) throw unavailable(`no service port ${portName} found for service ${JSON.stringify(name)}`);
		portName = found.name ?? '';
	}
	const endpoints = operations.store.get('endpoints', namespace, name) as Endpoints | undefined;
	if (!endpoints) throw notFound({ group: '', plural: 'endpoints' }, name);
	const places = (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
		const port = ports.find((each) => (each.name ?? '') === portName)?.port;
		return port === undefined ? [] : [addresses.map(({ ip }) => ({ address: ip, port }))];
	});
	const subsets = places.filter((addresses) => addresses.length > 0);
	// A random address of a random subset, as ResourceLocation of pkg/registry/core/service/storage.
	if (subsets.length > 0) return pick(random, pick(random, subsets));
	throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
}

/** Said only between two neighbours, and not passed on (RFC 9110, section 7.6.1). */
const betweenNeighbours = new Set([
	'connection',
	'keep-alive',
	'proxy-authenticate',
	'proxy-authorization',
	'proxy-connection',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
]);

const notSentOn = new Set([...betweenNeighbours, 'authorization', 'content-length', 'host']);

function sentOn(request: ApiRequest, { address, port }: Place): HeaderList {
	const headers: HeaderList = [['Host', port === 80 ? address : `${address}:${port}`]];
	for (const [name, value] of Object.entries(request.headers))
		if (value !== undefined && !notSentOn.has(name) && !name.startsWith(':')) headers.push([name, value]);
	headers.push(['X-Forwarded-Uri', request.path], ['Connection', 'close']);
	if (request.headers.host) headers.push(['X-Forwarded-Host', request.headers.host]);
	if (request.body?.length) headers.push(['Content-Length', String(request.body.length)]);
	return headers;
}

/** What Go says of a connection that could not be made. */
function describeFault(error: unknown, { address, port }: Place): string {
	if (error instanceof HttpError) return `EOF`;
	if (!(error instanceof SystemError)) throw error;
	if (error.code === 'ETIMEDOUT') return `dial tcp ${address}:${port}: i/o timeout`;
	return `dial tcp ${address}:${port}: connect: ${error.message.toLowerCase()}`;
}

/** What follows `/proxy` in the path, as it came. */
const restOf = (path: string) =>
	/^\/api\/v1\/namespaces\/[^/]+\/[^/]+\/[^/]+\/proxy(.*)$/s.exec(path)?.[1] ?? '';

/** Sends the request on, and the response back as it comes. Throws ApiError. */
export async function serveProxy(
	operations: ObjectOperations,
	{ dial, random }: { dial?: Dial; random: Random },
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): Promise<ApiResponse> {
	const path = restOf(request.path);
	const place =
		resource.key === 'pods'
			? podPlace(operations, resource, route)
			: servicePlace(operations, resource, route, random);
	if (path === '' && (request.method === 'GET' || request.method === 'HEAD'))
		return { status: 301, headers: { location: `${request.path}/` }, body: '' };
	if (!dial) throw unavailable('error trying to reach service: the API server has no way into the cluster');
	const query = request.query.toString();
	let connection: Connection | undefined;
	let response: HttpResponse;
	try {
		connection = await dial(place.address, place.port, request.signal);
		await writeRequest(connection, {
			method: request.method,
			target: (path || '/') + (query ? `?${query}` : ''),
			headers: sentOn(request, place),
			...(request.body?.length && { body: once(request.body) }),
		});
		response = await new HttpReader(connection).response(request.method, request.signal);
	} catch (error) {
		connection?.destroy();
		throw unavailable(`error trying to reach service: ${describeFault(error, place)}`);
	}
	const headers: Record<string, string> = {};
	for (const [name, value] of response.headers) {
		const known = name.toLowerCase();
		if (!betweenNeighbours.has(known)) headers[known] = value;
	}
	return { status: response.status, headers, body: bodyOf(response, connection, request.signal) };
}

async function* once(data: Uint8Array): AsyncGenerator<Uint8Array> {
	yield data;
}

/** The body as it comes; whoever stops reading it lets go of the connection. */
async function* bodyOf(
	{ body }: HttpResponse,
	connection: Connection,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const abandon = () => connection.destroy();
	signal.addEventListener('abort', abandon, { once: true });
	try {
		if (body instanceof Uint8Array) yield body;
		else if (body) yield* body;
	} finally {
		signal.removeEventListener('abort', abandon);
		connection.close();
	}
}
