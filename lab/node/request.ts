// A request of Node's HTTP server as the API server reads it: who asks, and what.

import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { ApiResponse, ClientRequest, UserInfo } from '../api/http.ts';
import { everyoneAuthenticated } from '../auth/user.ts';

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

/** Whom a client certificate names, and whether it was shown in vain. */
type Identity = Pick<ClientRequest, 'user' | 'credentialsRefused'>;

function identify(socket: TLSSocket): Identity {
	const { subject, fingerprint256 } = socket.getPeerCertificate();
	if (!fingerprint256) return {};
	if (!socket.authorized) return { credentialsRefused: true };
	// `O` is an array where the subject has more than one, which the type does not say.
	const organisations = [subject?.O ?? []].flat() as string[];
	const username = subject?.CN;
	if (typeof username !== 'string' || username === '') return { credentialsRefused: true };
	const user: UserInfo = {
		username,
		groups: [...organisations, everyoneAuthenticated],
		extra: {
			'authentication.kubernetes.io/credential-id': [
				`X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`,
			],
		},
	};
	return { user };
}

/** By connection, since reading a certificate costs more than reading a request. */
const identities = new WeakMap<object, Identity>();

function identityOf(request: Request): Identity {
	const connection = ('stream' in request && request.stream.session) || request.socket;
	let identity = identities.get(connection);
	if (!identity) {
		identity = identify(request.socket as TLSSocket);
		identities.set(connection, identity);
	}
	return identity;
}

/** The request as the API server reads it, without its body. */
export function readRequest(request: Request, signal: AbortSignal): ClientRequest {
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
		...identityOf(request),
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
