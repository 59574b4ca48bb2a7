// Keys typed at a terminal in raw mode: characters, and the escape sequences of the others (ECMA-48, xterm).
import { type OpenFile, type Process, SystemError, type Terminal } from './process.ts';

/** A sequence of which more must come; its escape character stands as E. */
const unfinished = /^E(?:\[[0-9;]*|O)?$/;
/** What follows an escape character in the sequence of one key. */
const afterEscape = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|[a-z])/;
/** The same where Escape is a key of its own, and a letter after it another. */
const afterLoneEscape = /^(?:\[[0-9;]*[A-Za-z~]|O[A-DFHPQRS])/;
/** How long the rest of a sequence may take where Escape is a key of its own. */
const escapeMs = 50;

export interface KeyboardOptions {
	/** Escape is a key, rather than the first half of Alt with a letter. */
	loneEscape?: boolean;
}

export class Keyboard {
	readonly terminal: Terminal;
	readonly #process: Process;
	readonly #file: OpenFile;
	readonly #loneEscape: boolean;
	readonly #decoder = new TextDecoder();
	/** The terminal's mode outside the program. */
	#before: Terminal['mode'];
	/** Typed but not yet taken. */
	#typed = '';
	/** A read that outlasted the wait for it: what it gives is the next key's. */
	#reading: Promise<Uint8Array> | undefined;

	/** `file` is an open terminal. */
	constructor(process: Process, file: OpenFile, options: KeyboardOptions = {}) {
		this.#process = process;
		this.#file = file;
		this.terminal = file.terminal!;
		this.#before = this.terminal.mode;
		this.#loneEscape = options.loneEscape ?? false;
	}

	/** Runs an action with the terminal raw; `signals` leaves ^C, ^Z and ^\ to end or stop the program. */
	async raw<T>(action: () => Promise<T>, signals = false): Promise<T> {
		const { terminal } = this;
		this.#before = { ...terminal.mode };
		terminal.mode = { canonical: false, echo: false, signals };
		try {
			return await action();
		} finally {
			terminal.mode = this.#before;
		}
	}

	/** Stops the program, as ^Z does where that makes a signal; returns when it goes on, with the terminal raw again. */
	async suspend(): Promise<void> {
		const { terminal } = this;
		const raw = { ...terminal.mode };
		terminal.mode = this.#before;
		this.#process.kill(0, 'TSTP');
		// The stop holds the next call until CONT, whose handler may interrupt it.
		try {
			await this.#process.sleep(0);
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
		this.#before = { ...terminal.mode };
		terminal.mode = raw;
	}

	/** The next key; undefined at the terminal's end, 'none' where none came in `ms` milliseconds or a signal did. */
	async key(ms?: number): Promise<string | undefined> {
		while (this.#typed === '') {
			const more = await this.#more(ms);
			if (more !== 'typed') return more === 'end' ? undefined : 'none';
		}
		while (unfinished.test(this.#typed.replace('\x1b', 'E'))) {
			const more = await this.#more(this.#loneEscape ? escapeMs : undefined);
			if (more === 'end') return undefined;
			if (more === 'none' && this.#loneEscape) break;
		}
		let key = String.fromCodePoint(this.#typed.codePointAt(0)!);
		const after = this.#loneEscape ? afterLoneEscape : afterEscape;
		if (key === '\x1b') key += after.exec(this.#typed.slice(1))?.[0] ?? '';
		this.#typed = this.#typed.slice(key.length);
		return key;
	}

	async #more(ms: number | undefined): Promise<'typed' | 'none' | 'end'> {
		this.#reading ??= this.#file.read(1024, this.#process);
		try {
			const data = ms === undefined ? await this.#reading : await this.#within(this.#reading, ms);
			if (!data) return 'none';
			this.#reading = undefined;
			if (data.length === 0) return 'end';
			this.#typed += this.#decoder.decode(data, { stream: true });
			return 'typed';
		} catch (error) {
			this.#reading = undefined;
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
			return 'none';
		}
	}

	#within(reading: Promise<Uint8Array>, ms: number): Promise<Uint8Array | undefined> {
		return this.#process.block<Uint8Array | undefined>((done, fail) => {
			const timer = this.#process.clock.after(ms, () => done(undefined));
			reading.then(
				(data) => {
					timer.cancel();
					done(data);
				},
				(error) => {
					timer.cancel();
					fail(error);
				},
			);
			return () => timer.cancel();
		});
	}
}

/** The terminal that a program was started on: one of its standard files, or /dev/tty; undefined without one. */
export function terminalOf(process: Process): OpenFile | undefined {
	for (const descriptor of [0, 1, 2]) {
		try {
			const file = process.file(descriptor);
			if (file.terminal) return file;
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
		}
	}
	try {
		return process.open('/dev/tty', 'r');
	} catch (error) {
		if (error instanceof SystemError) return undefined;
		throw error;
	}
}

/** Whether a descriptor is a terminal. */
export function isTerminal(process: Process, descriptor: number): boolean {
	try {
		return process.file(descriptor).terminal !== undefined;
	} catch (error) {
		if (error instanceof SystemError) return false;
		throw error;
	}
}
