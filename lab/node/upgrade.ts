// Requests that turn a connection into a stream (exec, attach, port-forward): which protocol carries them.

import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiResponse, ApiServer, Upgrade } from '../api/http.ts';
import { portForwardProtocol, servePortForward } from './port-forward.ts';
import { failure, readRequest } from './request.ts';
import { serveSpdyExec, spdyExecProtocols } from './spdy-exec.ts';
import { chosenProtocol, isSpdyUpgrade, noCommonProtocol, switchToSpdy } from './spdy-upgrade.ts';
import { createExecWebSocket, execProtocols } from './websocket.ts';
import { channelProtocol, createPortForwardWebSocket, requestedPorts } from './websocket-port-forward.ts';
import { createWebSocketTunnel, tunnelProtocol } from './websocket-tunnel.ts';

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

/** Serves what was granted on the socket, `head` being what it has already given. */
type Serve = (
	granted: Upgrade,
	request: IncomingMessage,
	socket: Duplex,
	head: Buffer,
	signal: AbortSignal,
) => void | Promise<void>;

const offeredProtocols = (request: IncomingMessage) =>
	(request.headers['sec-websocket-protocol'] ?? '')
		.split(',')
		.map((name) => name.trim())
		.filter(Boolean);

/** Takes requests to upgrade to the API server, and what it grants to the protocol that the client speaks. */
export function createUpgrader(api: ApiServer, report: (error: unknown) => void): Upgrader {
	const webSocket = createExecWebSocket();
	const tunnel = createWebSocketTunnel();
	const portForward = createPortForwardWebSocket();
	const spdySockets = new Set<Duplex>();

	const overWebSocket: Serve = (granted, request, socket, head, signal) => {
		const offered = offeredProtocols(request);
		if (granted.kind === 'exec') {
			const protocol = execProtocols.find((name) => offered.includes(name));
			if (protocol) return webSocket.serve(granted, protocol, request, socket, head, signal);
		} else if (offered.includes(tunnelProtocol))
			return tunnel.open(request, socket, head, (bytes) => servePortForward(granted, bytes, Buffer.alloc(0)));
		else if (offered.includes(channelProtocol)) {
			const ports = requestedPorts(request.url ?? '');
			if (typeof ports === 'string') return refuse(socket, failure(400, 'BadRequest', ports));
			return portForward.serve(granted, ports, request, socket, head);
		}
		const served = (granted.kind === 'exec' ? execProtocols : [tunnelProtocol, channelProtocol]).join(' or ');
		const message = `the lab cannot stream over ${offered.join(', ') || 'a WebSocket without a subprotocol'}: it serves ${served}`;
		return refuse(socket, failure(400, 'BadRequest', message));
	};

	const overSpdy: Serve = (granted, request, socket, head, signal) => {
		if (granted.kind === 'exec') {
			const protocol = chosenProtocol(request, spdyExecProtocols, 'channel.k8s.io');
			if (!protocol) return refuse(socket, noCommonProtocol(request, spdyExecProtocols));
			switchToSpdy(socket, protocol);
			serveSpdyExec(granted, protocol, socket, head, signal);
		} else {
			const served = [portForwardProtocol] as const;
			const protocol = chosenProtocol(request, served, portForwardProtocol);
			if (!protocol) return refuse(socket, noCommonProtocol(request, served));
			switchToSpdy(socket, protocol);
			servePortForward(granted, socket, head);
		}
		spdySockets.add(socket);
		socket.once('close', () => spdySockets.delete(socket));
	};

	const serve = async (request: IncomingMessage, socket: Duplex, head: Buffer, signal: AbortSignal) => {
		const call = readRequest(request, signal);
		if (!call) return refuse(socket, failure(401, 'Unauthorized', 'Unauthorized'));
		const upgrade = await api.upgrade(call);
		if ('status' in upgrade) return refuse(socket, upgrade);
		if (isSpdyUpgrade(request)) return overSpdy(upgrade, request, socket, head, signal);
		if (request.headers.upgrade?.toLowerCase() === 'websocket')
			return overWebSocket(upgrade, request, socket, head, signal);
		const message = `the lab cannot stream over ${request.headers.upgrade}: it serves WebSocket and SPDY/3.1`;
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
		close() {
			webSocket.close();
			tunnel.close();
			portForward.close();
			for (const socket of spdySockets) socket.destroy();
		},
	};
}
