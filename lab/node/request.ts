// A request of Node's HTTP server as the API server reads it: who asks, and what.

import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { ApiRequest, ApiResponse, UserInfo } from '../api/http.ts';

export type Request = IncomingMessage | Http2ServerRequest;

/** The largest body that kube-apiserver takes, of which its answer speaks (apiserver/pkg/server/config.go). */
export const bodyLimit = 3 * 1024 * 1024;

/** A `Status` of failure as the answer to a request. */
export function failure(code: number, reason: string, message: string): ApiResponse {
	const status = {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Failure',
		message,
		reason,
		code,
	};
	return { status: code, headers: { 'content-type': 'application/json' }, body: JSON.stringify(status) };
}

/** The user that a client certificate names; undefined where it has none of this lab's authority. */
function userOf(socket: TLSSocket): UserInfo | undefined {
	if (!socket.authorized) return undefined;
	const { subject } = socket.getPeerCertificate();
	// `O` is an array where the subject has more than one, which the type does not say.
	const organisations = [subject?.O ?? []].flat() as string[];
	const username = subject?.CN;
	if (typeof username !== 'string' || username === '') return undefined;
	return { username, groups: [...organisations, 'system:authenticated'] };
}

/** By connection, since reading a certificate costs more than reading a request. */
const users = new WeakMap<object, UserInfo>();

function connectedUser(request: Request): UserInfo | undefined {
	const connection = ('stream' in request && request.stream.session) || request.socket;
	const user = users.get(connection) ?? userOf(request.socket as TLSSocket);
	if (user) users.set(connection, user);
	return user;
}

/** The request as the API server reads it, without its body. Undefined where the client is nobody. */
export function readRequest(request: Request, signal: AbortSignal): ApiRequest | undefined {
	const user = connectedUser(request);
	if (!user) return undefined;
	const headers: Record<string, string | undefined> = {};
	for (const [name, value] of Object.entries(request.headers)) {
		if (!name.startsWith(':')) headers[name] = Array.isArray(value) ? value.join(', ') : value;
	}
	const url = request.url ?? '/';
	const question = url.indexOf('?');
	return {
		method: request.method ?? 'GET',
		path: question < 0 ? url : url.slice(0, question),
		query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
		headers,
		user,
		signal,
	};
}

/** The whole body; undefined where it is larger than the limit, the rest being left unread. */
export async function readBody(request: Request): Promise<Uint8Array | undefined> {
	if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return undefined;
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > bodyLimit) return undefined;
		chunks.push(chunk);
	}
	return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}
