// port-forward: for each connection of a user the client opens two SPDY streams of one request id, one for the
// data and one for what goes wrong (k8s.io/apimachinery/pkg/util/portforward).

import type { Duplex } from 'node:stream';
import type { Upgrade } from '../api/http.ts';
import { SpdyConnection } from './spdy/connection.ts';
import type { SpdyStream } from './spdy/stream.ts';

export const portForwardProtocol = 'portforward.k8s.io';

type PortForward = Extract<Upgrade, { kind: 'portforward' }>;

interface Pair {
	error?: SpdyStream;
	data?: SpdyStream;
}

/** The port that a stream is for; undefined where it names none. */
function portOf({ headers }: SpdyStream): number | undefined {
	const port = headers.get('port') ?? '';
	return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535 ? Number(port) : undefined;
}

async function forward(
	connect: PortForward['connect'],
	port: number,
	{ data, error }: Required<Pair>,
): Promise<void> {
	try {
		const connection = await connect(port);
		const sending = (async () => {
			for await (const chunk of data.received()) await connection.write(chunk);
			connection.end();
		})();
		// Where the pod no longer reads, what it has sent still arrives.
		sending.catch(() => {});
		for await (const chunk of connection.readable) await data.write(chunk);
	} catch (reason) {
		await error.write(reason instanceof Error ? reason.message : String(reason));
	}
	data.end();
	error.end();
}

/** Forwards connections over a socket that speaks SPDY, until the client goes. */
export function servePortForward({ connect }: PortForward, socket: Duplex, head: Buffer): void {
	const pairs = new Map<string, Pair>();
	new SpdyConnection(socket, head, (stream) => {
		const type = stream.headers.get('streamtype');
		const port = portOf(stream);
		if ((type !== 'error' && type !== 'data') || port === undefined) return stream.refuse();
		// Clients from before request ids open the two one after the other.
		const id = stream.headers.get('requestid') ?? String(stream.id - (type === 'data' ? 2 : 0));
		const pair = pairs.get(id) ?? {};
		if (pair[type]) return stream.refuse();
		pair[type] = stream;
		pairs.set(id, pair);
		if (!pair.data || !pair.error) return;
		pairs.delete(id);
		void forward(connect, port, { data: pair.data, error: pair.error });
	});
}
