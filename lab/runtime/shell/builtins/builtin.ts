// What a builtin is, and which of them are special.
import type { Dialect } from '../dialect.ts';
import type { Shell } from '../shell.ts';

export interface Builtin {
	/** Gives the exit status. */
	run(shell: Shell, args: string[]): number | Promise<number>;
	/** Which shells have it; all where absent. */
	only?: (dialect: Dialect) => boolean;
}

/** POSIX.1-2024, Shell Command Language, 2.15. */
export const specialBuiltins: ReadonlySet<string> = new Set([
	'.',
	':',
	'break',
	'continue',
	'eval',
	'exec',
	'exit',
	'export',
	'readonly',
	'return',
	'set',
	'shift',
	'times',
	'trap',
	'unset',
]);

/** Builtins whose arguments may be assignments. */
export const declarations: ReadonlySet<string> = new Set([
	'export',
	'readonly',
	'local',
	'declare',
	'typeset',
]);
