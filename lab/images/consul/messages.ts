// Messages between agents: one line of JSON each, where Consul has MessagePack. Every port of an agent takes
// requests and answers them one after another on a connection.
import type { Connection } from '../../network/network.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import type { Tasks } from './agent/tasks.ts';
import { connect, listen } from './connections.ts';

const newline = 10;
/** A longer message is none of ours. */
const maximumBytes = 64 * 1024 * 1024;

/** The other side gave no answer, with Go's words for why. */
export class ExchangeError extends Error {}

/** Reads and writes messages on a connection. */
class Channel {
	readonly connection: Connection;
	#parts: Uint8Array[] = [];

	constructor(connection: Connection) {
		this.connection = connection;
	}

	send(message: unknown): Promise<void> {
		return this.connection.write(`${JSON.stringify(message)}\n`);
	}

	/** The next message; undefined where the other side has ended. */
	async receive(signal?: AbortSignal): Promise<unknown> {
		let size = 0;
		for (;;) {
			const data = await this.connection.read(65_536, signal);
			if (data.length === 0) return undefined;
			const end = data.indexOf(newline);
			this.#parts.push(data);
			size += data.length;
			if (size > maximumBytes) throw new ExchangeError('message too large');
			if (end < 0) continue;
			// Requests and answers take turns, so that nothing follows the end of the line.
			const decoder = new TextDecoder();
			const text = this.#parts.map((part) => decoder.decode(part, { stream: true })).join('');
			this.#parts = [];
			return JSON.parse(text);
		}
	}
}

function wordsOf(error: unknown, address: string, port: number): string {
	if (error instanceof SystemError) {
		const why = error.message.toLowerCase();
		return error.code === 'ECONNRESET' || error.code === 'EPIPE'
			? `read tcp ${address}:${port}: ${why}`
			: `dial tcp ${address}:${port}: connect: ${why}`;
	}
	return error instanceof Error ? error.message : String(error);
}

/** Serves messages on a port: the answer to each is what `handle` gives. Throws SystemError EADDRINUSE. */
export function serveMessages(
	process: Process,
	tasks: Tasks,
	{ host, port }: { host: string; port: number },
	handle: (message: unknown, from: string) => Promise<unknown>,
): { close(): void } {
	const listener = listen(process, port, host);
	const open = new Set<Connection>();
	const serve = async (connection: Connection) => {
		open.add(connection);
		const channel = new Channel(connection);
		try {
			for (;;) {
				const message = await channel.receive();
				if (message === undefined) break;
				await channel.send(await handle(message, connection.remoteAddress));
			}
			connection.close();
		} catch (error) {
			// What is no message of ours ends its connection, and a client that goes away ends its own.
			if (!(error instanceof SystemError || error instanceof SyntaxError || error instanceof ExchangeError))
				throw error;
			connection.destroy();
		} finally {
			open.delete(connection);
		}
	};
	tasks.run(async () => {
		for (;;) {
			let connection: Connection;
			try {
				connection = await listener.accept();
			} catch (error) {
				if (error instanceof SystemError) return;
				throw error;
			}
			tasks.run(() => serve(connection));
		}
	});
	return {
		close() {
			listener.close();
			for (const connection of open) connection.destroy();
		},
	};
}

/** Sends requests to other agents, and keeps connections for the next ones. */
export class Exchanges {
	readonly #process: Process;
	readonly #tasks: Tasks;
	readonly #idle = new Map<string, Channel[]>();

	constructor(process: Process, tasks: Tasks) {
		this.#process = process;
		this.#tasks = tasks;
	}

	/** The answer to a message. Throws ExchangeError where none comes within `timeout` milliseconds. */
	async request(address: string, port: number, message: unknown, timeout: number): Promise<unknown> {
		const controller = new AbortController();
		const timer = this.#tasks.after(timeout, () => controller.abort(new ExchangeError('i/o timeout')));
		const key = `${address}:${port}`;
		try {
			for (;;) {
				const known = this.#idle.get(key)?.pop();
				const channel = known ?? new Channel(await connect(this.#process, address, port, controller.signal));
				try {
					await channel.send(message);
					const answer = await channel.receive(controller.signal);
					if (answer === undefined) throw new ExchangeError('EOF');
					this.#idle.set(key, [...(this.#idle.get(key) ?? []), channel]);
					return answer;
				} catch (error) {
					channel.connection.destroy();
					// The other side may have been restarted since this connection was last used.
					if (!known || controller.signal.aborted) throw error;
				}
			}
		} catch (error) {
			if (error instanceof SystemError || error instanceof ExchangeError)
				throw new ExchangeError(wordsOf(error, address, port));
			throw error;
		} finally {
			timer.cancel();
		}
	}
}
