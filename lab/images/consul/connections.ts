// Connections that go on after a signal, as Go's runtime has them.

import type { Connection, Listener } from '../../network/network.ts';
import type { Process } from '../../runtime/process.ts';
import { uninterrupted } from '../../runtime/programs/uninterrupted.ts';

function connectionOf(connection: Connection): Connection {
	return {
		localAddress: connection.localAddress,
		localPort: connection.localPort,
		remoteAddress: connection.remoteAddress,
		remotePort: connection.remotePort,
		read: (max, signal) => uninterrupted(() => connection.read(max, signal)),
		write: (data) => uninterrupted(() => connection.write(data)),
		end: () => connection.end(),
		close: () => connection.close(),
		destroy: () => connection.destroy(),
	};
}

/** Connects as `process.network.connect` does. */
export async function connect(
	process: Process,
	address: string,
	port: number,
	signal?: AbortSignal,
): Promise<Connection> {
	return connectionOf(await uninterrupted(() => process.network.connect(address, port, signal)));
}

/** Listens as `process.network.listen` does. */
export function listen(process: Process, port: number, host: string): Listener {
	const listener = process.network.listen(port, host);
	return {
		port: listener.port,
		accept: async (signal) => connectionOf(await uninterrupted(() => listener.accept(signal))),
		close: () => listener.close(),
	};
}
