// What the processes of one container have in common: starts, signals, groups, orphans, the end of its first process.
import type { Clock } from '../clock.ts';
import type { NetworkNamespace } from '../network/network.ts';
import type { Random } from '../random.ts';
import { systemError } from './errors.ts';
import { FileView } from './file-view.ts';
import type { MountTable } from './mounts.ts';
import {
	type OpenFile,
	type ProcessInfo,
	type Program,
	type Signal,
	type SpawnOptions,
	SystemError,
} from './process.ts';
import type { ProcessNamespace } from './process-namespace.ts';
import { Processor } from './processor.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { TerminalDevice } from './terminal.ts';
import type { Turns } from './turns.ts';

/** pids.max of a container: more processes, zombies included, give EAGAIN. */
const mostProcesses = 256;
/** Where no limit is set, a container can take what its simulated node has. */
const nodeBytes = 512 * 1024 * 1024;
/** What a small C program occupies. */
const processBytes = 400 * 1024;

export interface KernelOptions {
	clock: Clock;
	random: Random;
	turns: Turns;
	network: NetworkNamespace;
	hostname: string;
	mounts: MountTable;
	/** Its own, or one that it shares with other containers. */
	namespace: ProcessNamespace;
	memoryLimitBytes?: number;
	/** In cores. */
	processorLimit?: number;
	/** Called when the memory limit is hit, before every process is killed. */
	outOfMemory: () => void;
}

/** As whom a process runs: its user, its group, and the groups that it is in besides (credentials(7)). */
export interface Credentials {
	uid: number;
	gid: number;
	groups: readonly number[];
}

/** The command, resolved: which program runs, with which arguments. */
export interface Executable {
	program: Program;
	argv: readonly string[];
}

export class Kernel {
	readonly options: KernelOptions;
	readonly processor: Processor;
	/** The processes of its namespace, by number. */
	readonly table: ReadonlyMap<number, SimulatedProcess>;
	/** The container's first process: PID 1, unless it shares a namespace. */
	init: SimulatedProcess | undefined;
	/** How many processes the container has, zombies included. */
	#count = 0;
	#lastPipe = 0;
	#allocated = 0;

	constructor(options: KernelOptions) {
		this.options = options;
		this.table = options.namespace.table;
		this.processor = new Processor(options.clock, options.turns, options.processorLimit);
	}

	/** Process memory of the container in bytes. */
	get memoryBytes(): number {
		return this.#allocated;
	}

	nextPipe(): number {
		return ++this.#lastPipe;
	}

	/**
	 * Starts a process that the container's runtime asks for: PID 1, or an exec, whose parent is outside.
	 * `onEnd` is called when it has ended. Throws SystemError where the command cannot be run.
	 */
	start(
		options: {
			argv: string[];
			env: ReadonlyMap<string, string>;
			cwd: string;
			user: Credentials;
			files: readonly OpenFile[];
			terminal?: TerminalDevice;
		},
		onEnd: (process: SimulatedProcess) => void,
	): SimulatedProcess {
		const process = new SimulatedProcess(this, this.options.namespace.nextPid(), undefined, {
			argv: options.argv,
			env: new Map(options.env),
			cwd: options.cwd,
			umask: 0o022,
			...options.user,
			terminal: options.terminal,
		});
		const executable = this.resolve(undefined, options.argv, process.env, process);
		options.files.forEach((file, descriptor) => {
			process.setFile(descriptor, file);
		});
		if (options.terminal) {
			options.terminal.session = process.pid;
			options.terminal.foregroundGroup = process.pid;
		}
		this.init ??= process;
		this.#add(process, executable, onEnd);
		return process;
	}

	spawn(parent: SimulatedProcess, options: SpawnOptions): SimulatedProcess {
		if (this.#count >= mostProcesses) throw systemError('EAGAIN');
		const env = new Map(options.env ?? parent.env);
		const executable = options.program
			? { program: options.program, argv: options.argv }
			: this.resolve(options.path, options.argv, env, parent);
		const pid = this.options.namespace.nextPid();
		const child = new SimulatedProcess(this, pid, parent, {
			argv: executable.argv,
			env,
			cwd: options.cwd ?? parent.cwd,
			umask: parent.umask,
			uid: parent.uid,
			gid: parent.gid,
			groups: parent.groups,
			terminal: options.newSession ? undefined : parent.terminal,
		});
		child.session = options.newSession ? pid : parent.session;
		child.processGroup = options.newSession
			? pid
			: options.processGroup === 0
				? pid
				: (options.processGroup ?? parent.processGroup);
		child.inherit(parent, options.files);
		this.#add(child, executable, () => {});
		return child;
	}

	/** Finds what a command runs: PATH where the name has no slash, `#!` lines, programs of the lab. */
	resolve(
		file: string | undefined,
		argv: readonly string[],
		env: ReadonlyMap<string, string>,
		viewer: SimulatedProcess,
	): Executable {
		const view = new FileView(this.options.mounts, viewer);
		const path = findExecutable(file ?? argv[0] ?? '', env.get('PATH') ?? defaultPath, view);
		return this.#interpret(path, [...argv], view, 0);
	}

	#interpret(path: string, argv: string[], view: FileView, depth: number): Executable {
		if (depth > 4) throw systemError('ELOOP');
		const program = view.programOf(path);
		if (program) return { program, argv };
		const [first] = view.readText(path).split('\n', 1);
		const [, interpreter, argument] = /^#!\s*(\S+)(?:\s+(.*\S))?\s*$/.exec(first) ?? [];
		if (!interpreter) throw systemError('ENOEXEC');
		if (!view.exists(interpreter)) throw systemError('ENOENT');
		const next = [interpreter, ...(argument ? [argument] : []), path, ...argv.slice(1)];
		return this.#interpret(interpreter, next, view, depth + 1);
	}

	/** Sends a signal from within the container; negative for a group. Throws ESRCH, or EPERM. */
	kill(sender: SimulatedProcess, pid: number, signal: Signal | 0): void {
		const targets = [...this.table.values()].filter(
			(process) =>
				!process.reaped &&
				(pid > 0
					? process.pid === pid
					: pid === -1
						? process !== this.options.namespace.init && process !== sender
						: process.processGroup === (pid === 0 ? sender.processGroup : -pid)),
		);
		if (targets.length === 0) throw systemError('ESRCH');
		const allowed = targets.filter((target) => sender.uid === 0 || sender.uid === target.uid);
		if (allowed.length === 0) throw systemError('EPERM');
		if (signal !== 0) for (const target of allowed) target.deliver(signal, false);
	}

	signalGroup(group: number, signal: Signal): void {
		for (const process of [...this.table.values()])
			if (process.processGroup === group) process.deliver(signal, false);
	}

	/** Ends every process of the container at once, as the end of its first one and its removal do. */
	killAll(): void {
		const own = [...this.table.values()].filter((process) => process.kernel === this);
		for (const process of own) process.end({ code: 137, signal: 'KILL' });
		for (const process of own) this.reap(process);
	}

	allocate(bytes: number): void {
		this.#allocated += bytes;
		const limit = this.options.memoryLimitBytes ?? nodeBytes;
		if (bytes <= 0 || this.#allocated <= limit) return;
		// memory.oom.group, as the kubelet sets it: the whole container goes, not one process of it.
		this.options.outOfMemory();
		this.killAll();
	}

	/** A process has ended: its children get PID 1 as parent, its parent can wait for it. */
	ended(process: SimulatedProcess, onEnd: (process: SimulatedProcess) => void): void {
		this.#allocated -= processBytes + process.memoryBytes;
		const { namespace } = this.options;
		const { init } = namespace;
		for (const child of this.table.values()) {
			if (child.parent !== process) continue;
			child.parent = init && init !== process && !init.ending ? init : undefined;
			if (child.ending) this.#offer(child);
		}
		const { terminal } = process;
		if (terminal && terminal.session === process.pid) {
			this.signalGroup(terminal.foregroundGroup, 'HUP');
			terminal.hangUp();
		}
		this.#offer(process);
		onEnd(process);
		if (process === init) namespace.killAll();
		else if (process === this.init) this.killAll();
	}

	reap(process: SimulatedProcess): void {
		if (process.reaped) return;
		process.reaped = true;
		this.options.namespace.table.delete(process.pid);
		process.kernel.#count--;
	}

	processes(): ProcessInfo[] {
		return [...this.table.values()].map((process) => process.info());
	}

	#add(process: SimulatedProcess, executable: Executable, onEnd: (process: SimulatedProcess) => void): void {
		this.options.namespace.table.set(process.pid, process);
		this.#count++;
		process.run(executable, onEnd);
		this.allocate(processBytes);
	}

	/** Lets the parent reap a zombie; one whose parent is outside the container, or does not care, goes at once. */
	#offer(process: SimulatedProcess): void {
		const { parent } = process;
		if (!parent || parent.ending || parent.signalAction('CHLD') === 'ignore') this.reap(process);
		parent?.childChanged();
	}
}

/** What execvp uses where PATH is not set. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The path of the file that a command's name runs. Throws SystemError ENOENT or EACCES. */
export function findExecutable(name: string, path: string, view: FileView): string {
	const check = (file: string) => {
		if (view.status(file).kind !== 'file' || !view.permits(file, 1)) throw systemError('EACCES');
		return file;
	};
	if (name === '') throw systemError('ENOENT');
	if (name.includes('/')) return check(name);
	let denied = false;
	for (const folder of path.split(':')) {
		const file = `${folder === '' ? '.' : folder.replace(/\/+$/, '')}/${name}`;
		if (!view.exists(file)) continue;
		try {
			return check(file);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			denied = true;
		}
	}
	throw systemError(denied ? 'EACCES' : 'ENOENT');
}
