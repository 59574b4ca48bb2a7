// What the servers of images share: taking connections, answering HTTP on them, and waiting for a signal.

import { type HttpRequest, type HttpResponse, serveHttp } from '../../network/http.ts';
import type { Connection, Listener } from '../../network/network.ts';
import { type Process, type Signal, SystemError } from '../process.ts';
import { uninterrupted } from './uninterrupted.ts';

/** Gives each connection that comes to `serve`, until the listener or the process ends. */
export function acceptEach(listener: Listener, serve: (connection: Connection) => Promise<void>): void {
	const accept = async () => {
		for (;;) {
			const connection = await uninterrupted(() => listener.accept());
			serve(connection).catch(() => connection.destroy());
		}
	};
	// It ends by the listener's error once that is closed.
	accept().catch(() => {});
}

/** Answers the requests of a connection, whatever signals come meanwhile. */
export function serveConnection(
	connection: Connection,
	handle: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
): Promise<void> {
	const patient: Connection = {
		localAddress: connection.localAddress,
		localPort: connection.localPort,
		remoteAddress: connection.remoteAddress,
		remotePort: connection.remotePort,
		read: (max, signal) => uninterrupted(() => connection.read(max, signal)),
		write: (data) => connection.write(data),
		end: () => connection.end(),
		close: () => connection.close(),
		destroy: () => connection.destroy(),
	};
	return serveHttp(patient, handle);
}

/**
 * Serves HTTP on a port of the process's pod, and gives the listener; throws SystemError EADDRINUSE. What
 * `handle` throws ends the connection.
 */
export function serveHttpOn(
	process: Process,
	port: number,
	handle: (request: HttpRequest, connection: Connection) => HttpResponse | Promise<HttpResponse>,
	host?: string,
): Listener {
	const listener = process.network.listen(port, host);
	acceptEach(listener, (connection) => serveConnection(connection, (request) => handle(request, connection)));
	return listener;
}

/** Waits until one of the signals comes, and gives it; for ever where there is none to wait for. */
export async function signalReceived(process: Process, signals: readonly Signal[]): Promise<Signal> {
	let received: Signal | undefined;
	for (const signal of signals)
		process.onSignal(signal, () => {
			received ??= signal;
		});
	while (!received) {
		try {
			await process.block<never>(() => () => {});
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
	return received;
}

/**
 * What Go's runtime does with the signals that a program leaves to it: it dies of them, and where the kernel
 * spares it, as it does PID 1, it exits with 2 (dieFromSignal in runtime/signal_unix.go).
 */
export async function endedByGoRuntime(process: Process): Promise<number> {
	const signal = await signalReceived(process, ['HUP', 'INT', 'TERM']);
	if (process.pid === 1) return 2;
	process.onSignal(signal, 'default');
	process.kill(process.pid, signal);
	return signalReceived(process, []).then(() => 2);
}
