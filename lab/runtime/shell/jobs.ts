// Jobs: what a shell has started, waits for, and in an interactive shell stops and resumes
// (POSIX.1-2024, Shell Command Language, 2.11).
import { type Signal, SystemError, type Terminal, type WaitResult } from '../process.ts';
import { signalDescription, signalNumber } from '../signals.ts';
import { ShellError } from './control-flow.ts';
import type { Shell } from './shell.ts';

export interface Job {
	number: number;
	pids: number[];
	state: 'running' | 'stopped' | 'done';
	text: string;
	status: number;
	signal?: Signal;
}

/**
 * Signals that an interactive shell survives. It handles rather than ignores them, since what it starts would
 * inherit that they are ignored.
 */
const survived: readonly Signal[] = ['QUIT', 'TERM', 'TSTP', 'TTIN', 'TTOU'];

export class Jobs {
	readonly #shell: Shell;
	#jobs: Job[] = [];
	/** How children that have been waited for ended. */
	readonly #results = new Map<number, WaitResult>();

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	/** Whether jobs are process groups of their own, that the terminal is handed to. */
	get controlled(): boolean {
		return this.#shell.interactive && this.#shell.options.has('m') && this.terminal !== undefined;
	}

	get none(): boolean {
		return this.#jobs.length === 0;
	}

	get terminal(): Terminal | undefined {
		return this.#shell.openFile(0)?.terminal;
	}

	/** How a signal is taken that has no trap. */
	defaultAction(signal: Signal): 'default' | 'ignore' | (() => void) {
		if (!this.#shell.interactive) return 'default';
		if (signal === 'INT') return () => this.#shell.interrupt();
		return survived.includes(signal) ? () => {} : 'default';
	}

	/** An interactive shell takes the terminal, and does not die by what ends its jobs. */
	takeTerminal(): void {
		const { process } = this.#shell;
		for (const signal of ['INT', ...survived] as const) process.onSignal(signal, this.defaultAction(signal));
		if (this.terminal) this.terminal.foregroundGroup = process.processGroup;
	}

	/** Puts a child into a job's group, which gets the terminal. */
	group(pid: number, group: number): void {
		this.#shell.process.setProcessGroup(pid, group);
		if (this.terminal) this.terminal.foregroundGroup = group;
	}

	/** Remembers a background job, and says so where interactive. */
	async add(pids: number[], text: string): Promise<void> {
		const job = this.#newJob(pids, text, 'running');
		if (this.#shell.interactive) await this.#shell.process.write(2, `[${job.number}] ${pids.at(-1)}\n`);
	}

	/** Waits until a foreground job has ended or stopped; gives its status. */
	async foreground(pids: readonly number[], text: string, known?: Job): Promise<number> {
		const shell = this.#shell;
		const left = new Set(pids.filter((pid) => !this.#results.has(pid)));
		let stopped: WaitResult | undefined;
		while (left.size > 0 && !stopped) {
			const result = await this.#next(this.controlled);
			if (!result) break;
			if (result.state === 'stopped') {
				if (left.has(result.pid)) stopped = result;
			} else left.delete(result.pid);
		}
		if (this.controlled && this.terminal) this.terminal.foregroundGroup = shell.process.processGroup;
		if (stopped) {
			const job = known ?? this.#newJob([...pids], text, 'stopped');
			job.state = 'stopped';
			job.signal = stopped.signal;
			await shell.process.write(2, `\n${this.describe(job)}`);
			return stopped.code;
		}
		if (known) this.#forget(known);
		const results = pids.map((pid) => this.#results.get(pid));
		for (const pid of pids) this.#results.delete(pid);
		const last = results.at(-1);
		const failed = shell.options.has('pipefail')
			? results.findLast((result) => result?.code !== 0)
			: undefined;
		if (last?.signal) await this.#report(last, text);
		return (failed ?? last)?.code ?? 127;
	}

	/** Waits for a child; gives its status, or 127 where it is none. `interruptible`: a trapped signal ends the wait. */
	async waitFor(pid: number, interruptible = false): Promise<number> {
		while (!this.#results.has(pid)) {
			const result = await this.#next(false, interruptible);
			if (!result) return interruptible && this.#shell.trapPending ? this.#shell.interruptedStatus() : 127;
		}
		const result = this.#results.get(pid);
		this.#results.delete(pid);
		this.#jobs = this.#jobs.filter((job) => !(job.state === 'done' && job.pids.includes(pid)));
		return result?.code ?? 127;
	}

	/** Whether a process is one that this shell has started in the background. */
	knows(pid: number): boolean {
		return this.#results.has(pid) || this.#jobs.some(({ pids }) => pids.includes(pid));
	}

	/** Waits for every child. */
	async waitForAll(): Promise<number> {
		while (this.#jobs.some(({ state }) => state === 'running')) {
			const result = await this.#next(false, true);
			if (!result) break;
		}
		if (this.#shell.trapPending) return this.#shell.interruptedStatus();
		this.#jobs = this.#jobs.filter(({ state }) => state !== 'done');
		return 0;
	}

	/** `%1`, `%%`, `%+`, `%-`, `%name`, or a pid. Throws ShellError. */
	find(text: string, command: string): Job {
		const name = text.slice(1);
		const found =
			text === '' || name === '%' || name === '+' || text === '%'
				? this.#jobs.at(-1)
				: name === '-'
					? (this.#jobs.at(-2) ?? this.#jobs.at(-1))
					: text.startsWith('%')
						? this.#jobs.find((job) => String(job.number) === name || job.text.startsWith(name))
						: this.#jobs.find((job) => job.pids.includes(Number(text)));
		if (found) return found;
		const what = text === '' ? 'current' : text;
		throw new ShellError(
			this.#shell.dialect.name === 'dash'
				? `${command}: No such job: ${what}`
				: `${command}: ${what}: no such job`,
			this.#shell.dialect.name === 'dash' ? 2 : 1,
		);
	}

	list(): readonly Job[] {
		return this.#jobs;
	}

	/** A job's line as `jobs` prints it. */
	describe(job: Job): string {
		const mark = job === this.#jobs.at(-1) ? '+' : job === this.#jobs.at(-2) ? '-' : ' ';
		const { name } = this.#shell.dialect;
		const label = name === 'dash' ? `[${job.number}] ${mark} ` : `[${job.number}]${mark}  `;
		const state = stateWords(job);
		const background = name === 'bash' && job.state === 'running' ? ' &' : '';
		return `${label}${state.padEnd(name === 'bash' ? 24 : 27)}${job.text}${background}\n`;
	}

	/** Collects what has ended meanwhile; gives the lines that an interactive shell prints before its prompt. */
	async collect(): Promise<string> {
		while (true) {
			try {
				const result = await this.#shell.process.wait(-1, { noHang: true, untraced: true });
				if (!result) break;
				this.#keep(result);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				if (error.code !== 'EINTR') break;
			}
		}
		const done = this.#jobs.filter(({ state }) => state === 'done');
		const lines = done.map((job) => this.describe(job)).join('');
		for (const job of done) this.#forget(job);
		return lines;
	}

	/** Resumes a stopped job, in the foreground or not. */
	async resume(job: Job, foreground: boolean): Promise<number> {
		const { process } = this.#shell;
		job.state = 'running';
		if (foreground && this.terminal) this.terminal.foregroundGroup = job.pids[0];
		process.kill(-job.pids[0], 'CONT');
		if (!foreground) return 0;
		return this.foreground(job.pids, job.text, job);
	}

	#newJob(pids: number[], text: string, state: Job['state']): Job {
		const number = Math.max(0, ...this.#jobs.map((job) => job.number)) + 1;
		const job: Job = { number, pids, state, text, status: 0 };
		this.#jobs.push(job);
		return job;
	}

	#forget(job: Job): void {
		this.#jobs = this.#jobs.filter((other) => other !== job);
	}

	/** The next child that ends or stops; undefined where there is none, or a trap interrupts. */
	async #next(untraced: boolean, interruptible = false): Promise<WaitResult | undefined> {
		while (true) {
			try {
				const result = await this.#shell.process.wait(-1, { untraced });
				if (result) this.#keep(result);
				return result;
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				if (error.code !== 'EINTR') return undefined;
				if (interruptible && this.#shell.trapPending) return undefined;
			}
		}
	}

	#keep(result: WaitResult): void {
		const job = this.#jobs.find(({ pids }) => pids.includes(result.pid));
		if (result.state === 'stopped') {
			if (job) Object.assign(job, { state: 'stopped', signal: result.signal });
			return;
		}
		this.#results.set(result.pid, result);
		if (!job || job.pids.at(-1) !== result.pid) return;
		Object.assign(job, { state: 'done', status: result.code, signal: result.signal });
	}

	/** Says how a foreground job died, as shells do for all but INT and PIPE. */
	async #report(result: WaitResult, text: string): Promise<void> {
		const shell = this.#shell;
		const words = signalDescription(result.signal!);
		if (result.signal === 'INT' && shell.interactive) await shell.process.write(2, '\n');
		if (words === '') return;
		if (shell.dialect.name !== 'bash' || shell.interactive) return shell.process.write(2, `${words}\n`);
		await shell.complain(`${String(result.pid).padStart(5)} ${words.padEnd(23)} ${text}`);
	}
}

function stateWords(job: Job): string {
	if (job.state === 'running') return 'Running';
	if (job.state === 'stopped')
		return job.signal === 'TSTP' || !job.signal ? 'Stopped' : signalDescription(job.signal);
	if (job.signal) return signalDescription(job.signal) || `Signal ${signalNumber(job.signal)}`;
	return job.status === 0 ? 'Done' : `Exit ${job.status}`;
}
