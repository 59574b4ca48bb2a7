// echo and printf, as the executables have them, in the shell's words.
import { echoed } from '../../programs/echo.ts';
import { format } from '../../programs/printf.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

async function printf(shell: Shell, args: string[]): Promise<number> {
	let [first, ...rest] = args;
	let variable: string | undefined;
	if (first === '-v' && shell.dialect.name === 'bash') [variable, first, ...rest] = rest;
	if (first === '--') [first, ...rest] = rest;
	if (first === undefined) {
		if (shell.dialect.bash)
			await shell.process.write(2, 'printf: usage: printf [-v var] format [arguments]\n');
		else if (shell.dialect.name === 'dash') await shell.complain('printf: usage: printf format [arg ...]');
		else await shell.complain('usage: printf FORMAT [ARGUMENT...]');
		return 2;
	}
	const { text, complaints, failed } = format(first, rest, shell.dialect.wording);
	for (const complaint of complaints) await shell.complain(`printf: ${complaint}`);
	if (variable) shell.assign(variable, text);
	else if (text !== '') await shell.process.write(1, text);
	return failed ? 1 : 0;
}

export const outputBuiltins: Record<string, Builtin> = {
	echo: {
		async run(shell, args) {
			await shell.process.write(1, echoed(args, shell.dialect.wording));
			return 0;
		},
	},
	printf: { run: printf },
};
