// What a terminal needs of whatever runs its shell: a pseudo-terminal of this host, later a pod's.

export interface ShellOptions {
	/** Where the shell starts. */
	directory: string;
	/** The shell's whole environment: nothing else is inherited. */
	environment: Record<string, string>;
	columns: number;
	rows: number;
	/** The secret that the shell's marks carry (marks.ts). */
	nonce: string;
}

export type SignalName = 'INT' | 'TERM' | 'KILL' | 'QUIT' | 'HUP';

/** A running shell and its tty. */
export interface ShellProcess {
	readonly pid: number;
	/**
	 * Whether the shell says when a command starts to run. One that does not (POSIX sh has no hook for it) is
	 * taken to run one from the Enter that was sent until its next prompt.
	 */
	readonly marksStart: boolean;
	/** Bytes that were written and that the tty has not taken yet. */
	readonly queued: number;
	/** Types bytes; they are queued where the program on the tty does not read. */
	write(data: Uint8Array): void;
	resize(columns: number, rows: number): void;
	/** Stops reading output, which blocks the program once the tty's buffer is full. */
	pause(): void;
	resume(): void;
	/** Signals the foreground process group. */
	signal(signal: SignalName): Promise<void>;
	/** Ends the shell, whatever it does. */
	kill(): void;
}

export interface ShellEvents {
	data(chunk: Buffer): void;
	/** The shell is gone, and all its output has come. A signal's number adds 128, as a shell counts. */
	exit(exitCode: number): void;
}

export interface TerminalBackend {
	/** Starts a shell. Throws an Error that names the shell where it cannot be started. */
	start(options: ShellOptions, events: ShellEvents): ShellProcess;
}
