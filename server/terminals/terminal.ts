// A terminal: a shell and its tty, its last output, what it shows, and what is known of the command in it.
import { randomBytes } from 'node:crypto';
import type { ShellProcess, SignalName, TerminalBackend } from './backend.ts';
import type { Mark } from './marks.ts';
import { OutputRing } from './ring.ts';
import { type Place, Screen } from './screen.ts';
import { type Viewer, Viewers } from './viewers.ts';

const ringCapacity = 2 << 20;
/** Input that the program on the tty has not read, in bytes. */
export const longestInput = 256 << 10;
const longestTitle = 120;
/** A program can set its title as fast as it prints; pages are told of it no more often than this, in ms. */
const titlePeriod = 100;
/** Output that the screen has not parsed above which no more is read, and below which reading goes on. */
const screenBacklog = { high: 1_500_000, low: 500_000 };

export interface TerminalOptions {
	number: number;
	chapter: string;
	name: string;
	directory: string;
	environment: Record<string, string>;
	columns: number;
	rows: number;
}

export interface TerminalEvents {
	/** Idle or busy, or its title, has changed. */
	changed(): void;
	exited(exitCode: number): void;
}

/** A command that has ended, or `exitCode` undefined where nothing ran (^C at the prompt, a syntax error). */
export interface EndedCommand {
	exitCode: number | undefined;
	/** From the start of the command, in ms; 0 where nothing ran. */
	durationMs: number;
}

export class Terminal {
	readonly number: number;
	readonly chapter: string;
	readonly name: string;
	title: string;
	/** `idle` at the shell's prompt; `busy` before the first one and while a command runs. */
	state: 'idle' | 'busy' | 'exited' = 'busy';
	/** Whether the shell has shown its first prompt. */
	prompted = false;
	/** How many commands have ended, empty ones included. */
	ended = 0;
	last: EndedCommand | undefined;
	/** Where the output of the running or last command begins, where the shell marks it. */
	outputStart: Place | undefined;
	/** When the running command started, in ms since 1970. */
	startedAt: number | undefined;
	/**
	 * What stands at the prompt: nothing, something typed, or lines that were entered and that the shell has not
	 * answered (yet): it takes them for the beginning of a command.
	 */
	input: 'none' | 'typed' | 'entered' = 'none';
	readonly screen: Screen;
	readonly #events: TerminalEvents;
	readonly #ring = new OutputRing(ringCapacity);
	readonly #viewers: Viewers;
	readonly #process: ShellProcess;
	readonly #waiting = new Set<() => void>();
	#paused = false;
	/** Pages have not been told yet of a new title. */
	#retitled: NodeJS.Timeout | undefined;

	/** @throws Error where the shell cannot be started. */
	constructor(options: TerminalOptions, backend: TerminalBackend, events: TerminalEvents) {
		this.number = options.number;
		this.chapter = options.chapter;
		this.name = options.name;
		this.title = options.name;
		this.#events = events;
		const nonce = randomBytes(16).toString('hex');
		this.screen = new Screen(options.columns, options.rows, nonce, {
			mark: (mark) => this.#mark(mark),
			title: (title) => this.#retitle(title),
			parsed: () => {
				this.#adjustPace();
				this.#wake();
			},
		});
		this.#viewers = new Viewers(
			this.#ring,
			() => this.screen.offset,
			() => this.#adjustPace(),
		);
		this.#process = backend.start(
			{ ...options, nonce },
			{
				data: (chunk) => {
					this.#ring.append(chunk);
					this.#viewers.flush();
					this.screen.write(chunk);
					this.#adjustPace();
				},
				exit: (exitCode) => {
					this.state = 'exited';
					events.exited(exitCode);
					this.#wake();
				},
			},
		);
	}

	/** The end of the output so far. */
	get offset(): number {
		return this.#ring.end;
	}

	get pid(): number {
		return this.#process.pid;
	}

	/** Whether the shell marks where a command's output begins. */
	get marksStart(): boolean {
		return this.#process.marksStart;
	}

	attach(viewer: Viewer, offset: number): void {
		this.#viewers.attach(viewer, offset);
	}

	detach(viewer: Viewer): void {
		this.#viewers.detach(viewer);
	}

	acknowledge(viewer: Viewer, offset: number): void {
		this.#viewers.acknowledge(viewer, offset);
	}

	/** Types bytes. False, and nothing is typed, where too much waits to be read already. */
	write(data: Uint8Array): boolean {
		if (this.state === 'exited' || data.length === 0) return true;
		if (this.#process.queued + data.length > longestInput) return false;
		if (this.state === 'idle') {
			const entered = data.includes(0x0d) || data.includes(0x0a);
			if (entered || this.input === 'none') this.input = entered ? 'entered' : 'typed';
			if (entered && !this.#process.marksStart) this.#start();
		}
		this.#process.write(data);
		return true;
	}

	resize(columns: number, rows: number): void {
		if (columns === this.screen.columns && rows === this.screen.rows) return;
		this.#process.resize(columns, rows);
		this.screen.resize(columns, rows);
	}

	signal(signal: SignalName): Promise<void> {
		return this.#process.signal(signal);
	}

	/**
	 * Resolves true once the condition holds; it is asked again whenever a mark or more output was parsed.
	 * False when the time (ms) is over, the shell has exited without it, or the signal is aborted.
	 */
	until(condition: () => boolean, ms: number, signal?: AbortSignal): Promise<boolean> {
		return new Promise((resolve) => {
			const settle = (holds: boolean) => {
				clearTimeout(timer);
				this.#waiting.delete(check);
				signal?.removeEventListener('abort', abort);
				resolve(holds);
			};
			const check = () => {
				if (condition()) settle(true);
				else if (this.state === 'exited' && this.screen.backlog === 0) settle(false);
			};
			const abort = () => settle(false);
			const timer = setTimeout(abort, ms);
			this.#waiting.add(check);
			signal?.addEventListener('abort', abort, { once: true });
			if (signal?.aborted) abort();
			else check();
		});
	}

	/** Ends the shell. What else it started is ended by the session (processes.ts). */
	close(): void {
		clearTimeout(this.#retitled);
		this.#process.kill();
		this.screen.close();
		if (this.state !== 'exited') this.state = 'exited';
		this.#wake();
	}

	#start(): void {
		this.startedAt = Date.now();
		this.outputStart = this.#process.marksStart ? this.screen.here() : undefined;
		this.input = 'none';
		if (this.state !== 'idle') return;
		this.state = 'busy';
		this.#events.changed();
	}

	#mark(mark: Mark): void {
		if (this.state === 'exited') return;
		// Of several lines in one paste each is marked as started, and only the last as done.
		if (mark.kind === 'C' && this.startedAt === undefined) this.#start();
		if (mark.kind === 'D' && (this.prompted || this.#process.marksStart)) {
			const { startedAt } = this;
			this.startedAt = undefined;
			// A sh tells a code with every prompt, also where nothing ran.
			const exitCode = startedAt === undefined ? undefined : mark.exitCode;
			this.last = { exitCode, durationMs: startedAt === undefined ? 0 : Date.now() - startedAt };
			this.ended++;
		}
		if (mark.kind === 'B') {
			this.prompted = true;
			this.input = 'none';
			if (this.state === 'busy') {
				this.state = 'idle';
				this.#events.changed();
			}
		}
		this.#wake();
	}

	#retitle(title: string): void {
		this.title =
			title
				.slice(0, 10 * longestTitle)
				.replace(/\p{Cc}/gu, '')
				.slice(0, longestTitle) || this.name;
		this.#retitled ??= setTimeout(() => {
			this.#retitled = undefined;
			if (this.state !== 'exited') this.#events.changed();
		}, titlePeriod);
	}

	#adjustPace(): void {
		const { backlog } = this.screen;
		const wait = this.#viewers.allBehind || backlog > (this.#paused ? screenBacklog.low : screenBacklog.high);
		if (wait === this.#paused || this.state === 'exited') return;
		this.#paused = wait;
		if (wait) this.#process.pause();
		else this.#process.resume();
	}

	#wake(): void {
		for (const check of this.#waiting) check();
	}
}
