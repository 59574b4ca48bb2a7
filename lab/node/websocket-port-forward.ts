// port-forward over WebSocket as it was before kubectl tunnelled SPDY, and as client libraries still speak it:
// subprotocol v4.channel.k8s.io, with the ports in the query. Each port has two channels, one for its data and one
// for what goes wrong; the server begins each with the port, two bytes, least first.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from '../api/http.ts';
import { createQueue, type Queue } from './queue.ts';

export const channelProtocol = 'v4.channel.k8s.io';

/** How much may wait for the pod before the client is told to stop sending (by TCP). */
const waitingLimit = 1024 * 1024;

type PortForward = Extract<Upgrade, { kind: 'portforward' }>;

/** The ports that a request names; the reason, where it names none or what is no port. */
export function requestedPorts(url: string): number[] | string {
	const texts = new URL(url, 'http://lab').searchParams.getAll('ports').flatMap((text) => text.split(','));
	if (texts.length === 0) return 'query parameter "port" is required';
	const wrong = texts.find((text) => !/^\d{1,5}$/.test(text) || Number(text) > 65_535);
	if (wrong !== undefined) return `unable to parse ${JSON.stringify(wrong)} as a port`;
	if (texts.some((text) => Number(text) === 0)) return 'port "0" must be > 0';
	return texts.map(Number);
}

interface Channel {
	port: number;
	/** What the client sends to the port. */
	sent: Queue<Uint8Array>;
}

function send(webSocket: WebSocket, channel: number, data: Uint8Array | string): Promise<void> {
	return new Promise((resolve) => {
		webSocket.send(Buffer.concat([Buffer.of(channel), Buffer.from(data)]), () => resolve());
	});
}

async function forward(
	{ connect }: PortForward,
	webSocket: WebSocket,
	{ port, sent }: Channel,
	index: number,
): Promise<void> {
	try {
		const connection = await connect(port);
		const sending = (async () => {
			for await (const chunk of sent) await connection.write(chunk);
			connection.end();
		})();
		// Where the pod no longer reads, what it has sent still arrives.
		sending.catch(() => {});
		for await (const chunk of connection.readable) await send(webSocket, index * 2, chunk);
	} catch (reason) {
		await send(webSocket, index * 2 + 1, reason instanceof Error ? reason.message : String(reason));
	}
}

async function serve(
	portForward: PortForward,
	webSocket: WebSocket,
	ports: readonly number[],
): Promise<void> {
	const channels = ports.map((port): Channel => {
		const drained = () => webSocket.resume();
		return { port, sent: createQueue<Uint8Array>({ measure: ({ length }) => length, drained }) };
	});
	webSocket.on('message', (data: Buffer, isBinary) => {
		// Data is in the even channels; of the others the client has nothing to say.
		const channel = channels[data[0] / 2];
		if (!isBinary || !channel) return;
		channel.sent.push(data.subarray(1));
		if (channel.sent.size > waitingLimit) webSocket.pause();
	});
	webSocket.on('close', () => {
		for (const { sent } of channels) sent.end();
	});
	for (const [index, { port }] of channels.entries())
		for (const channel of [index * 2, index * 2 + 1])
			await send(webSocket, channel, Buffer.of(port & 0xff, port >>> 8));
	await Promise.all(channels.map((channel, index) => forward(portForward, webSocket, channel, index)));
	webSocket.close(1000);
}

export interface PortForwardWebSocket {
	/** Upgrades the socket, and forwards to the ports until they all have ended or the client goes. */
	serve(
		portForward: PortForward,
		ports: readonly number[],
		request: IncomingMessage,
		socket: Duplex,
		head: Buffer,
	): void;
	/** Ends every stream. */
	close(): void;
}

export function createPortForwardWebSocket(): PortForwardWebSocket {
	const server = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		maxPayload: 16 * 1024 * 1024,
		handleProtocols: () => channelProtocol,
	});
	return {
		serve(portForward, ports, request, socket, head) {
			server.handleUpgrade(request, socket, head, (webSocket) => {
				webSocket.on('error', () => {}); // followed by close
				void serve(portForward, webSocket, ports);
			});
		},
		close() {
			for (const webSocket of server.clients) webSocket.terminate();
			server.close();
		},
	};
}
