// Every builtin of the shells, by name.
import type { Builtin } from './builtins/builtin.ts';
import { commandBuiltins } from './builtins/commands.ts';
import { controlBuiltins } from './builtins/control.ts';
import { directoryBuiltins } from './builtins/directories.ts';
import { outputBuiltins } from './builtins/output.ts';
import { processBuiltins } from './builtins/processes.ts';
import { readBuiltins } from './builtins/read.ts';
import { testBuiltins } from './builtins/test.ts';
import { variableBuiltins } from './builtins/variables.ts';

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
