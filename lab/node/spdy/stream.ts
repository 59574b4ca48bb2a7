// One stream of a SPDY/3.1 connection: bytes in both directions, each ended by itself.

import { createQueue, type Queue } from '../queue.ts';
import { type Frame, resetStatus } from './frames.ts';
import { SendWindow } from './window.ts';

/** What a stream asks of its connection. */
export interface StreamConnection {
	/** Resolves when the connection can take more. */
	send(frame: Frame): Promise<void> | void;
	/** What all streams together may send. */
	readonly window: SendWindow;
	/** So many received bytes wait no longer. */
	taken(bytes: number): void;
	/** Neither side sends any more. */
	ended(): void;
}

/** How much of a write goes into one frame, so that streams take turns. */
const largestFrame = 32 * 1024;

export class SpdyStream {
	readonly id: number;
	/** The headers with which the client opened it; names in lower case. */
	readonly headers: ReadonlyMap<string, string>;
	readonly #connection: StreamConnection;
	readonly #queue: Queue<Uint8Array>;
	readonly #window = new SendWindow();
	#sentFin = false;
	#receivedFin = false;
	#broken = false;

	constructor(id: number, headers: ReadonlyMap<string, string>, connection: StreamConnection) {
		this.id = id;
		this.headers = headers;
		this.#connection = connection;
		this.#queue = createQueue<Uint8Array>({ measure: (bytes) => bytes.length, drained: () => {} });
	}

	/** What the client sends, until it ends the stream or is gone; for one reader. */
	async *received(): AsyncGenerator<Uint8Array> {
		for await (const data of this.#queue) {
			if (this.#broken) return;
			this.#connection.taken(data.length);
			yield data;
		}
	}

	/** Resolves when the client can take more; what comes after the stream's end goes nowhere. */
	async write(data: Uint8Array | string): Promise<void> {
		const bytes = Buffer.from(data);
		for (let from = 0; from < bytes.length && !this.#sentFin && !this.#broken; ) {
			const most = Math.min(largestFrame, this.#window.left, this.#connection.window.left);
			if (most <= 0) {
				await Promise.race([this.#window.opened(), this.#connection.window.opened()]);
				continue;
			}
			const part = bytes.subarray(from, from + most);
			from += part.length;
			this.#window.take(part.length);
			this.#connection.window.take(part.length);
			await this.#connection.send({ type: 'data', stream: this.id, data: part, fin: false });
		}
	}

	/** Sends no more. */
	end(): void {
		if (this.#sentFin || this.#broken) return;
		this.#sentFin = true;
		void this.#connection.send({ type: 'data', stream: this.id, data: Buffer.alloc(0), fin: true });
		if (this.#receivedFin) this.#connection.ended();
	}

	/** Tells the client that nothing comes of this stream. */
	refuse(): void {
		if (this.#broken) return;
		this.broken();
		void this.#connection.send({ type: 'reset', stream: this.id, status: resetStatus.refused });
		this.#connection.ended();
	}

	/** From the connection: data has come. False where it is not taken any more. */
	push(data: Uint8Array): boolean {
		if (this.#receivedFin || this.#broken) return false;
		this.#queue.push(data);
		return true;
	}

	/** From the connection: the client sends no more. */
	finished(): void {
		if (this.#receivedFin) return;
		this.#receivedFin = true;
		this.#queue.end();
		if (this.#sentFin) this.#connection.ended();
	}

	/** From the connection: the client has gone, or has reset the stream. */
	broken(): void {
		if (this.#broken) return;
		this.#broken = true;
		this.#connection.taken(this.#queue.size);
		this.#queue.end();
		this.#window.open();
	}

	/** From the connection: the client grants so many bytes more. */
	grow(delta: number): void {
		this.#window.grow(delta);
	}
}
