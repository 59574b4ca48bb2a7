// The API server as pods reach it, by the service `kubernetes`. Who asks is told by a token: client certificates
// are for those outside (lab/node).

import type { ApiServer, ClientRequest } from '../api/http.ts';
import { collect } from '../bytes.ts';
import type { Certificate } from './certificates.ts';
import { type HttpRequest, type HttpResponse, serveHttp } from './http.ts';
import type { Connection, NetworkNamespace } from './network.ts';
import { acceptTls } from './tls.ts';

const encoder = new TextEncoder();

async function* encoded(body: AsyncIterable<string | Uint8Array>): AsyncIterable<Uint8Array> {
	for await (const part of body) yield typeof part === 'string' ? encoder.encode(part) : part;
}

async function answer(api: ApiServer, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
	const url = new URL(request.target, 'https://kubernetes.default.svc');
	const headers: Record<string, string> = {};
	for (const [name, value] of request.headers) {
		const key = name.toLowerCase();
		headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
	}
	const call: ClientRequest = {
		method: request.method,
		path: url.pathname,
		query: url.searchParams,
		headers,
		signal,
	};
	if (request.body) call.body = await collect(request.body);
	const response = await api.handle(call);
	const { status, body: content } = response;
	const told = Object.entries(response.headers);
	if (typeof content === 'string') return { status, headers: told, body: encoder.encode(content) };
	return { status, headers: told, body: content instanceof Uint8Array ? content : encoded(content) };
}

/** What pods and nodes call the API server; `address` is the node's that it runs on. */
export function apiServerNames(address: string): string[] {
	const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
	return [...service, 'kubernetes.default.svc.cluster.local', 'localhost', '10.96.0.1', address, '127.0.0.1'];
}

/** Serves the API by TLS on a port of the namespace, until the function it gives is called. */
export function serveApiServer(
	api: ApiServer,
	namespace: NetworkNamespace,
	port: number,
	certificate: Certificate,
): () => void {
	const listener = namespace.listen(port);
	const stopped = new AbortController();
	const serve = async (connection: Connection) => {
		const gone = new AbortController();
		const signal = AbortSignal.any([gone.signal, stopped.signal]);
		const secured = await acceptTls(connection, certificate);
		if (secured) await serveHttp(secured, (request) => answer(api, request, signal));
		gone.abort();
	};
	const accept = async () => {
		// A client that breaks the connection off concerns nobody else.
		while (!stopped.signal.aborted) serve(await listener.accept(stopped.signal)).catch(() => {});
	};
	accept().catch((error) => {
		if (!stopped.signal.aborted) throw error;
	});
	return () => {
		stopped.abort();
		listener.close();
	};
}
