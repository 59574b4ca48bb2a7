// test and [, as the executables have them, in the shell's words.
import { TestError, testHolds, withoutBracket } from '../../programs/test.ts';
import { ShellError } from '../control-flow.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

function run(shell: Shell, name: string, args: () => readonly string[]): number {
	const { wording, bash } = shell.dialect;
	const isSet = bash ? (variable: string) => shell.parameter(variable) !== undefined : undefined;
	try {
		return testHolds({ process: shell.process, wording, isSet }, args()) ? 0 : 1;
	} catch (error) {
		if (!(error instanceof TestError)) throw error;
		throw new ShellError(wording === 'busybox' ? error.message : `${name}: ${error.message}`, 2);
	}
}

export const testBuiltins: Record<string, Builtin> = {
	test: { run: (shell, args) => run(shell, 'test', () => args) },
	'[': { run: (shell, args) => run(shell, '[', () => withoutBracket(args, shell.dialect.wording)) },
};
