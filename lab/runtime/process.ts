// What a program in a container sees of its system: the calls of a small POSIX kernel.
import type { Clock } from '../clock.ts';
import type { NetworkNamespace } from '../network/network.ts';
import type { Random } from '../random.ts';
import type { FileSystem } from './files.ts';

export type Signal =
	| 'HUP'
	| 'INT'
	| 'QUIT'
	| 'KILL'
	| 'USR1'
	| 'USR2'
	| 'PIPE'
	| 'ALRM'
	| 'TERM'
	| 'CHLD'
	| 'CONT'
	| 'STOP'
	| 'TSTP'
	| 'TTIN'
	| 'TTOU'
	| 'WINCH';

/**
 * A program: runs as a process until it returns its exit code, or throws what `Process.exit` or a signal throws.
 * Once its process has ended, a program is unwound by what its pending or next call throws; it is no Error, so a
 * `catch` that rethrows what is not a SystemError lets it pass. A promise that a program starts without awaiting
 * it needs a `catch` of its own. What a `finally` awaits after that never comes.
 */
export type Program = (process: Process) => number | Promise<number>;

/** An open file description: a file, a pipe's end, a terminal, a socket. Shared by every descriptor that is a copy of it. */
export interface OpenFile {
	readonly kind: 'file' | 'pipe' | 'tty' | 'socket' | 'null' | 'directory';
	/** Up to `max` bytes; an empty array at end of file. Waits for data on a pipe, tty or socket. */
	read(max: number, caller: Process): Promise<Uint8Array>;
	/** All of the data, waiting where the pipe is full; throws SystemError EPIPE (and sends PIPE) when nobody reads. */
	write(data: Uint8Array, caller: Process): Promise<void>;
	retain(): void;
	/** Closes for good when the last descriptor lets go. */
	release(): void;
	readonly terminal?: Terminal;
	/** Moves the position of the next read or write (lseek(2), SEEK_SET); only a regular file has it. */
	seek?(offset: number): void;
	/** Sets the length (ftruncate(2)); only a regular file has it. */
	truncate?(size: number): void;
	/** Takes the file's one exclusive lock (flock(2), LOCK_EX and LOCK_NB), until the last release; throws SystemError EAGAIN. */
	lock?(): void;
	/** What /proc/PID/fd shows: a path, or pipe:[4]. */
	readonly name: string;
}

/** A controlling terminal with line discipline. */
export interface Terminal {
	/** Its device, as `/dev/pts/0`. */
	readonly name: string;
	size: { columns: number; rows: number };
	/** Cooked: the line discipline edits and echoes lines and turns ^C, ^Z, ^\ into signals. Raw: every byte as it comes. */
	mode: { canonical: boolean; echo: boolean; signals: boolean };
	foregroundGroup: number;
}

/** A failed system call, as errno has it: `code` is ENOENT, EACCES, ECONNREFUSED, … and `message` strerror's words. */
export class SystemError extends Error {
	readonly code: string;
	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

export interface SpawnOptions {
	argv: readonly string[];
	/** The file to run, where it is not the one that argv[0] names. */
	path?: string;
	env?: ReadonlyMap<string, string>;
	cwd?: string;
	/** Descriptor → open file, which the child holds by itself; what is not named is inherited, null closes it. */
	files?: ReadonlyMap<number, OpenFile | null>;
	/** 0 makes a new group with the child as its leader; absent stays in the caller's. */
	processGroup?: number;
	/** Starts the child in a new session without a terminal. */
	newSession?: boolean;
	/** Runs instead of the file that argv[0] names: a subshell, a builtin in a pipeline. */
	program?: Program;
}

export interface WaitResult {
	pid: number;
	state: 'exited' | 'stopped';
	/** The exit code, or 128 + the signal's number. */
	code: number;
	signal?: Signal;
}

export interface Process {
	readonly pid: number;
	readonly parentPid: number;
	readonly processGroup: number;
	readonly argv: readonly string[];
	readonly env: Map<string, string>;
	cwd: string;
	umask: number;
	readonly uid: number;
	readonly gid: number;
	/** Every group that it is in, its own first. */
	readonly groups: readonly number[];
	/** The container's host name. */
	readonly hostname: string;
	readonly clock: Clock;
	readonly files: FileSystem;
	readonly network: NetworkNamespace;
	/** Numbers in [0, 1) from the lab's seed. */
	readonly random: Random;

	/** The open file of a descriptor; throws SystemError EBADF. */
	file(descriptor: number): OpenFile;
	/**
	 * Puts an open file under a descriptor, releasing what was there; null closes. The descriptor takes over the
	 * caller's hold: `setFile(1, open(…))`, but `retain()` first for a file that another descriptor keeps (dup2).
	 */
	setFile(descriptor: number, file: OpenFile | null): void;
	/** Reads from a descriptor: bytes, or an empty array at end of file. */
	read(descriptor: number, max?: number): Promise<Uint8Array>;
	/** Writes all; text as UTF-8. */
	write(descriptor: number, data: string | Uint8Array): Promise<void>;
	/** Both ends of a new pipe of 64 KiB. */
	pipe(): { reader: OpenFile; writer: OpenFile };
	/** Opens a path relative to cwd; flags as fopen's: r, r+, w, w+, a, a+, and x for O_EXCL. */
	open(path: string, flags: string, mode?: number): OpenFile;

	/**
	 * Starts a child. argv[0] is looked up in PATH where it has no slash; `#!` scripts run their interpreter.
	 * Throws SystemError ENOENT or EACCES.
	 */
	spawn(options: SpawnOptions): { pid: number };
	/** Replaces this program by another (exec): never returns. */
	exec(argv: readonly string[], env?: ReadonlyMap<string, string>, path?: string): Promise<never>;
	/** Waits for a child (-1: any); undefined where `noHang` and none has ended; throws SystemError ECHILD. */
	wait(pid?: number, options?: { noHang?: boolean; untraced?: boolean }): Promise<WaitResult | undefined>;
	/**
	 * Waits for something that is not a call of this kernel. `start` begins it and gives a function that gives it
	 * up; a signal with a handler makes that call, and EINTR is thrown.
	 */
	block<T>(start: (done: (value: T) => void, fail: (error: unknown) => void) => () => void): Promise<T>;
	/** Sends a signal to a process, or with a negative pid to a group. Throws SystemError ESRCH or EPERM. */
	kill(pid: number, signal: Signal | 0): void;
	/** How a signal is taken now: a shell must not trap what was ignored when it started. */
	signalAction(signal: Signal): 'default' | 'ignore' | 'handler';
	/** A handler, 'ignore' or 'default'. A handler runs between system calls, and interrupts `sleep`, `wait` and `read` with SystemError EINTR. */
	onSignal(signal: Signal, action: 'default' | 'ignore' | (() => void)): void;
	setProcessGroup(pid: number, group: number): void;
	/** Ends this process; throws what the kernel catches. */
	exit(code: number): never;
	sleep(ms: number): Promise<void>;
	/**
	 * Every loop of a program that does not wait for a system call calls this once per round. It costs a
	 * step of the process's budget (or several), and gives a promise to await when the turn's budget is used up.
	 */
	step(steps?: number): Promise<void> | undefined;
	/** Accounts memory that the program holds (or, negative, gives back); the container's limit ends it by OOM. */
	allocate(bytes: number): void;
	/** The processes of this pod's (or container's) PID namespace, for ps, top and /proc. */
	processes(): readonly ProcessInfo[];
}

export interface ProcessInfo {
	pid: number;
	parentPid: number;
	processGroup: number;
	argv: readonly string[];
	env: ReadonlyMap<string, string>;
	cwd: string;
	uid: number;
	state: 'R' | 'S' | 'T' | 'Z';
	/** Milliseconds since 1970. */
	startedAt: number;
	tty: boolean;
	/** The session's leader. */
	session: number;
	/** The mode of new files, inverted. */
	umask: number;
	gid: number;
	memoryBytes: number;
}
