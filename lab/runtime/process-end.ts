// What unwinds a program from within its calls.
import type { Executable } from './kernel.ts';

/** Thrown through a program's code when its process has ended. Not an Error, so that no handler takes it for one. */
export class ProcessEnd {}

/** Thrown through a program's code when it is replaced by another. */
export class Replacement {
	readonly executable: Executable;
	constructor(executable: Executable) {
		this.executable = executable;
	}
}
