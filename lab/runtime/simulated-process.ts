// A process: the calls that its program makes, its descriptors, its signals, its end.

import type { Clock } from '../clock.ts';
import type { NetworkNamespace } from '../network/network.ts';
import type { Random } from '../random.ts';
import { BlockedCalls, type Start } from './blocked-calls.ts';
import { encode } from './byte-text.ts';
import { Children } from './children.ts';
import { Descriptors } from './descriptors.ts';
import { systemError } from './errors.ts';
import { FileView } from './file-view.ts';
import type { Credentials, Executable, Kernel } from './kernel.ts';
import { openFlags, openInode } from './open-files.ts';
import { createPipe } from './pipe.ts';
import {
	type OpenFile,
	type Process,
	type ProcessInfo,
	type Signal,
	type SpawnOptions,
	SystemError,
	type WaitResult,
} from './process.ts';
import { ProcessEnd, type ProcessExit, Replacement } from './process-end.ts';
import { ProcessNetwork } from './process-network.ts';
import { SignalActions } from './signal-actions.ts';
import { defaultAction, signalNumber } from './signals.ts';
import { Stop } from './stop.ts';
import type { TerminalDevice } from './terminal.ts';
import type { Share } from './turns.ts';

/** What a call costs in steps, and what a new process does. */
const callSteps = 1;
const spawnSteps = 100;

/** What a process is started with. */
interface Attributes extends Credentials {
	argv: readonly string[];
	env: Map<string, string>;
	cwd: string;
	umask: number;
	terminal: TerminalDevice | undefined;
}

export class SimulatedProcess implements Process {
	readonly pid: number;
	parent: SimulatedProcess | undefined;
	processGroup: number;
	session: number;
	argv: readonly string[];
	env: Map<string, string>;
	cwd: string;
	umask: number;
	readonly uid: number;
	readonly gid: number;
	readonly groups: readonly number[];
	readonly terminal: TerminalDevice | undefined;
	readonly files: FileView;
	readonly network: NetworkNamespace;
	/** Set from the moment the process ends; until it is reaped, it is a zombie. */
	ending: ProcessExit | undefined;
	reaped = false;
	memoryBytes = 0;
	/** What it shares with the other processes of its container. */
	readonly kernel: Kernel;
	readonly #network: ProcessNetwork;
	readonly #startedAt: number;
	readonly descriptors = new Descriptors();
	readonly #signals = new SignalActions();
	readonly #blocked = new BlockedCalls();
	readonly #share: Share = { turn: 0, used: 0 };
	#unwound = false;
	readonly stop = new Stop();
	readonly #children = new Children(this);
	#onEnd: (process: SimulatedProcess) => void = () => {};

	constructor(kernel: Kernel, pid: number, parent: SimulatedProcess | undefined, attributes: Attributes) {
		this.kernel = kernel;
		this.pid = pid;
		this.parent = parent;
		this.processGroup = pid;
		this.session = pid;
		this.argv = attributes.argv;
		this.env = attributes.env;
		this.cwd = attributes.cwd;
		this.umask = attributes.umask;
		this.uid = attributes.uid;
		this.gid = attributes.gid;
		this.groups = attributes.groups;
		this.terminal = attributes.terminal;
		this.#startedAt = kernel.options.clock.now();
		this.files = new FileView(kernel.options.mounts, this);
		this.#network = new ProcessNetwork(kernel.options.network, this);
		this.network = this.#network;
	}

	get parentPid(): number {
		return this.parent?.pid ?? 0;
	}

	get hostname(): string {
		return this.kernel.options.hostname;
	}

	get clock(): Clock {
		return this.kernel.options.clock;
	}

	get random(): Random {
		return this.kernel.options.random;
	}

	now(): number {
		return this.clock.now();
	}

	/** Throws what unwinds the program once the process has ended. */
	check(): void {
		if (this.ending) throw new ProcessEnd();
	}

	/** Takes steps without waiting: what is over its share, it waits for at its next call. */
	charge(steps: number): void {
		this.kernel.processor.take(this.#share, steps);
	}

	file(descriptor: number): OpenFile {
		this.check();
		return this.descriptors.get(descriptor);
	}

	setFile(descriptor: number, file: OpenFile | null): void {
		this.check();
		this.descriptors.set(descriptor, file);
	}

	/** Takes over a parent's descriptors and ignored signals, as fork does. */
	inherit(parent: SimulatedProcess, files: SpawnOptions['files']): void {
		this.descriptors.inherit(parent.descriptors, files);
		this.#signals.inherit(parent.#signals);
	}

	async read(descriptor: number, max = 65_536): Promise<Uint8Array> {
		await this.enter(true);
		return this.file(descriptor).read(max, this);
	}

	async write(descriptor: number, data: string | Uint8Array): Promise<void> {
		const bytes = typeof data === 'string' ? encode(data) : data;
		await this.enter(false);
		await this.file(descriptor).write(bytes, this);
	}

	pipe(): { reader: OpenFile; writer: OpenFile } {
		this.check();
		return createPipe(this.kernel.nextPipe());
	}

	open(path: string, flags: string, mode?: number): OpenFile {
		const wanted = openFlags(flags);
		const { inode, place } = this.files.openInode(path, { ...wanted, mode });
		return openInode(inode, place, wanted, {
			now: () => this.now(),
			random: this.kernel.options.random,
			terminal: this.terminal,
		});
	}

	spawn(options: SpawnOptions): { pid: number } {
		this.check();
		this.kernel.processor.take(this.#share, spawnSteps);
		return { pid: this.kernel.spawn(this, options).pid };
	}

	async exec(argv: readonly string[], env?: ReadonlyMap<string, string>, path?: string): Promise<never> {
		await this.enter(false, spawnSteps);
		const environment = new Map(env ?? this.env);
		const executable = this.kernel.resolve(path, argv, environment, this);
		this.env = environment;
		throw new Replacement(executable);
	}

	async wait(
		pid = -1,
		options: { noHang?: boolean; untraced?: boolean } = {},
	): Promise<WaitResult | undefined> {
		await this.enter(true);
		return this.#children.wait(pid, options);
	}

	/** A child has ended or stopped. */
	childChanged(): void {
		this.#children.changed();
		this.deliver('CHLD', false);
	}

	kill(pid: number, signal: Signal | 0): void {
		this.check();
		this.kernel.kill(this, pid, signal);
		// What a process sends itself has come before kill returns (POSIX, kill).
		this.check();
		this.#signals.runHandlers();
	}

	signalAction(signal: Signal): 'default' | 'ignore' | 'handler' {
		const action = this.#signals.get(signal);
		return typeof action === 'function' ? 'handler' : action;
	}

	onSignal(signal: Signal, action: 'default' | 'ignore' | (() => void)): void {
		this.check();
		this.#signals.set(signal, action);
	}

	setProcessGroup(pid: number, group: number): void {
		this.check();
		const target = this.kernel.table.get(pid === 0 ? this.pid : pid);
		if (!target) throw systemError('ESRCH');
		if (target.session === target.pid && target !== this) throw systemError('EPERM');
		target.processGroup = group === 0 ? target.pid : group;
	}

	exit(code: number): never {
		this.end({ code: code & 0xff });
		throw new ProcessEnd();
	}

	async sleep(ms: number): Promise<void> {
		await this.enter(true);
		await this.block<void>((done) => {
			const timer = this.clock.after(ms, done);
			return () => timer.cancel();
		});
	}

	step(steps = 1): Promise<void> | undefined {
		if (this.ending) return this.#unwind();
		this.#signals.runHandlers();
		if (this.stop.signal) return this.#gate();
		return this.kernel.processor.take(this.#share, steps) ? undefined : this.#nextTurn();
	}

	allocate(bytes: number): void {
		this.check();
		const change = Math.max(bytes, -this.memoryBytes);
		this.memoryBytes += change;
		this.kernel.allocate(change);
	}

	processes(): readonly ProcessInfo[] {
		return this.kernel.processes();
	}

	info(): ProcessInfo {
		return {
			pid: this.pid,
			parentPid: this.parentPid,
			processGroup: this.processGroup,
			session: this.session,
			argv: this.argv,
			env: this.env,
			cwd: this.cwd,
			uid: this.uid,
			gid: this.gid,
			umask: this.umask,
			state: this.ending ? 'Z' : this.stop.signal ? 'T' : this.#blocked.size > 0 ? 'S' : 'R',
			startedAt: this.#startedAt,
			tty: this.terminal !== undefined,
			memoryBytes: this.memoryBytes,
		};
	}

	block<T>(start: Start<T>): Promise<T> {
		const waiting = this.#wait(start, true);
		// A stopped process goes on only after CONT, whatever it waited for.
		return waiting.then((value) => (this.stop.signal ? this.#gate().then(() => value) : value));
	}

	/**
	 * The beginning of every system call: it may have to wait for the process's turn or for CONT, runs the
	 * handlers of signals that have come, and ends an interruptible call by EINTR where one ran.
	 */
	async enter(interruptible: boolean, steps = callSteps): Promise<void> {
		if (this.ending) await this.#unwind();
		if (!this.kernel.processor.take(this.#share, steps)) await this.#nextTurn();
		if (this.stop.signal) await this.#gate();
		if (this.#signals.runHandlers() && interruptible) throw systemError('EINTR');
	}

	/** Sends a signal. Only from outside the container can KILL and STOP reach PID 1 (pid_namespaces(7)). */
	deliver(signal: Signal, fromOutside: boolean): void {
		if (this.ending) return;
		const action = this.#signals.get(signal);
		if (signal === 'CONT') this.stop.end();
		const forced = signal === 'KILL' || signal === 'STOP';
		if (this.pid === 1 && typeof action !== 'function' && !(forced && fromOutside)) return;
		if (action === 'ignore') return;
		if (action !== 'default') {
			this.#signals.pend(action);
			this.#interrupt();
			return;
		}
		const effect = defaultAction(signal);
		if (effect === 'end') this.end({ code: 128 + signalNumber(signal), signal });
		if (effect === 'stop' && this.stop.begin(signal)) this.parent?.childChanged();
	}

	/** Ends the process at once; its program is unwound from the call it waits in or makes next. */
	end(exit: ProcessExit): void {
		if (this.ending) return;
		this.ending = exit;
		this.descriptors.close();
		this.#network.close();
		this.#unwound ||= this.#blocked.size > 0;
		this.#blocked.failAll(new ProcessEnd());
		this.stop.wake();
		this.kernel.ended(this, this.#onEnd);
	}

	/** Runs the program in a later microtask, until it returns, exits or is ended. */
	run(executable: Executable, onEnd: (process: SimulatedProcess) => void): void {
		this.#onEnd = onEnd;
		this.argv = executable.argv;
		queueMicrotask(() => void this.#main(executable));
	}

	async #main(executable: Executable): Promise<void> {
		let { program } = executable;
		while (!this.ending) {
			try {
				const code = await program(this);
				this.end({ code: code & 0xff });
			} catch (thrown) {
				if (thrown instanceof Replacement) {
					program = thrown.executable.program;
					this.argv = thrown.executable.argv;
					this.#signals.forgetHandlers();
				} else if (!(thrown instanceof ProcessEnd)) await this.#fail(thrown);
			}
		}
	}

	/** A program that lets an error escape has crashed: it says so, as an abort does. */
	async #fail(thrown: unknown): Promise<void> {
		const message = thrown instanceof Error ? thrown.message : String(thrown);
		try {
			await this.write(2, `${this.argv[0]}: ${message}\n`);
		} catch {
			// Nobody reads what it says, or it has been killed meanwhile.
		}
		this.end({ code: thrown instanceof SystemError ? 1 : 134 });
	}

	#wait<T>(start: Start<T>, interruptible: boolean): Promise<T> {
		return this.ending ? this.#unwind() : this.#blocked.wait(start, interruptible);
	}

	#nextTurn(): Promise<void> {
		const turn = this.#wait<void>((done) => this.kernel.processor.next(done), false);
		return turn.then(() => (this.stop.signal ? this.#gate() : undefined));
	}

	/** Waits for CONT while stopped. */
	async #gate(): Promise<void> {
		while (this.stop.signal && !this.ending) await this.stop.over();
		if (this.ending) await this.#unwind();
	}

	/**
	 * A call of a process that has ended: the first unwinds the program, all others never come back, so that a
	 * program which swallows what it is unwound by does not go on for ever.
	 */
	#unwind(): Promise<never> {
		if (this.#unwound) return new Promise(() => {});
		this.#unwound = true;
		return Promise.reject(new ProcessEnd());
	}

	#interrupt(): void {
		const waiting = this.#blocked.interruptible();
		if (waiting.length === 0) return;
		this.#signals.runHandlers();
		this.#blocked.fail(waiting, systemError('EINTR'));
	}
}
