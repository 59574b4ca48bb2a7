// echo and printf.
import type { Builtin } from '../builtins.ts';
import { resolveEscapes } from '../escapes.ts';
import { formatted } from '../printf.ts';
import type { Shell } from '../shell.ts';

async function echo(shell: Shell, args: string[]): Promise<number> {
	let newline = true;
	let escapes = shell.dialect.echoEscapes;
	let rest = args;
	const option = shell.dialect.echoEscapes ? /^-n$/ : /^-[neE]+$/;
	while (rest.length > 0 && option.test(rest[0])) {
		if (rest[0].includes('n')) newline = false;
		if (rest[0].includes('e')) escapes = true;
		if (rest[0].includes('E')) escapes = false;
		rest = rest.slice(1);
		if (shell.dialect.echoEscapes) break;
	}
	const text = rest.join(' ');
	if (!escapes) {
		await shell.process.write(1, newline ? `${text}\n` : text);
		return 0;
	}
	const { text: shown, stopped } = resolveEscapes(text, 'echo', shell.dialect);
	await shell.process.write(1, newline && !stopped ? `${shown}\n` : shown);
	return 0;
}

async function printf(shell: Shell, args: string[]): Promise<number> {
	let [first, ...rest] = args;
	let variable: string | undefined;
	if (first === '-v' && shell.dialect.name === 'bash') [variable, first, ...rest] = rest;
	if (first === '--') [first, ...rest] = rest;
	if (first === undefined) {
		const usage =
			shell.dialect.name === 'bash'
				? 'printf: usage: printf [-v var] format [arguments]'
				: 'printf: usage: printf format [arg ...]';
		await shell.complain(usage);
		return 2;
	}
	const { text, complaints, failed } = formatted(first, rest, shell.dialect);
	for (const complaint of complaints) await shell.complain(`printf: ${complaint}`);
	if (variable) shell.assign(variable, text);
	else if (text !== '') await shell.process.write(1, text);
	return failed ? 1 : 0;
}

export const outputBuiltins: Record<string, Builtin> = { echo: { run: echo }, printf: { run: printf } };
