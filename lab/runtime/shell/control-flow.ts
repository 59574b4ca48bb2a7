// What unwinds the execution of a script. None of these is an Error: they are not failures of the lab.

/** break, continue and return with how far they go. */
export class Jump {
	readonly type: 'break' | 'continue' | 'return';
	/** Loops left to leave, or the status of a return. */
	count: number;
	constructor(type: 'break' | 'continue' | 'return', count: number) {
		this.type = type;
		this.count = count;
	}
}

/** The shell ends. */
export class ShellExit {
	readonly status: number;
	constructor(status: number) {
		this.status = status;
	}
}

/** A mistake that ends a script, and a line of an interactive shell: it has been reported already. */
export class Abort {
	readonly status: number;
	constructor(status: number) {
		this.status = status;
	}
}

/** A builtin or an expansion fails with a message, which its shell prints in its own form. */
export class ShellError extends Error {
	readonly status: number;
	/** Ends a script, as a special builtin's mistake does. */
	readonly fatal: boolean;
	constructor(message: string, status = 1, fatal = false) {
		super(message);
		this.status = status;
		this.fatal = fatal;
	}
}
