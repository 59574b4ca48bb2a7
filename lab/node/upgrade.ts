// Requests that turn a connection into a stream (exec, attach, port-forward): which protocol carries them.

import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiResponse, ApiServer } from '../api/http.ts';
import { failure, readRequest } from './request.ts';
import { createExecWebSocket, execProtocols } from './websocket.ts';

export interface Upgrader {
	/** A handler of Node's `upgrade` event. */
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
	/** Ends every stream. */
	close(): void;
}

/** Answers on a socket that Node has handed over, and ends it. */
async function refuse(socket: Duplex, response: ApiResponse): Promise<void> {
	const chunks: Buffer[] = [];
	const body = response.body;
	if (typeof body === 'string' || body instanceof Uint8Array) chunks.push(Buffer.from(body));
	else for await (const chunk of body) chunks.push(Buffer.from(chunk));
	const content = Buffer.concat(chunks);
	const headers = { ...response.headers, 'content-length': content.length, connection: 'close' };
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.write(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\n${lines.join('')}\r\n`);
	socket.end(content);
}

const offeredProtocols = (request: IncomingMessage) =>
	(request.headers['sec-websocket-protocol'] ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter(Boolean);

/** Takes requests to upgrade to the API server, and what it grants to the protocol that the client speaks. */
export function createUpgrader(api: ApiServer, report: (error: unknown) => void): Upgrader {
	const webSocket = createExecWebSocket();

	const serve = async (request: IncomingMessage, socket: Duplex, head: Buffer, signal: AbortSignal) => {
		const call = readRequest(request, signal);
		if (!call) return refuse(socket, failure(401, 'Unauthorized', 'Unauthorized'));
		const upgrade = await api.upgrade(call);
		if ('status' in upgrade) return refuse(socket, upgrade);
		const overWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
		const offered = overWebSocket ? offeredProtocols(request) : [];
		const protocol = execProtocols.find((name) => offered.includes(name));
		if (upgrade.kind === 'exec' && protocol)
			return webSocket.serve(upgrade, protocol, request, socket, head, signal);
		const asked = offered.join(', ') || request.headers.upgrade;
		const message = `the lab cannot stream over ${asked}: it serves exec and attach over WebSocket, as ${execProtocols.join(' or ')} (kubectl 1.30 or newer)`;
		return refuse(socket, failure(400, 'BadRequest', message));
	};

	return {
		upgrade(request, socket, head) {
			const gone = new AbortController();
			socket.on('error', () => {}); // followed by close
			socket.once('close', () => gone.abort(new Error('the client has closed the connection')));
			serve(request, socket, head, gone.signal).catch((error) => {
				if (!gone.signal.aborted) {
					report(error);
					void refuse(socket, failure(500, 'InternalError', `Internal error occurred: ${String(error)}`));
				}
			});
		},
		close: () => webSocket.close(),
	};
}
