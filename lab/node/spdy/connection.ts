// A connection of SPDY/3.1 as its server sees it: the streams that the client opens, over any socket
// (SPDY protocol draft 3.1; Kubernetes' remotecommand and port-forward protocols use nothing more of it).

import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, FrameError, FrameReader, resetStatus } from './frames.ts';
import { HeaderReader, HeaderWriter } from './headers.ts';
import { SpdyStream } from './stream.ts';
import { SendWindow } from './window.ts';

/** How much may wait in all streams for its readers before the client is told to stop sending (by TCP). */
const receiveLimit = 1024 * 1024;
/** More open streams are refused. */
const mostStreams = 1000;
const noHeaders: ReadonlyMap<string, string> = new Map();

export class SpdyConnection {
	readonly #socket: Duplex;
	readonly #onStream: (stream: SpdyStream) => void;
	readonly #streams = new Map<number, SpdyStream>();
	readonly #frames = new FrameReader();
	readonly #headerReader = new HeaderReader();
	readonly #headerWriter = new HeaderWriter();
	/** What all streams together may send. */
	readonly #window = new SendWindow();
	#lastStream = 0;
	#unread = 0;
	#closing = false;
	#drained: Promise<void> | undefined;

	/** `head` is what came with the upgrade; `onStream` is called for each stream that the client opens. */
	constructor(socket: Duplex, head: Buffer, onStream: (stream: SpdyStream) => void) {
		this.#socket = socket;
		this.#onStream = onStream;
		socket.on('data', (chunk: Buffer) => this.#receive(chunk));
		socket.once('end', () => socket.end());
		socket.once('close', () => {
			this.#window.open();
			for (const stream of this.#streams.values()) stream.broken();
			this.#streams.clear();
		});
		if (head.length > 0) this.#receive(head);
	}

	/** Says that no more streams are taken, and closes when all that was written is sent. */
	close(): void {
		if (this.#closing) return;
		this.#closing = true;
		void this.#send({ type: 'goAway', lastStream: this.#lastStream, status: 0 });
		this.#socket.end();
		// What the client still sends is of no interest, but only when it is read does its end come.
		this.#socket.resume();
	}

	#receive(chunk: Buffer): void {
		if (this.#closing) return;
		try {
			for (const frame of this.#frames.read(chunk)) this.#handle(frame);
		} catch (error) {
			if (!(error instanceof FrameError)) throw error;
			void this.#send({ type: 'goAway', lastStream: this.#lastStream, status: resetStatus.protocolError });
			this.#socket.destroy();
		}
	}

	#handle(frame: Frame): void {
		switch (frame.type) {
			case 'synStream':
				this.#open(frame.stream, this.#headersOf(frame.block), frame.fin);
				return;
			case 'synReply':
			case 'headers':
				// Nothing of ours asks for them, but every block moves the compression on.
				this.#headersOf(frame.block);
				if (frame.fin) this.#streams.get(frame.stream)?.finished();
				return;
			case 'data':
				this.#data(frame.stream, frame.data, frame.fin);
				return;
			case 'reset':
				this.#streams.get(frame.stream)?.broken();
				this.#streams.delete(frame.stream);
				return;
			case 'ping':
				// A client's pings are odd; an even one answers a ping of ours, and we send none.
				if (frame.id % 2 === 1) void this.#send(frame);
				return;
			case 'windowUpdate':
				if (frame.stream === 0) this.#window.grow(frame.delta);
				else this.#streams.get(frame.stream)?.grow(frame.delta);
				return;
			case 'goAway':
				return; // It opens no more streams; those that are open go on.
		}
	}

	#headersOf(block: Buffer): Map<string, string> {
		try {
			return this.#headerReader.read(block);
		} catch (error) {
			throw new FrameError(`a header block is damaged: ${(error as Error).message}`);
		}
	}

	#open(id: number, headers: Map<string, string>, fin: boolean): void {
		if (id % 2 === 0 || id <= this.#lastStream)
			return void this.#send({ type: 'reset', stream: id, status: resetStatus.protocolError });
		this.#lastStream = id;
		if (this.#streams.size >= mostStreams)
			return void this.#send({ type: 'reset', stream: id, status: resetStatus.refused });
		const stream = new SpdyStream(id, headers, {
			send: (frame) => this.#send(frame),
			window: this.#window,
			taken: (bytes) => this.#taken(stream, bytes),
			ended: () => this.#streams.delete(id),
		});
		this.#streams.set(id, stream);
		const block = this.#headerWriter.write(noHeaders);
		void this.#send({ type: 'synReply', stream: id, block, fin: false });
		if (fin) stream.finished();
		this.#onStream(stream);
	}

	#data(id: number, data: Buffer, fin: boolean): void {
		const stream = this.#streams.get(id);
		if (!stream) {
			// One that has ended here may still have something under way.
			if (id > this.#lastStream)
				void this.#send({ type: 'reset', stream: id, status: resetStatus.invalidStream });
			return;
		}
		if (data.length > 0 && stream.push(data)) {
			this.#unread += data.length;
			if (this.#unread > receiveLimit) this.#socket.pause();
		}
		if (fin) stream.finished();
	}

	/** A reader has taken so much, or will never take it: the client may send as much again. */
	#taken(stream: SpdyStream, bytes: number): void {
		this.#unread -= bytes;
		if (this.#socket.isPaused() && this.#unread <= receiveLimit / 2) this.#socket.resume();
		if (bytes === 0) return;
		for (const id of [0, stream.id]) void this.#send({ type: 'windowUpdate', stream: id, delta: bytes });
	}

	/** Resolves when more can be written, or when nobody is there any more. */
	#send(frame: Frame): Promise<void> | void {
		const socket = this.#socket;
		if (socket.destroyed || socket.writableEnded) return;
		if (socket.write(encodeFrame(frame))) return;
		this.#drained ??= new Promise<void>((resolve) => {
			const done = () => {
				socket.off('drain', done).off('close', done);
				this.#drained = undefined;
				resolve();
			};
			socket.on('drain', done).on('close', done);
		});
		return this.#drained;
	}
}
