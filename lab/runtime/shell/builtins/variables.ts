// Builtins on variables and parameters: export, readonly, local, unset, set, shift, getopts, let.

import { evaluate } from '../arithmetic.ts';
import { ShellError } from '../control-flow.ts';
import { printFunction } from '../print-function.ts';
import type { Shell } from '../shell.ts';
import { ReadOnlyVariable, type Variable } from '../variables.ts';
import type { Builtin } from './builtin.ts';

/** A value as a shell can read it back. */
const quoted = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`;
const bashQuoted = (text: string) => `"${text.replace(/[\\"$`]/g, '\\$&')}"`;

/** `name` or `name=value`. Throws ShellError in the shell's words where it is no name. */
function assignmentOf(shell: Shell, command: string, text: string): { name: string; value?: string } {
	const at = text.indexOf('=');
	const name = at < 0 ? text : text.slice(0, at);
	if (!/^[A-Za-z_]\w*$/.test(name)) {
		const { name: dialect } = shell.dialect;
		if (dialect === 'bash') throw new ShellError(`${command}: \`${text}': not a valid identifier`);
		throw new ShellError(`${command}: ${name}: bad variable name`, 2, true);
	}
	return at < 0 ? { name } : { name, value: text.slice(at + 1) };
}

const declaring =
	(command: 'export' | 'readonly', change: { exported?: boolean; readOnly?: boolean }) =>
	async (shell: Shell, args: string[]): Promise<number> => {
		const names = args.filter((arg) => !/^-[pnfa]*$/.test(arg) && arg !== '--');
		if (names.length === 0) {
			await shell.process.write(1, listing(shell, command));
			return 0;
		}
		const remove = args.includes('-n') && command === 'export';
		for (const text of names) {
			const { name, value } = assignmentOf(shell, command, text);
			if (value !== undefined) shell.assign(name, value);
			shell.variables.declare(name, remove ? { exported: false } : change);
		}
		return 0;
	};

function listing(shell: Shell, command: 'export' | 'readonly'): string {
	const bash = shell.dialect.name === 'bash';
	return shell.variables
		.names()
		.map((name) => {
			const variable = shell.variables.find(name)!;
			if (!(command === 'export' ? variable.exported : variable.readOnly)) return '';
			const start = bash ? `declare -${command === 'export' ? 'x' : 'r'} ${name}` : `${command} ${name}`;
			if (variable.value === undefined) return `${start}\n`;
			return `${start}=${bash ? bashQuoted(variable.value) : quoted(variable.value)}\n`;
		})
		.join('');
}

async function local(shell: Shell, args: string[]): Promise<number> {
	if (!shell.variables.inScope) {
		if (shell.dialect.name === 'bash') throw new ShellError('local: can only be used in a function');
		throw new ShellError('local: not in a function', 2, true);
	}
	for (const text of args) {
		if (/^-\w+$/.test(text)) continue;
		const { name, value } = assignmentOf(shell, 'local', text);
		shell.variables.local(name, shell.dialect.name === 'dash' || shell.dialect.name === 'ash');
		if (value !== undefined) shell.assign(name, value);
	}
	return 0;
}

/** What `declare -p` prints. */
function declaration(name: string, { value, elements, ...flags }: Variable): string {
	const letters = [
		elements ? (flags.associative ? 'A' : 'a') : '',
		flags.readOnly ? 'r' : '',
		flags.exported ? 'x' : '',
	].join('');
	const start = `declare -${letters || '-'} ${name}`;
	if (!elements) return `${start}=${bashQuoted(value ?? '')}\n`;
	const shown = [...elements].map(([key, text]) => `[${key}]=${bashQuoted(text)}`).join(' ');
	return `${start}=(${shown}${flags.associative && shown !== '' ? ' ' : ''})\n`;
}

/** `declare -f` shows functions, all of them or those that are named; -F their names alone. */
async function declareFunctions(shell: Shell, args: string[], namesOnly: boolean): Promise<number> {
	const named = args.filter((arg) => !/^[-+]/.test(arg));
	let code = 0;
	for (const name of named.length > 0 ? named : [...shell.functions.keys()].sort()) {
		const body = shell.functions.get(name);
		if (!body) code = 1;
		else if (namesOnly) await shell.process.write(1, named.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
		else await shell.process.write(1, printFunction(name, body));
	}
	return code;
}

/** bash's declare, as far as arrays and plain variables go. */
async function declare(shell: Shell, args: string[]): Promise<number> {
	const options = args.filter((arg) => /^[-+][a-zA-Z]+$/.test(arg)).join('');
	if (/f/i.test(options)) return declareFunctions(shell, args, options.includes('F'));
	for (const text of args.filter((arg) => !/^[-+][a-zA-Z]+$/.test(arg))) {
		const { name, value } = assignmentOf(shell, 'declare', text);
		if (options.includes('p')) {
			const variable = shell.variables.find(name);
			if (!variable) throw new ShellError(`declare: ${name}: not found`);
			await shell.process.write(1, declaration(name, variable));
			continue;
		}
		if (shell.variables.inScope && !options.includes('g')) shell.variables.local(name, false);
		if (value !== undefined) shell.assign(name, value);
		if (options.includes('a'))
			shell.variables.setElements(name, new Map(value === undefined ? [] : [[0, value]]));
		if (options.includes('A')) {
			shell.variables.declare(name, { associative: true });
			if (!shell.variables.find(name)?.elements) shell.variables.setElements(name, new Map());
		}
		if (options.includes('x')) shell.variables.declare(name, { exported: true });
		if (options.includes('r')) shell.variables.declare(name, { readOnly: true });
	}
	return 0;
}

const letters: Record<string, string> = {
	allexport: 'a',
	errexit: 'e',
	ignoreeof: 'I',
	monitor: 'm',
	noclobber: 'C',
	noexec: 'n',
	noglob: 'f',
	nounset: 'u',
	verbose: 'v',
	xtrace: 'x',
	notify: 'b',
	vi: 'V',
	emacs: 'E',
	pipefail: 'pipefail',
};

/** Sets or clears options from arguments as `set` and the shell itself take them; gives what is left. */
export function setOptions(shell: Shell, args: readonly string[]): { rest: string[]; replaced: boolean } {
	let index = 0;
	for (; index < args.length; index++) {
		const arg = args[index];
		if (arg === '--') return { rest: args.slice(index + 1), replaced: true };
		if (arg === '-') return { rest: args.slice(index + 1), replaced: args.length > index + 1 };
		if (!/^[-+]./.test(arg)) break;
		for (const letter of arg.slice(1)) {
			if (letter === 'o') {
				const name = args[++index];
				if (name === undefined) break;
				const option = letters[name];
				if (option === undefined || (option === 'pipefail' && !shell.dialect.pipefail))
					throw illegalOption(shell, `${arg[0]}o ${name}`, name);
				change(shell, option, arg[0] === '-');
			} else if (!'abCefhmnuvxIVE'.includes(letter))
				throw illegalOption(shell, `${arg[0]}${letter}`, `${arg[0]}${letter}`);
			else change(shell, letter, arg[0] === '-');
		}
	}
	return { rest: args.slice(index), replaced: index < args.length };
}

function illegalOption(shell: Shell, option: string, bashOption: string): ShellError {
	const { name: dialect } = shell.dialect;
	if (dialect === 'bash')
		return new ShellError(
			`set: ${bashOption}: invalid option${bashOption.startsWith('-') ? '' : ' name'}`,
			2,
		);
	return new ShellError(
		dialect === 'dash' ? `set: Illegal option ${option}` : `set: illegal option ${option}`,
		2,
		true,
	);
}

function change(shell: Shell, option: string, on: boolean): void {
	if (on) shell.options.add(option);
	else shell.options.delete(option);
}

async function set(shell: Shell, args: string[]): Promise<number> {
	if (args.length === 0) {
		const lines = shell.variables
			.names()
			.map((name) => [name, shell.variables.get(name)] as const)
			.filter(([, value]) => value !== undefined)
			.map(
				([name, value]) =>
					`${name}=${shell.dialect.name === 'bash' && /^[\w@%+:,./-]*$/.test(value!) ? value : quoted(value!)}\n`,
			);
		await shell.process.write(1, lines.join(''));
		return 0;
	}
	if (args.length === 1 && /^[-+]o$/.test(args[0])) {
		const lines = Object.entries(letters)
			.filter(([, option]) => option !== 'pipefail' || shell.dialect.pipefail)
			.sort(([left], [right]) => (left < right ? -1 : 1))
			.map(([name, option]) => `${name.padEnd(15)}\t${shell.options.has(option) ? 'on' : 'off'}\n`);
		await shell.process.write(1, lines.join(''));
		return 0;
	}
	const { rest, replaced } = setOptions(shell, args);
	if (replaced) shell.positional = rest;
	return 0;
}

function unsetVariable(shell: Shell, name: string): void {
	try {
		shell.variables.unset(name);
	} catch (error) {
		if (!(error instanceof ReadOnlyVariable)) throw error;
		if (shell.dialect.bash) throw new ShellError(`unset: ${name}: cannot unset: readonly variable`);
		throw new ShellError(`unset: ${name}: is read only`, 2, true);
	}
}

async function unset(shell: Shell, args: string[]): Promise<number> {
	let kind: 'variable' | 'function' | undefined;
	for (const name of args) {
		if (name === '-v') kind = 'variable';
		else if (name === '-f') kind = 'function';
		else {
			const [, array, subscript] = /^(\w+)\[(.+)\]$/.exec(name) ?? [];
			if (array !== undefined) {
				const variable = shell.variables.find(array);
				variable?.elements?.delete(variable.associative ? subscript : Number(subscript));
			} else if (kind === 'function') shell.functions.delete(name);
			else if (shell.variables.find(name) || kind === 'variable') unsetVariable(shell, name);
			else if (shell.dialect.name === 'bash') shell.functions.delete(name);
			else assignmentOf(shell, 'unset', name);
		}
	}
	return 0;
}

function shift(shell: Shell, [count = '1']: string[]): number {
	const { name: dialect } = shell.dialect;
	if (!/^\d+$/.test(count))
		throw new ShellError(
			dialect === 'bash' ? `shift: ${count}: numeric argument required` : `shift: Illegal number: ${count}`,
			2,
			dialect !== 'bash',
		);
	if (Number(count) > shell.positional.length) {
		if (dialect === 'dash') throw new ShellError("shift: can't shift that many", 2, true);
		return 1;
	}
	shell.positional = shell.positional.slice(Number(count));
	return 0;
}

/** Where getopts is within a cluster of options, by shell. */
const clusters = new WeakMap<Shell, { index: number; at: number }>();

async function getopts(shell: Shell, [options, name, ...given]: string[]): Promise<number> {
	if (options === undefined || name === undefined)
		throw new ShellError(
			shell.dialect.name === 'bash'
				? 'getopts: usage: getopts optstring name [arg ...]'
				: 'getopts: Usage: getopts optstring var [arg...]',
			2,
		);
	const args = given.length > 0 ? given : shell.positional;
	let index = Number(shell.parameter('OPTIND') ?? 1) || 1;
	const before = clusters.get(shell);
	let at = before?.index === index ? before.at : 1;
	const finish = (value: string, argument: string | undefined) => {
		shell.assign(name, value);
		if (argument === undefined) shell.variables.unset('OPTARG');
		else shell.assign('OPTARG', argument);
		shell.assign('OPTIND', String(index));
		clusters.set(shell, { index, at });
	};
	const arg = args[index - 1];
	if (arg === undefined || !/^-./.test(arg) || arg === '--') {
		if (arg === '--') index++;
		at = 1;
		finish('?', undefined);
		return 1;
	}
	const letter = arg[at++];
	const advance = () => {
		index++;
		at = 1;
	};
	const position = options.replace(/^:/, '').indexOf(letter);
	const silent = options.startsWith(':');
	const complain = async (text: string) => {
		if (silent) return;
		await shell.process.write(
			2,
			shell.dialect.name === 'bash' ? `${shell.name}: ${text} -- ${letter}\n` : '',
		);
		if (shell.dialect.name === 'dash')
			await shell.process.write(
				2,
				text.startsWith('illegal') ? `Illegal option -${letter}\n` : `No arg for -${letter} option\n`,
			);
		if (shell.dialect.name === 'ash')
			await shell.process.write(
				2,
				text.startsWith('illegal') ? `Illegal option -${letter}\n` : `No arg for -${letter} option\n`,
			);
	};
	if (position < 0 || letter === ':') {
		if (at >= arg.length) advance();
		await complain('illegal option');
		finish('?', silent ? letter : undefined);
		return 0;
	}
	if (options.replace(/^:/, '')[position + 1] !== ':') {
		if (at >= arg.length) advance();
		finish(letter, undefined);
		return 0;
	}
	let value: string | undefined = arg.slice(at);
	advance();
	if (value === '') {
		value = args[index - 1];
		if (value === undefined) {
			await complain('option requires an argument');
			finish(silent ? ':' : '?', silent ? letter : undefined);
			return 0;
		}
		index++;
	}
	finish(letter, value);
	return 0;
}

export const variableBuiltins: Record<string, Builtin> = {
	export: { run: declaring('export', { exported: true }) },
	readonly: { run: declaring('readonly', { readOnly: true }) },
	local: { run: local },
	declare: { run: declare, only: ({ bash }) => bash },
	typeset: { run: declare, only: ({ bash }) => bash },
	set: { run: set },
	unset: { run: unset },
	shift: { run: shift },
	getopts: { run: getopts },
	let: {
		only: ({ extended }) => extended,
		run(shell, args) {
			let value = 0n;
			for (const arg of args)
				value = evaluate(arg, {
					get: (name) => shell.parameter(name),
					set: (name, text) => shell.assign(name, text),
					plain: false,
				});
			return value === 0n ? 1 : 0;
		},
	},
};
