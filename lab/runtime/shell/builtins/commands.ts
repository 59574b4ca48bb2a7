// What a name would run, and aliases: type, command, hash, alias, unalias, builtin.
import { SystemError } from '../../process.ts';
import { ShellError } from '../control-flow.ts';
import { printFunction } from '../print-function.ts';
import type { Shell } from '../shell.ts';
import { type Builtin, specialBuiltins } from './builtin.ts';

const reserved = new Set('if then elif else fi do done case esac while until for in { } !'.split(' '));
const extendedWords = new Set(['[[', ']]', 'function']);

interface Found {
	kind: 'keyword' | 'alias' | 'function' | 'special' | 'builtin' | 'file';
	path?: string;
}

function find(shell: Shell, name: string): Found | undefined {
	if (reserved.has(name) || (shell.dialect.extended && extendedWords.has(name))) return { kind: 'keyword' };
	if (shell.aliases.has(name)) return { kind: 'alias' };
	if (shell.functions.has(name)) return { kind: 'function' };
	if (shell.builtin(name)) return { kind: specialBuiltins.has(name) ? 'special' : 'builtin' };
	const path = name.includes('/') ? executable(shell, name) : shell.commandPath(name);
	return path === undefined ? undefined : { kind: 'file', path };
}

function executable(shell: Shell, path: string): string | undefined {
	const { files } = shell.process;
	const absolute = shell.absolute(path);
	return files.exists(absolute) && (files.status(absolute).mode & 0o111) !== 0 ? path : undefined;
}

function describe(shell: Shell, name: string, found: Found): string {
	const bash = shell.dialect.name === 'bash';
	switch (found.kind) {
		case 'keyword':
			return `${name} is a shell keyword`;
		case 'alias':
			return bash
				? `${name} is aliased to \`${shell.aliases.get(name)}'`
				: `${name} is an alias for ${shell.aliases.get(name)}`;
		case 'function':
			return bash
				? `${name} is a function\n${printFunction(name, shell.functions.get(name)!)}`.trimEnd()
				: `${name} is a${shell.dialect.name === 'dash' ? ' shell' : ''} function`;
		case 'special':
			return bash ? `${name} is a shell builtin` : `${name} is a special shell builtin`;
		case 'builtin':
			return `${name} is a shell builtin`;
		case 'file':
			return `${name} is ${found.path}`;
	}
}

async function type(shell: Shell, args: string[]): Promise<number> {
	const bash = shell.dialect.name === 'bash';
	const kindOnly = shell.dialect.extended && args[0] === '-t';
	const pathOnly = bash && /^-[pP]$/.test(args[0] ?? '');
	let status = 0;
	for (const name of args.filter((arg) => !/^-[atpP]$/.test(arg))) {
		const found = find(shell, name);
		if (kindOnly || pathOnly) {
			const kind = found?.kind === 'special' ? 'builtin' : found?.kind;
			const text = kindOnly ? kind : found?.path;
			if (text) await shell.process.write(1, `${text}\n`);
			if (!found) status = 1;
		} else if (found) await shell.process.write(1, `${describe(shell, name, found)}\n`);
		else {
			status = bash ? 1 : 127;
			if (bash) await shell.complain(`type: ${name}: not found`);
			else await shell.process.write(shell.dialect.name === 'dash' ? 1 : 1, `${name}: not found\n`);
		}
	}
	return status;
}

async function command(shell: Shell, args: string[]): Promise<number> {
	const [option, ...rest] = args;
	if (option === '-v' || option === '-V') {
		let status = 0;
		for (const name of rest) {
			const found = find(shell, name);
			if (!found) {
				if (option === '-V')
					await shell.process.write(
						shell.dialect.name === 'bash' ? 2 : 1,
						shell.dialect.name === 'bash'
							? shell.message(`command: ${name}: not found`)
							: `${name}: not found\n`,
					);
				status = shell.dialect.name === 'bash' ? 1 : 127;
			} else {
				const alias = `alias ${name}='${shell.aliases.get(name)}'`;
				const text =
					option === '-V'
						? describe(shell, name, found)
						: (found.path ?? (found.kind === 'alias' ? alias : name));
				await shell.process.write(1, `${text}\n`);
			}
		}
		return status;
	}
	const words = option === '-p' || option === '--' ? rest : args;
	if (words.length === 0) return 0;
	const builtin = shell.builtin(words[0]);
	if (builtin) {
		try {
			return await builtin.run(shell, words.slice(1));
		} catch (error) {
			// `command` takes from special builtins that their mistakes end the script.
			if (error instanceof ShellError) throw new ShellError(error.message, error.status);
			throw error;
		}
	}
	return runFile(shell, words);
}

async function runFile(shell: Shell, words: string[]): Promise<number> {
	try {
		const { pid } = shell.process.spawn({
			argv: words,
			env: shell.variables.environment(),
			path: shell.commandPath(words[0]),
		});
		if (shell.jobs.controlled) shell.jobs.group(pid, pid);
		return await shell.jobs.foreground([pid], words.join(' '));
	} catch (error) {
		if (!(error instanceof SystemError) || error.code === 'EAGAIN') throw error;
		const missing = error.code === 'ENOENT';
		await shell.complain(`${words[0]}: ${missing ? shell.dialect.notFound : error.message}`);
		return missing ? 127 : 126;
	}
}

async function alias(shell: Shell, args: string[]): Promise<number> {
	const line = (name: string) => {
		const start = shell.dialect.name === 'bash' ? 'alias ' : '';
		return `${start}${name}='${shell.aliases.get(name)?.replaceAll("'", `'"'"'`)}'\n`;
	};
	if (args.length === 0) {
		await shell.process.write(1, [...shell.aliases.keys()].sort().map(line).join(''));
		return 0;
	}
	let status = 0;
	for (const arg of args) {
		const at = arg.indexOf('=', 1);
		if (at > 0) shell.aliases.set(arg.slice(0, at), arg.slice(at + 1));
		else if (shell.aliases.has(arg)) await shell.process.write(1, line(arg));
		else {
			await shell.complain(`alias: ${arg}${shell.dialect.name === 'bash' ? ': not found' : ' not found'}`);
			status = 1;
		}
	}
	return status;
}

export const commandBuiltins: Record<string, Builtin> = {
	type: { run: type },
	command: { run: command },
	builtin: {
		only: ({ bash }) => bash,
		run(shell, [name, ...args]) {
			if (name === undefined) return 0;
			const builtin = shell.builtin(name);
			if (!builtin) throw new ShellError(`builtin: ${name}: not a shell builtin`);
			return builtin.run(shell, args);
		},
	},
	hash: { run: () => 0 },
	history: {
		only: ({ editsLines }) => editsLines,
		async run(shell, [option]) {
			const lines = shell.history ?? [];
			if (option === '-c') lines.length = 0;
			if (option !== undefined && option !== '-c' && !/^\d+$/.test(option))
				throw new ShellError(`history: ${option}: numeric argument required`);
			const count = option === undefined ? lines.length : Number(option);
			const first = Math.max(0, lines.length - (Number.isNaN(count) ? 0 : count));
			const width = shell.dialect.bash ? 5 : 4;
			const shown = lines.slice(first).map((line, index) => {
				const number = String(first + index + 1).padStart(width);
				return `${number} ${shell.dialect.bash ? ' ' : ''}${line}\n`;
			});
			await shell.process.write(1, shown.join(''));
			return 0;
		},
	},
	alias: { run: alias },
	unalias: {
		async run(shell, args) {
			if (args[0] === '-a') shell.aliases.clear();
			let status = 0;
			for (const name of args.filter((arg) => arg !== '-a' && !shell.aliases.delete(arg))) {
				if (shell.dialect.bash) await shell.complain(`unalias: ${name}: not found`);
				else await shell.process.write(2, `unalias: ${name} not found\n`);
				status = 1;
			}
			return status;
		},
	},
};
