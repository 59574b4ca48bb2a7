// The HTTP API (developer.hashicorp.com/consul/api-docs): which path is answered by which function.
import { concat } from '../../../bytes.ts';
import { type HttpRequest, type HttpResponse, serveHttp } from '../../../network/http.ts';
import type { Connection } from '../../../network/network.ts';
import { SystemError } from '../../../runtime/process.ts';
import type { Agent } from '../agent/agent.ts';
import { listenAddress } from '../agent/configuration.ts';
import { listen } from '../connections.ts';
import { agentRoutes } from './agent.ts';
import { catalogRoutes } from './catalog.ts';
import { keyRoutes } from './keys.ts';
import { operatorRoutes } from './operator.ts';
import { type Answer, type ApiCall, ApiError, type Route } from './route.ts';
import { snapshotRoutes } from './snapshot.ts';
import { uiRoutes } from './ui.ts';

const routes: readonly Route[] = [
	...agentRoutes,
	...catalogRoutes,
	...keyRoutes,
	...operatorRoutes,
	...snapshotRoutes,
	...uiRoutes,
];
/** Longer bodies are refused, but for snapshots. */
const maximumBody = 512 * 1024;
const encoder = new TextEncoder();

async function bodyOf(request: HttpRequest, limit: number): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of request.body ?? []) {
		size += part.length;
		if (size > limit)
			throw new ApiError(
				413,
				`Request body(${size} bytes) too large, max size: ${limit} bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size.`,
			);
		parts.push(part.slice());
	}
	return concat(parts);
}

function respond(
	{ status = 200, json, text, bytes, headers = [], stream, type }: Answer,
	pretty: boolean,
): HttpResponse {
	if (stream) return { status, headers: [['Content-Type', type ?? 'text/plain'], ...headers], body: stream };
	if (bytes)
		return {
			status,
			headers: [['Content-Type', type ?? 'application/octet-stream'], ...headers],
			body: bytes,
		};
	if (text !== undefined)
		return {
			status,
			headers: [['Content-Type', type ?? 'text/plain; charset=utf-8'], ...headers],
			body: encoder.encode(text),
		};
	if (json === undefined) return { status, headers, body: new Uint8Array(0) };
	const body = pretty ? `${JSON.stringify(json, null, 4)}\n` : JSON.stringify(json);
	return { status, headers: [['Content-Type', 'application/json'], ...headers], body: encoder.encode(body) };
}

async function handle(agent: Agent, request: HttpRequest, from: string): Promise<HttpResponse> {
	const url = new URL(request.target, 'http://consul');
	const pretty = url.searchParams.has('pretty');
	try {
		const found = routes.filter((route) =>
			route.path.endsWith('/') ? url.pathname.startsWith(route.path) : url.pathname === route.path,
		);
		// The longest path that fits is the one that is meant.
		const longest = Math.max(0, ...found.map(({ path }) => path.length));
		const matching = found.filter(({ path }) => path.length === longest);
		if (matching.length === 0)
			throw new ApiError(404, `Invalid URL path: not a recognized HTTP API endpoint`);
		const route = matching.find(({ method }) => method === request.method);
		if (!route) {
			const allowed = matching.map(({ method }) => method);
			throw new ApiError(405, `method ${request.method} not allowed`, [
				['Allow', `OPTIONS,${allowed.join(',')}`],
			]);
		}
		const call: ApiCall = {
			agent,
			query: url.searchParams,
			rest: decodeURIComponent(url.pathname.slice(route.path.length)),
			body: (limit = maximumBody) => bodyOf(request, limit),
			call: (method, args) => agent.call(method, args, url.searchParams.has('stale')),
		};
		const known: [string, string] = ['X-Consul-Knownleader', String(agent.server?.raft.leader !== undefined)];
		const answer = await route.answer(call);
		return respond({ ...answer, headers: [known, ...(answer.headers ?? [])] }, pretty);
	} catch (error) {
		if (!(error instanceof Error) || error instanceof SystemError) throw error;
		const { status, headers } = error instanceof ApiError ? error : { status: 500, headers: [] };
		const { message } = error;
		if (status >= 500)
			agent.log
				.named('http')
				.error('Request error', { method: request.method, url: request.target, from, error: message });
		return respond({ status, text: message, headers }, false);
	}
}

/** Serves the API on the agent's client address. Throws SystemError EADDRINUSE. */
export function serveApi(agent: Agent): void {
	const { process, tasks, configuration, log } = agent;
	const { clientAddress, ports } = configuration;
	const host = clientAddress.includes('{{') ? process.network.ip : clientAddress;
	const listener = listen(process, ports.http, host === '::' ? '0.0.0.0' : host);
	log.info('Starting server', {
		address: `${listenAddress(configuration)}:${ports.http}`,
		network: 'tcp',
		protocol: 'http',
	});
	const serve = async (connection: Connection) => {
		const from = `${connection.remoteAddress}:${connection.remotePort}`;
		await serveHttp(connection, (request) => handle(agent, request, from));
	};
	tasks.run(async () => {
		for (;;) {
			const connection = await listener.accept();
			tasks.run(() => serve(connection));
		}
	});
}
