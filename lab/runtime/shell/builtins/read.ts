// read: a line of standard input into variables (POSIX.1-2024, read).
import { type Process, SystemError } from '../../process.ts';
import { ShellError } from '../control-flow.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

interface ReadOptions {
	raw: boolean;
	silent: boolean;
	prompt: string;
	delimiter: string;
	count?: number;
	seconds?: number;
	array?: string;
	names: string[];
}

function optionsOf(shell: Shell, args: string[]): ReadOptions {
	const options: ReadOptions = { raw: false, silent: false, prompt: '', delimiter: '\n', names: [] };
	let index = 0;
	for (; index < args.length && /^-./.test(args[index]); index++) {
		if (args[index] === '--') {
			index++;
			break;
		}
		for (let at = 1; at < args[index].length; at++) {
			const letter = args[index][at];
			if (letter === 'r') options.raw = true;
			else if (letter === 's') options.silent = true;
			else {
				const known = shell.dialect.name === 'dash' ? 'p' : 'pdntau';
				if (!known.includes(letter)) {
					if (shell.dialect.name === 'bash') throw new ShellError(`read: -${letter}: invalid option`, 2);
					throw new ShellError(`read: Illegal option -${letter}`, 2);
				}
				const value = args[index].slice(at + 1) || (args[++index] ?? '');
				if (letter === 'p') options.prompt = value;
				if (letter === 'd') options.delimiter = value[0] ?? '\0';
				if (letter === 'n') options.count = Number(value);
				if (letter === 't') options.seconds = Number(value);
				if (letter === 'a') options.array = value;
				break;
			}
		}
	}
	options.names = args.slice(index);
	return options;
}

/** A character as read, and whether a backslash took its meaning. */
interface Character {
	text: string;
	escaped: boolean;
}

async function read(shell: Shell, args: string[]): Promise<number> {
	const options = optionsOf(shell, args);
	if (options.names.length === 0 && !options.array) {
		if (shell.dialect.name === 'dash') throw new ShellError('read: arg count', 2);
		options.names = ['REPLY'];
	}
	const terminal = shell.openFile(0)?.terminal;
	if (options.prompt && terminal) await shell.process.write(2, options.prompt);
	const mode = terminal && { ...terminal.mode };
	if (terminal && options.silent) terminal.mode = { ...terminal.mode, echo: false };
	if (terminal && options.count !== undefined) terminal.mode = { ...terminal.mode, canonical: false };
	let line: { characters: Character[]; ended: boolean };
	try {
		line = await withTimeout(shell.process, options.seconds, () => lineOf(shell, options));
	} finally {
		if (terminal && mode) terminal.mode = mode;
	}
	assign(shell, line.characters, options);
	return line.ended ? 0 : 1;
}

async function lineOf(
	shell: Shell,
	options: ReadOptions,
): Promise<{ characters: Character[]; ended: boolean }> {
	const decoder = new TextDecoder();
	const characters: Character[] = [];
	let escaped = false;
	while (options.count === undefined || characters.length < options.count) {
		// Byte by byte: what follows the line is for the next reader.
		let data: Uint8Array;
		try {
			data = await shell.process.read(0, 1);
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
			if (shell.interactive && !shell.trapPending) return { characters: [], ended: false };
			if (shell.trapPending) await shell.runTraps();
			continue;
		}
		if (data.length === 0) return { characters, ended: false };
		const text = decoder.decode(data, { stream: true });
		if (text === '') continue;
		if (escaped) {
			escaped = false;
			if (text !== '\n') characters.push({ text, escaped: true });
		} else if (text === '\\' && !options.raw) escaped = true;
		else if (text === options.delimiter) return { characters, ended: true };
		else characters.push({ text, escaped: false });
	}
	return { characters, ended: true };
}

/** Gives up after so many seconds, as `read -t`: with what came by then lost, and a failure. */
async function withTimeout(
	process: Process,
	seconds: number | undefined,
	action: () => Promise<{ characters: Character[]; ended: boolean }>,
): Promise<{ characters: Character[]; ended: boolean }> {
	if (seconds === undefined || !(seconds > 0)) return action();
	return process.block((done, fail) => {
		const timer = process.clock.after(seconds * 1000, () => done({ characters: [], ended: false }));
		action().then(done, fail);
		return () => timer.cancel();
	});
}

function assign(shell: Shell, characters: Character[], { names, array }: ReadOptions): void {
	const ifs = shell.parameter('IFS') ?? ' \t\n';
	const isSpace = ({ text, escaped }: Character) => !escaped && ' \t\n'.includes(text) && ifs.includes(text);
	const isDelimiter = ({ text, escaped }: Character) => !escaped && ifs.includes(text);
	let at = 0;
	const skipSpace = () => {
		while (at < characters.length && isSpace(characters[at])) at++;
	};
	const field = () => {
		let text = '';
		while (at < characters.length && !isDelimiter(characters[at])) text += characters[at++].text;
		skipSpace();
		if (at < characters.length && isDelimiter(characters[at])) {
			at++;
			skipSpace();
		}
		return text;
	};
	skipSpace();
	if (array) {
		const elements = new Map<number, string>();
		while (at < characters.length) elements.set(elements.size, field());
		shell.variables.setElements(array, elements);
		return;
	}
	for (const name of names.slice(0, -1)) shell.assign(name, field());
	// The last variable takes what is left, without the IFS white space at its end, or a lone delimiter.
	const start = at;
	let last = field();
	if (at < characters.length) {
		let end = characters.length;
		while (end > start && isSpace(characters[end - 1])) end--;
		last = characters
			.slice(start, end)
			.map(({ text }) => text)
			.join('');
	}
	shell.assign(names.at(-1)!, last);
}

export const readBuiltins: Record<string, Builtin> = { read: { run: read } };
