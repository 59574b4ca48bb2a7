// Somebody at a terminal, for the tests: types into an exec or an attach with a tty, and reads what is shown.
import type { VirtualClock } from '../clock.ts';
import type { Container } from './container.ts';
import type { ExecStreams, ExitStatus, TerminalSize } from './streams.ts';

const encoder = new TextEncoder();

/** An async queue: what is pushed comes out, until it is ended. */
class Queue<T> implements AsyncIterable<T> {
	#items: T[] = [];
	#ended = false;
	#wake: (() => void) | undefined;

	push(item: T): void {
		this.#items.push(item);
		this.#wake?.();
	}

	end(): void {
		this.#ended = true;
		this.#wake?.();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<T> {
		while (true) {
			if (this.#items.length > 0) yield this.#items.shift()!;
			else if (this.#ended) return;
			else
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
		}
	}
}

export class TestTerminal {
	readonly #clock: VirtualClock;
	readonly #input = new Queue<Uint8Array>();
	readonly #sizes = new Queue<TerminalSize>();
	readonly #gone = new AbortController();
	readonly #decoder = new TextDecoder();
	readonly exit: Promise<ExitStatus>;
	/** Everything shown so far. */
	shown = '';
	#read = 0;

	constructor(clock: VirtualClock, start: (streams: ExecStreams) => Promise<ExitStatus>) {
		this.#clock = clock;
		this.exit = start({
			tty: true,
			stdin: this.#input,
			stdout: (data) => {
				this.shown += this.#decoder.decode(data, { stream: true });
			},
			stderr: () => {},
			sizes: this.#sizes,
			signal: this.#gone.signal,
		});
	}

	/** A terminal in which a command is executed. */
	static exec(clock: VirtualClock, container: Container, command: string[]): TestTerminal {
		return new TestTerminal(clock, (streams) => container.exec(command, streams));
	}

	type(text: string): void {
		this.#input.push(encoder.encode(text));
	}

	resize(columns: number, rows: number): void {
		this.#sizes.push({ columns, rows });
	}

	/** The client goes away. */
	leave(): void {
		this.#gone.abort();
	}

	/** Waits until a text has been shown after what was waited for before; gives everything up to and with it. */
	async until(text: string): Promise<string> {
		try {
			await this.#clock.advanceUntil(() => this.shown.indexOf(text, this.#read) >= 0, 8_000);
		} catch {
			throw new Error(
				`${JSON.stringify(text)} did not come; shown: ${JSON.stringify(this.shown.slice(this.#read))}`,
			);
		}
		const end = this.shown.indexOf(text, this.#read) + text.length;
		const found = this.shown.slice(this.#read, end);
		this.#read = end;
		return found;
	}
}
