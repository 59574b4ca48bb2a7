// A command of the matrix, and what must come of it.

export interface Step {
	run: string;
	/** What standard output must contain; standard error where the command fails. */
	expect?: RegExp;
	/** What standard error must contain, where the command succeeds. */
	warns?: RegExp;
	exit?: number;
	/** The first minor version of kubectl 1 that has the command. */
	since?: number;
}
