// The shells as programs: their arguments, and where they read their commands from.
import type { Process, Program } from '../process.ts';
import { SystemError } from '../process.ts';
import { setOptions } from './builtins/variables.ts';
import { Abort, ShellError } from './control-flow.ts';
import { ash, bash, type Dialect, dash } from './dialect.ts';
import { interact } from './interactive.ts';
import { LineSource } from './line-source.ts';
import { Shell } from './shell.ts';

interface Arguments {
	command?: string;
	file?: string;
	interactive: boolean;
	fromInput: boolean;
	login: boolean;
}

/** bash's long options that change nothing here. */
const ignoredLong = new Set(['--login', '--norc', '--noprofile', '--noediting', '--posix']);

const versions: Record<Dialect['name'], string | undefined> = {
	bash: 'GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n',
	dash: undefined,
	ash: undefined,
};

function program(dialect: Dialect): Program {
	return async (process) => {
		const { argv } = process;
		const shell = new Shell(process, dialect, argv[0] ?? dialect.name);
		const version = versions[dialect.name];
		if (version && argv[1] === '--version') {
			await process.write(1, version);
			return 0;
		}
		let given: Arguments;
		try {
			given = argumentsOf(shell, argv.slice(1));
		} catch (error) {
			if (!(error instanceof ShellError)) throw error;
			const text = error.message.replace(/^set: /, '');
			await process.write(
				2,
				dialect.name === 'dash' ? shell.message(text).replace(/: 1: /, ': 0: ') : shell.message(text),
			);
			return 2;
		}
		return shell.finish(() => start(shell, given));
	};
}

function argumentsOf(shell: Shell, argv: readonly string[]): Arguments {
	const given: Arguments = {
		interactive: false,
		fromInput: false,
		login: shell.name.startsWith('-'),
	};
	let wantsCommand = false;
	let index = 0;
	for (; index < argv.length && /^[-+]./.test(argv[index]); index++) {
		const arg = argv[index];
		if (arg === '--') {
			index++;
			break;
		}
		if (shell.dialect.bash && ignoredLong.has(arg)) {
			if (arg === '--login') given.login = true;
			continue;
		}
		let letters = arg.slice(1);
		if (arg[0] === '-') {
			wantsCommand ||= letters.includes('c');
			given.fromInput ||= letters.includes('s');
			given.interactive ||= letters.includes('i');
			given.login ||= letters.includes('l');
			letters = letters.replace(/[csil]/g, '');
		}
		if (letters === '') continue;
		const takesName = letters.includes('o');
		setOptions(shell, takesName ? [arg[0] + letters, argv[index + 1] ?? ''] : [arg[0] + letters]);
		if (takesName) index++;
	}
	if (argv[index] === '-') index++;
	let rest = argv.slice(index);
	if (wantsCommand) {
		const [command] = rest;
		if (command === undefined)
			throw new ShellError(
				shell.dialect.name === 'bash' ? '-c: option requires an argument' : '-c requires an argument',
			);
		given.command = command;
		rest = rest.slice(1);
		if (rest.length > 0) {
			shell.name = rest[0];
			rest = rest.slice(1);
		}
	} else if (!given.fromInput && rest.length > 0) {
		given.file = rest[0];
		rest = rest.slice(1);
	}
	shell.positional = [...rest];
	if (given.interactive) shell.interactive = true;
	return given;
}

async function start(shell: Shell, given: Arguments): Promise<void> {
	const { process } = shell;
	if (given.login) await sourceIfThere(shell, '/etc/profile');
	if (given.command !== undefined) {
		return shell.run(given.command, !shell.interactive);
	}
	if (given.file !== undefined) {
		const text = await readScript(shell, given.file);
		shell.name = given.file;
		shell.script = true;
		return shell.run(text, true);
	}
	const terminals = shell.openFile(0)?.terminal && shell.openFile(2)?.terminal;
	if (given.interactive || terminals) {
		shell.interactive = true;
		return interact(shell);
	}
	return runInput(shell, process);
}

/** Runs commands as they come on standard input: each as soon as it is whole, so that commands can read the rest. */
async function runInput(shell: Shell, process: Process): Promise<void> {
	const source = new LineSource(shell);
	while (true) {
		const script = await source.command(() => process.read(0, 1));
		if (!script) return;
		await shell.executor.script(script);
	}
}

async function readScript(shell: Shell, path: string): Promise<string> {
	const { files } = shell.process;
	try {
		if (shell.isDirectory(path)) throw new SystemError('EISDIR', 'Is a directory');
		const direct = shell.absolute(path);
		const found = files.exists(direct) || path.includes('/') ? direct : (shell.commandPath(path) ?? direct);
		return files.readText(found);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		const { name: dialect } = shell.dialect;
		const missing = error.code === 'ENOENT';
		if (dialect === 'bash') await shell.process.write(2, `${shell.name}: ${path}: ${error.message}\n`);
		else if (dialect === 'dash')
			await shell.process.write(
				2,
				`${shell.name}: 0: cannot open ${path}: ${missing ? 'No such file' : error.message}\n`,
			);
		else await shell.process.write(2, `${shell.name}: can't open '${path}': ${error.message}\n`);
		throw new Abort(dialect === 'bash' ? (missing ? 127 : 126) : 2);
	}
}

async function sourceIfThere(shell: Shell, path: string): Promise<void> {
	if (shell.process.files.exists(path)) await shell.run(shell.process.files.readText(path));
}

/** Debian's /bin/sh. */
export const dashProgram: Program = program(dash);
/** busybox' shell: /bin/sh of alpine and busybox. */
export const ashProgram: Program = program(ash);
export const bashProgram: Program = program(bash);
