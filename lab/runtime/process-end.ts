// How a process ends, and what unwinds its program from within its calls.
import type { Executable } from './kernel.ts';
import type { Signal } from './process.ts';

/** How a process has ended. */
export interface ProcessExit {
	code: number;
	signal?: Signal;
}

/** Thrown through a program's code when its process has ended. Not an Error, so that no handler takes it for one. */
export class ProcessEnd {}

/** Thrown through a program's code when it is replaced by another. */
export class Replacement {
	readonly executable: Executable;
	constructor(executable: Executable) {
		this.executable = executable;
	}
}
