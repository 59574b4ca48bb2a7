// exec and attach over WebSocket, as kubectl 1.30 and newer speak it: subprotocol v5.channel.k8s.io (KEP-4006),
// and v4 before it. A message's first byte says which channel its rest belongs to.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from '../api/http.ts';
import type { ByteSource, TerminalSize } from '../runtime/streams.ts';
import { exitStatus, internalError, readSize } from './exec-messages.ts';
import { createQueue, type Queue } from './queue.ts';

/** Best first. With v5 a client can close its stdin by itself. */
export const execProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
export type ExecProtocol = (typeof execProtocols)[number];

const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;

/** How much stdin may wait for the process before the client is told to stop sending (by TCP). */
const stdinLimit = 1024 * 1024;
/** kubectl sends pings of its own every 5 s; ours notice a client that has gone without a word. */
const heartbeatMs = 30_000;

type Exec = Extract<Upgrade, { kind: 'exec' }>;

export interface ExecWebSocket {
	/** Upgrades the socket and runs what was granted until it ends or the client goes. */
	serve(
		exec: Exec,
		protocol: ExecProtocol,
		request: IncomingMessage,
		socket: Duplex,
		head: Buffer,
		signal: AbortSignal,
	): void;
	/** Ends every stream. */
	close(): void;
}

/** Sorts the client's messages into stdin and sizes. */
function listen(webSocket: WebSocket, stdin: Queue<Uint8Array>, sizes: Queue<TerminalSize>): void {
	webSocket.on('message', (data: Buffer, isBinary) => {
		const message = isBinary ? data : Buffer.from(data);
		if (message.length === 0) return;
		const payload = message.subarray(1);
		switch (message[0]) {
			case channel.stdin:
				if (payload.length > 0) stdin.push(payload);
				if (stdin.size > stdinLimit) webSocket.pause();
				break;
			case channel.resize: {
				const size = readSize(payload);
				if (size) sizes.push(size);
				break;
			}
			case channel.close:
				if (payload[0] === channel.stdin) stdin.end();
				break;
		}
	});
	webSocket.on('close', () => {
		stdin.end();
		sizes.end();
	});
}

async function run(exec: Exec, webSocket: WebSocket, signal: AbortSignal): Promise<void> {
	const send = (number: number, data: Uint8Array | string) =>
		new Promise<void>((resolve) => {
			webSocket.send(Buffer.concat([Buffer.of(number), Buffer.from(data)]), () => resolve());
		});
	const stdin = createQueue<Uint8Array>({
		measure: (bytes) => bytes.length,
		drained: () => webSocket.resume(),
	});
	const sizes = createQueue<TerminalSize>({ measure: () => 0, drained: () => {} });
	listen(webSocket, stdin, sizes);
	// As kube-apiserver does, an empty message tells the client that the streams are there.
	await send(exec.stdout ? channel.stdout : channel.stderr, '');
	let status: object;
	try {
		const end = await exec.run({
			tty: exec.tty,
			stdin: exec.stdin ? (stdin satisfies ByteSource) : undefined,
			stdout: (data) => (exec.stdout ? send(channel.stdout, data) : undefined),
			stderr: (data) => (exec.stderr ? send(channel.stderr, data) : undefined),
			sizes: exec.tty ? sizes : undefined,
			signal,
		});
		status = exitStatus(end);
	} catch (error) {
		status = internalError(error);
	}
	await send(channel.status, JSON.stringify(status));
	webSocket.close(1000);
}

/** Pings, and ends a client that has answered none of them in the time until the next. */
function keepAlive(webSocket: WebSocket): void {
	let answered = true;
	webSocket.on('pong', () => {
		answered = true;
	});
	const timer = setInterval(() => {
		if (webSocket.isPaused) return; // its pongs wait behind its stdin
		if (!answered) return webSocket.terminate();
		answered = false;
		webSocket.ping();
	}, heartbeatMs);
	timer.unref();
	webSocket.on('close', () => clearInterval(timer));
}

export function createExecWebSocket(): ExecWebSocket {
	const chosen = new WeakMap<IncomingMessage, ExecProtocol>();
	const server = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		maxPayload: 16 * 1024 * 1024,
		handleProtocols: (_protocols, request) => chosen.get(request) ?? false,
	});
	return {
		serve(exec, protocol, request, socket, head, signal) {
			chosen.set(request, protocol);
			server.handleUpgrade(request, socket, head, (webSocket) => {
				webSocket.on('error', () => {}); // followed by close
				keepAlive(webSocket);
				void run(exec, webSocket, signal);
			});
		},
		close() {
			for (const webSocket of server.clients) webSocket.terminate();
			server.close();
		},
	};
}
