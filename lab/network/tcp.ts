// TCP as programs see it: two byte streams with back-pressure, and the ways in which they end.
import { Changes } from './changes.ts';
import { type NetworkErrorCode, networkError } from './errors.ts';
import type { Connection } from './network.ts';

/** How much one side may write before the other reads: a socket's send and receive buffers together. */
const windowBytes = 256 * 1024;
const nothing = new Uint8Array(0);
const encoder = new TextEncoder();

/** One direction of a connection. */
class Stream {
	#chunks: Uint8Array[] = [];
	#buffered = 0;
	#ended = false;
	#failure: NetworkErrorCode | undefined;
	/** Nobody will read any more, so writing is an error. */
	#abandoned = false;
	readonly #changes = new Changes();

	get unread(): boolean {
		return this.#buffered > 0;
	}

	async read(max: number, signal?: AbortSignal): Promise<Uint8Array> {
		while (this.#buffered === 0) {
			if (this.#failure) throw networkError(this.#failure);
			if (this.#ended) return nothing;
			await this.#changes.next(signal);
		}
		const first = this.#chunks[0];
		const data = first.length <= max ? first : first.subarray(0, max);
		if (data === first) this.#chunks.shift();
		else this.#chunks[0] = first.subarray(max);
		this.#buffered -= data.length;
		this.#changes.tell();
		return data;
	}

	async write(data: Uint8Array): Promise<void> {
		for (let at = 0; at < data.length; ) {
			if (this.#failure) throw networkError(this.#failure);
			if (this.#ended || this.#abandoned) throw networkError('EPIPE');
			const room = windowBytes - this.#buffered;
			if (room <= 0) {
				await this.#changes.next();
				continue;
			}
			// A copy, since the writer may use its buffer again.
			const chunk = data.slice(at, at + room);
			this.#chunks.push(chunk);
			this.#buffered += chunk.length;
			at += chunk.length;
			this.#changes.tell();
		}
	}

	end() {
		this.#ended = true;
		this.#changes.tell();
	}

	abandon() {
		this.#abandoned = true;
		this.#chunks = [];
		this.#buffered = 0;
		this.#changes.tell();
	}

	fail(code: NetworkErrorCode) {
		this.#failure = code;
		this.#chunks = [];
		this.#buffered = 0;
		this.#changes.tell();
	}
}

export interface Address {
	address: string;
	port: number;
}

class Side implements Connection {
	readonly localAddress: string;
	readonly localPort: number;
	readonly remoteAddress: string;
	readonly remotePort: number;
	#incoming: Stream;
	#outgoing: Stream;
	#closed = false;
	#onClose: () => void;

	constructor(local: Address, remote: Address, incoming: Stream, outgoing: Stream, onClose: () => void) {
		this.localAddress = local.address;
		this.localPort = local.port;
		this.remoteAddress = remote.address;
		this.remotePort = remote.port;
		this.#incoming = incoming;
		this.#outgoing = outgoing;
		this.#onClose = onClose;
	}

	async read(max = 65536, signal?: AbortSignal): Promise<Uint8Array> {
		if (this.#closed) throw networkError('EBADF');
		return this.#incoming.read(max, signal);
	}

	async write(data: Uint8Array | string): Promise<void> {
		if (this.#closed) throw networkError('EBADF');
		await this.#outgoing.write(typeof data === 'string' ? encoder.encode(data) : data);
	}

	end(): void {
		if (!this.#closed) this.#outgoing.end();
	}

	close(): void {
		if (this.#closed) return;
		// A socket closed with unread data answers with a reset instead of an orderly end (RFC 2525, 2.17).
		if (this.#incoming.unread) {
			this.destroy();
			return;
		}
		this.#closed = true;
		this.#outgoing.end();
		this.#incoming.abandon();
		this.#onClose();
	}

	destroy(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#outgoing.fail('ECONNRESET');
		this.#incoming.fail('ECONNRESET');
		this.#onClose();
	}
}

/**
 * Both ends of a new connection. `seen` is the address that the client connected to, which differs from
 * the server's own where a Service's address stands before it.
 */
export function createConnection(options: {
	client: Address;
	server: Address;
	seen: Address;
	onClientClose: (side: Connection) => void;
	onServerClose: (side: Connection) => void;
}): { client: Connection; server: Connection } {
	const up = new Stream();
	const down = new Stream();
	const client: Side = new Side(options.client, options.seen, down, up, () => options.onClientClose(client));
	const server: Side = new Side(options.server, options.client, up, down, () =>
		options.onServerClose(server),
	);
	return { client, server };
}
