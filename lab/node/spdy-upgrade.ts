// What a request of `Upgrade: SPDY/3.1` asks for, and the answer that begins it: kubectl up to 1.29, and newer
// ones where a WebSocket cannot be had.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { failure } from './request.ts';

const header = 'x-stream-protocol-version';

export const isSpdyUpgrade = (request: IncomingMessage) =>
	request.headers.upgrade?.toLowerCase() === 'spdy/3.1';

/** The client's first choice among those served; `none` where it offers nothing, undefined where none fits. */
export function chosenProtocol<T extends string>(
	request: IncomingMessage,
	served: readonly T[],
	none: T,
): T | undefined {
	const offered = offeredProtocols(request);
	if (offered.length === 0) return none;
	return offered.map((name) => served.find((each) => each === name)).find((name) => name !== undefined);
}

function offeredProtocols(request: IncomingMessage): string[] {
	const value = request.headers[header] ?? '';
	return String(value)
		.split(',')
		.map((name) => name.trim())
		.filter(Boolean);
}

/** The refusal in the words of kubelet's httpstream. */
export function noCommonProtocol(request: IncomingMessage, served: readonly string[]) {
	const client = offeredProtocols(request).join(' ');
	const message = `unable to upgrade: unable to negotiate protocol: client supports [${client}], server accepts [${served.join(' ')}]`;
	return failure(403, 'Forbidden', message);
}

/** From here on the socket speaks SPDY. */
export function switchToSpdy(socket: Duplex, protocol: string): void {
	socket.write(
		`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
	);
}
