// A stream of bytes each way over a MessagePort, between the server and the worker that hosts its labs. Each part
// waits until the one before it has been taken, so that neither side piles up what the other does not read.

import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import type { Connection } from '../network/network.ts';

/** How the worker answers a request for a connection, before any byte. */
export type ConnectAnswer = { state: 'connected'; authority: string } | { state: 'refused'; message: string };

/** Bytes, the end of one direction, or that the last bytes have been taken. */
type Part = Uint8Array | 'end' | 'taken';

/** The server's end, as a stream. */
class PortStream extends Duplex {
	readonly #port: MessagePort;
	#taken: ((error?: Error) => void) | undefined;

	constructor(port: MessagePort) {
		super({ allowHalfOpen: true });
		this.#port = port;
		port.on('message', (part: Part) => {
			if (part === 'end') this.push(null);
			else if (part === 'taken') {
				const taken = this.#taken;
				this.#taken = undefined;
				taken?.();
			} else this.push(part);
		});
		port.on('close', () => this.destroy(new Error('the lab has closed the connection')));
	}

	override _read(): void {
		this.#port.postMessage('taken' satisfies Part);
	}

	override _write(chunk: Uint8Array, _encoding: string, callback: (error?: Error) => void): void {
		this.#taken = callback;
		this.#port.postMessage(new Uint8Array(chunk));
	}

	override _final(callback: () => void): void {
		this.#port.postMessage('end' satisfies Part);
		callback();
	}

	override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
		this.#port.removeAllListeners('close');
		this.#port.close();
		callback(error);
	}
}

/** The answer, and with it the stream; rejects with the lab's words where it refuses. */
export function openStream(port: MessagePort): Promise<{ authority: string; stream: Duplex }> {
	return new Promise((resolve, reject) => {
		port.once('close', () => reject(new Error('The lab has ended.')));
		port.once('message', (answer: ConnectAnswer) => {
			port.removeAllListeners('close');
			if (answer.state === 'connected')
				return resolve({ authority: answer.authority, stream: new PortStream(port) });
			port.close();
			reject(new Error(answer.message));
		});
	});
}

/** The worker's end: carries a connection of the lab over the port until either is over. */
export function carry(connection: Connection, port: MessagePort): void {
	let wanted = Promise.withResolvers<void>();
	let sending = Promise.resolve();
	const over = () => {
		connection.destroy();
		port.close();
	};
	port.on('close', () => connection.destroy());
	port.on('message', (part: Part) => {
		if (part === 'taken') return wanted.resolve();
		// One after another: what is still being written comes before what follows it.
		sending = sending.then(async () => {
			if (part === 'end') return connection.end();
			await connection.write(part);
			port.postMessage('taken' satisfies Part);
		});
		// Where the pod no longer reads, what it has sent still arrives.
		sending.catch(() => {});
	});
	const receive = async () => {
		for (;;) {
			// Read before it is wanted, so that a connection that breaks is noticed.
			const data = await connection.read(65_536);
			if (data.length === 0) break;
			await wanted.promise;
			wanted = Promise.withResolvers();
			port.postMessage(new Uint8Array(data));
		}
		port.postMessage('end' satisfies Part);
	};
	receive().catch(over);
}
