// A client of SPDY/3.1 for tests: opens streams, and gathers what comes on them.

import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import { HeaderWriter } from './headers.ts';

export interface TestStream {
	readonly id: number;
	/** What has come, as text. */
	received: string;
	/** The server sends no more. */
	ended: boolean;
	reset: boolean;
	send(data: string | Uint8Array, fin?: boolean): void;
	end(): void;
}

export class TestClient {
	readonly socket: Duplex;
	/** Every frame that came, in order. */
	readonly frames: Frame[] = [];
	readonly #streams = new Map<number, TestStream>();
	readonly #writer = new HeaderWriter();
	#next = 1;
	#waiting: (() => void)[] = [];

	constructor(socket: Duplex) {
		this.socket = socket;
		const reader = new FrameReader();
		socket.on('data', (chunk: Buffer) => {
			for (const frame of reader.read(chunk)) this.#take(frame);
			for (const look of this.#waiting) look();
		});
		socket.on('close', () => {
			for (const look of this.#waiting) look();
		});
		socket.on('error', () => {});
	}

	send(frame: Frame): void {
		this.socket.write(encodeFrame(frame));
	}

	open(headers: Record<string, string>): TestStream {
		const id = this.#next;
		this.#next += 2;
		const send = (data: string | Uint8Array, fin = false) =>
			this.send({ type: 'data', stream: id, data: Buffer.from(data), fin });
		const stream = { id, received: '', ended: false, reset: false, send, end: () => send('', true) };
		this.#streams.set(id, stream);
		const block = this.#writer.write(new Map(Object.entries(headers)));
		this.send({ type: 'synStream', stream: id, block, fin: false });
		return stream;
	}

	/** Resolves when the condition holds, looked at whenever something has come. Rejects when the server has gone. */
	until(condition: () => boolean): Promise<void> {
		return new Promise((resolve, reject) => {
			const look = () => {
				if (!condition() && !this.socket.destroyed) return;
				this.#waiting = this.#waiting.filter((each) => each !== look);
				if (condition()) resolve();
				else reject(new Error('the server has closed the connection'));
			};
			this.#waiting.push(look);
			look();
		});
	}

	#take(frame: Frame): void {
		this.frames.push(frame);
		if (!('stream' in frame)) return;
		const stream = this.#streams.get(frame.stream);
		if (!stream) return;
		if (frame.type === 'data') {
			stream.received += frame.data.toString();
			stream.ended ||= frame.fin;
		} else if (frame.type === 'reset') stream.reset = true;
	}
}
