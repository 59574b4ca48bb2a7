// Every builtin of the shells, by name.
import { commandBuiltins } from './builtins/commands.ts';
import { controlBuiltins } from './builtins/control.ts';
import { directoryBuiltins } from './builtins/directories.ts';
import { outputBuiltins } from './builtins/output.ts';
import { processBuiltins } from './builtins/processes.ts';
import { readBuiltins } from './builtins/read.ts';
import { testBuiltins } from './builtins/test.ts';
import { variableBuiltins } from './builtins/variables.ts';
import type { Dialect } from './dialect.ts';
import type { Shell } from './shell.ts';

export interface Builtin {
	/** Gives the exit status. */
	run(shell: Shell, args: string[]): number | Promise<number>;
	/** Which shells have it; all where absent. */
	only?: (dialect: Dialect) => boolean;
}

export const builtins: ReadonlyMap<string, Builtin> = new Map(
	Object.entries({
		...commandBuiltins,
		...controlBuiltins,
		...directoryBuiltins,
		...outputBuiltins,
		...processBuiltins,
		...readBuiltins,
		...testBuiltins,
		...variableBuiltins,
	}),
);

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
