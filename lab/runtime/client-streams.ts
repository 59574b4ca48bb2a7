// The ends of a container's streams that lie outside it: what clients send goes in, what is written comes out.
import { systemError } from './errors.ts';
import type { OpenFile, Process } from './process.ts';
import type { ByteSource } from './streams.ts';
import { chargeTransfer } from './transfer-cost.ts';

/** Where written bytes go; what it returns is waited for, so that a slow client slows the writer. */
export type Sink = (data: Uint8Array) => Promise<void> | void;

/** A pipe's write end whose reader is outside the container. */
export class OutputFile implements OpenFile {
	readonly kind = 'pipe';
	readonly name: string;
	readonly #sink: Sink;
	#closed = false;

	constructor(name: string, sink: Sink) {
		this.name = name;
		this.#sink = sink;
	}

	/** Nobody reads any more: further writes break. */
	close(): void {
		this.#closed = true;
	}

	async read(): Promise<Uint8Array> {
		throw systemError('EBADF');
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		await chargeTransfer(caller, data.length);
		if (this.#closed) {
			caller.kill(caller.pid, 'PIPE');
			throw systemError('EPIPE');
		}
		// Copied: the writer may reuse its buffer while the client still holds what came.
		const taken = this.#sink(data.slice());
		if (!taken) return;
		await caller.block<void>((done, fail) => {
			taken.then(done, fail);
			return () => {};
		});
	}

	retain(): void {}
	release(): void {}
}

/** A pipe's read end that is fed from outside the container. */
export class InputFile implements OpenFile {
	readonly kind = 'pipe';
	readonly name: string;
	#chunks: Uint8Array[] = [];
	#ended = false;
	#holders = 1;
	readonly #readers = new Set<() => void>();
	#taken: (() => void) | undefined;

	constructor(name: string) {
		this.name = name;
	}

	/** Feeds what a client sends, chunk by chunk as it is read, until its end, the signal, or the last reader's end. */
	async feed(source: ByteSource, signal: AbortSignal): Promise<void> {
		const stop = () => this.#taken?.();
		signal.addEventListener('abort', stop, { once: true });
		try {
			for await (const chunk of source) {
				if (signal.aborted || this.#ended) break;
				if (chunk.length === 0) continue;
				this.#chunks.push(chunk);
				this.#wake();
				if (this.#chunks.length > 16)
					await new Promise<void>((resolve) => {
						this.#taken = resolve;
					});
			}
		} catch {
			// A client whose connection broke has sent all that it will.
		} finally {
			signal.removeEventListener('abort', stop);
		}
	}

	/** No more will come. */
	end(): void {
		this.#ended = true;
		this.#taken?.();
		this.#wake();
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		while (this.#chunks.length === 0) {
			if (this.#ended) return new Uint8Array(0);
			await caller.block<void>((done) => {
				this.#readers.add(done);
				return () => this.#readers.delete(done);
			});
		}
		const first = this.#chunks[0];
		if (first.length <= max) this.#chunks.shift();
		else this.#chunks[0] = first.subarray(max);
		this.#taken?.();
		return first.subarray(0, max);
	}

	async write(): Promise<void> {
		throw systemError('EBADF');
	}

	retain(): void {
		this.#holders++;
	}

	release(): void {
		if (--this.#holders <= 0) this.end();
	}

	#wake(): void {
		const readers = [...this.#readers];
		this.#readers.clear();
		for (const wake of readers) wake();
	}
}
