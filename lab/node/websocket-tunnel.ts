// port-forward over WebSocket, as kubectl 1.31 and newer ask for it: SPDY in binary messages (KEP-4006).

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';

export const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';

export interface WebSocketTunnel {
	/** Upgrades the socket, and gives what goes through it as a stream of bytes. */
	open(request: IncomingMessage, socket: Duplex, head: Buffer, opened: (bytes: Duplex) => void): void;
	/** Ends every tunnel. */
	close(): void;
}

export function createWebSocketTunnel(): WebSocketTunnel {
	const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
	// The protocol's name has a slash, which RFC 6455 does not allow and `ws` therefore does not read. It was chosen
	// before (upgrade.ts), so that all that is left is to say so.
	server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${tunnelProtocol}`));
	return {
		open(request, socket, head, opened) {
			delete request.headers['sec-websocket-protocol'];
			server.handleUpgrade(request, socket, head, (webSocket) => {
				const bytes = createWebSocketStream(webSocket);
				bytes.on('error', () => {}); // followed by close
				opened(bytes);
			});
		},
		close() {
			for (const webSocket of server.clients) webSocket.terminate();
			server.close();
		},
	};
}
