// Redirections (POSIX.1-2024, Shell Command Language, 2.7): applied to the shell's own descriptors, and taken back.

import { systemError } from '../errors.ts';
import { type OpenFile, SystemError } from '../process.ts';
import { ShellError } from './control-flow.ts';
import type { Shell } from './shell.ts';
import type { Redirection } from './syntax.ts';

/** What was open before; null where nothing was. */
export type Saved = Map<number, OpenFile | null>;

/** Applies redirections in order; throws ShellError, with those before it taken back. */
export async function redirect(shell: Shell, redirections: readonly Redirection[]): Promise<Saved> {
	const saved: Saved = new Map();
	try {
		for (const redirection of redirections) await apply(shell, redirection, saved);
	} catch (error) {
		restore(shell, saved);
		throw error;
	}
	return saved;
}

/** Takes redirections back. */
export function restore(shell: Shell, saved: Saved): void {
	for (const [descriptor, file] of saved) shell.process.setFile(descriptor, file);
	saved.clear();
}

/** Lets go of what was saved: the redirections stay. */
export function keep(saved: Saved): void {
	for (const file of saved.values()) file?.release();
	saved.clear();
}

async function apply(shell: Shell, redirection: Redirection, saved: Saved): Promise<void> {
	const { operator, descriptor } = redirection;
	const target = await shell.expander.text(redirection.target);
	switch (operator) {
		case '<<':
			return set(shell, descriptor, shell.hereDocument(target), saved);
		case '<<<':
			return set(shell, descriptor, shell.hereDocument(`${target}\n`), saved);
		case '<&':
		case '>&': {
			if (target === '-') return set(shell, descriptor, null, saved);
			const source = /^\d+-?$/.test(target) ? shell.openFile(Number.parseInt(target, 10)) : undefined;
			if (!/^\d+-?$/.test(target) && operator === '>&' && shell.dialect.extended)
				return both(shell, target, 'w', saved);
			if (!source) throw badDescriptor(shell, target);
			source.retain();
			set(shell, descriptor, source, saved);
			if (target.endsWith('-')) set(shell, Number.parseInt(target, 10), null, saved);
			return;
		}
		case '&>':
			return both(shell, target, 'w', saved);
		case '&>>':
			return both(shell, target, 'a', saved);
		default:
			return set(shell, descriptor, open(shell, target, operator), saved);
	}
}

function both(shell: Shell, target: string, flags: 'w' | 'a', saved: Saved): void {
	const file = open(shell, target, flags === 'w' ? '>' : '>>');
	file.retain();
	set(shell, 1, file, saved);
	set(shell, 2, file, saved);
}

function set(shell: Shell, descriptor: number, file: OpenFile | null, saved: Saved): void {
	if (!saved.has(descriptor)) {
		const before = shell.openFile(descriptor);
		before?.retain();
		saved.set(descriptor, before ?? null);
	}
	shell.process.setFile(descriptor, file);
}

const flags = { '<': 'r', '>': 'w', '>|': 'w', '>>': 'a', '<>': 'r+' } as const;

function open(shell: Shell, path: string, operator: keyof typeof flags): OpenFile {
	const { process } = shell;
	try {
		if (operator === '>' && shell.options.has('C') && isRegular(shell, path)) throw systemError('EEXIST');
		if (operator === '<>' && !process.files.exists(absolute(shell, path)))
			process.files.writeFile(absolute(shell, path), '');
		return process.open(path, flags[operator]);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		throw openError(shell, path, operator === '<', error);
	}
}

const absolute = (shell: Shell, path: string) =>
	path.startsWith('/') ? path : `${shell.process.cwd}/${path}`;

function isRegular(shell: Shell, path: string): boolean {
	const { files } = shell.process;
	return files.exists(absolute(shell, path)) && files.status(absolute(shell, path)).kind === 'file';
}

function openError(shell: Shell, path: string, reading: boolean, error: SystemError): ShellError {
	if (shell.dialect.name === 'bash') {
		const words = error.code === 'EEXIST' ? 'cannot overwrite existing file' : error.message;
		return new ShellError(`${path}: ${words}`);
	}
	const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
	if (shell.dialect.name === 'dash') {
		const words = missing ? (reading ? 'No such file' : 'Directory nonexistent') : error.message;
		return new ShellError(`cannot ${reading ? 'open' : 'create'} ${path}: ${words}`, 2);
	}
	const words = missing ? (reading ? 'no such file' : 'nonexistent directory') : error.message;
	return new ShellError(`can't ${reading ? 'open' : 'create'} ${path}: ${words}`);
}

function badDescriptor(shell: Shell, target: string): ShellError {
	if (!/^\d+-?$/.test(target) && shell.dialect.name !== 'bash')
		return new ShellError(
			shell.dialect.name === 'dash' ? 'Syntax error: Bad fd number' : 'bad fd number',
			2,
			true,
		);
	if (shell.dialect.name === 'bash')
		return new ShellError(
			`${target}: ${/^\d+$/.test(target) ? 'Bad file descriptor' : 'ambiguous redirect'}`,
		);
	return new ShellError(`${target}: Bad file descriptor`, 2);
}
