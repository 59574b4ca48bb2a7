// A terminal with the line discipline of Linux (termios(3), n_tty): it edits and echoes lines, turns control
// characters into signals, and hands lines, or in raw mode bytes, to those who read.
import { systemError } from './errors.ts';
import type { OpenFile, Process, Signal, Terminal } from './process.ts';
import type { TerminalSize } from './streams.ts';
import { chargeTransfer } from './transfer-cost.ts';

const none = new Uint8Array(0);
/** N_TTY_BUF_SIZE: longer lines are cut, further input is dropped with a bell. */
const longestLine = 4096;
const characters = {
	interrupt: 0x03,
	endOfFile: 0x04,
	suspend: 0x1a,
	quit: 0x1c,
	eraseWord: 0x17,
	kill: 0x15,
};
const signalCharacters = new Map<number, Signal>([
	[characters.interrupt, 'INT'],
	[characters.suspend, 'TSTP'],
	[characters.quit, 'QUIT'],
]);
const newline = 0x0a;

/** What a terminal needs of the kernel and of whoever sits in front of it. */
export interface TerminalHost {
	/** Takes what is shown; resolves when more can come. */
	output(data: Uint8Array): Promise<void> | void;
	/** Signals every process of a group. */
	signal(group: number, signal: Signal): void;
}

export class TerminalDevice implements OpenFile, Terminal {
	readonly kind = 'tty';
	readonly name: string;
	readonly terminal: Terminal = this;
	mode = { canonical: true, echo: true, signals: true };
	foregroundGroup = 0;
	/** The session that it controls. */
	session = 0;
	#size = { columns: 80, rows: 24 };
	readonly #host: TerminalHost;
	/** The line being edited. */
	#line: number[] = [];
	/** What can be read: whole lines in canonical mode; an empty one is an end of file. */
	#ready: Uint8Array[] = [];
	#hungUp = false;
	readonly #waiting = new Set<() => void>();

	constructor(name: string, host: TerminalHost) {
		this.name = name;
		this.#host = host;
	}

	get size(): TerminalSize {
		return this.#size;
	}

	set size(size: TerminalSize) {
		const changed = size.columns !== this.#size.columns || size.rows !== this.#size.rows;
		this.#size = size;
		if (changed) this.#host.signal(this.foregroundGroup, 'WINCH');
	}

	/** Takes what is typed. */
	input(data: Uint8Array): void {
		for (const byte of data) this.#type(byte);
		this.#changed();
	}

	/** The line is gone: reads end, writes fail, and the session's leader hears of it from the kernel. */
	hangUp(): void {
		this.#hungUp = true;
		this.#changed();
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		while (true) {
			if (this.#hungUp) return none;
			if (this.#inBackground(caller)) {
				if (caller.signalAction('TTIN') === 'ignore') throw systemError('EIO');
				this.#host.signal(caller.processGroup, 'TTIN');
				await caller.block<void>((done) => {
					this.#waiting.add(done);
					queueMicrotask(done);
					return () => this.#waiting.delete(done);
				});
				continue;
			}
			if (!this.mode.canonical && this.#line.length > 0) this.#release();
			if (this.#ready.length > 0) break;
			await caller.block<void>((done) => {
				this.#waiting.add(done);
				return () => this.#waiting.delete(done);
			});
		}
		const first = this.#ready[0];
		if (first.length <= max) {
			this.#ready.shift();
			return first;
		}
		this.#ready[0] = first.subarray(max);
		return first.subarray(0, max);
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		await chargeTransfer(caller, data.length);
		if (this.#hungUp) throw systemError('EIO');
		const shown = this.#host.output(withCarriageReturns(data));
		if (!shown) return;
		await caller.block<void>((done, fail) => {
			shown.then(done, fail);
			return () => {};
		});
	}

	retain(): void {}
	release(): void {}

	#inBackground(caller: Process): boolean {
		return (
			this.foregroundGroup !== 0 &&
			caller.processGroup !== this.foregroundGroup &&
			caller.processes().find(({ pid }) => pid === caller.pid)?.session === this.session
		);
	}

	#changed(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const wake of waiting) wake();
	}

	#type(typed: number): void {
		const { canonical, signals } = this.mode;
		const signal = signals ? signalCharacters.get(typed) : undefined;
		if (signal) {
			this.#echo([0x5e, typed + 0x40]);
			this.#line = [];
			if (canonical) this.#ready = [];
			this.#host.signal(this.foregroundGroup, signal);
			return;
		}
		// ICRNL: Enter sends a carriage return, programs read a newline. A line editor in raw mode takes it as it is.
		const byte = canonical && typed === 0x0d ? newline : typed;
		if (!canonical) {
			this.#line.push(byte);
			this.#echo([byte]);
			return;
		}
		switch (byte) {
			case 0x7f:
			case 0x08:
				this.#erase();
				break;
			case characters.kill:
				while (this.#line.length > 0) this.#erase();
				break;
			case characters.eraseWord:
				while (this.#line.at(-1) === 0x20) this.#erase();
				while (this.#line.length > 0 && this.#line.at(-1) !== 0x20) this.#erase();
				break;
			case characters.endOfFile:
				this.#ready.push(Uint8Array.from(this.#line));
				this.#line = [];
				break;
			case newline:
				this.#line.push(byte);
				this.#echo([byte]);
				this.#release();
				break;
			default:
				if (this.#line.length >= longestLine - 1) this.#show([0x07]);
				else {
					this.#line.push(byte);
					this.#echo(byte < 0x20 && byte !== 0x09 ? [0x5e, byte + 0x40] : [byte]);
				}
		}
	}

	#release(): void {
		this.#ready.push(Uint8Array.from(this.#line));
		this.#line = [];
	}

	/** Takes back the last character, the bytes of a UTF-8 sequence together. */
	#erase(): void {
		if (this.#line.length === 0) return;
		let byte = this.#line.pop()!;
		while (byte >= 0x80 && byte < 0xc0 && this.#line.length > 0) byte = this.#line.pop()!;
		const width = byte < 0x20 ? 2 : 1;
		for (let column = 0; column < width; column++) this.#echo([0x08, 0x20, 0x08]);
	}

	#echo(bytes: number[]): void {
		if (this.mode.echo) this.#show(bytes);
	}

	/** Shows an echo; it does not wait for the client, as a driver's echo does not. */
	#show(bytes: number[]): void {
		void this.#host.output(withCarriageReturns(Uint8Array.from(bytes)));
	}
}

/** ONLCR: a newline goes out as carriage return and newline. */
function withCarriageReturns(data: Uint8Array): Uint8Array {
	if (!data.includes(newline)) return data;
	const shown: number[] = [];
	for (const byte of data) {
		if (byte === newline) shown.push(0x0d);
		shown.push(byte);
	}
	return Uint8Array.from(shown);
}
