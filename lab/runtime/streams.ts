// Bytes between a process and whoever is outside its pod.

/** Bytes as they come; the iteration ends at end of file. */
export type ByteSource = AsyncIterable<Uint8Array>;

export interface TerminalSize {
	columns: number;
	rows: number;
}

/** The far side of `kubectl exec` and `attach`. */
export interface ExecStreams {
	tty: boolean;
	/** Absent where the client sends none. */
	stdin?: ByteSource;
	/** Resolves when the client can take more. */
	stdout(data: Uint8Array): Promise<void> | void;
	/** With a tty nothing comes here. */
	stderr(data: Uint8Array): Promise<void> | void;
	/** The terminal's size now and at each change; only with a tty. */
	sizes?: AsyncIterable<TerminalSize>;
	/** Aborted when the client has gone. */
	signal: AbortSignal;
}

/** How a process ended: by itself with a code, or by a signal, in which case the code is 128 + its number. */
export interface ExitStatus {
	code: number;
	signal?: string;
	/** Said instead where the command could not be started, as containerd words it. */
	startError?: string;
}
