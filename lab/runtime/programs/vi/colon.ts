// vi's commands behind a colon: write, quit, edit, go to a line, substitute, delete, set.
import { decode, encode } from '../../byte-text.ts';
import { type Process, SystemError } from '../../process.ts';
import { compileRegex, matchesOf, RegexError } from '../regex.ts';
import { expandReplacement } from '../sed-replacement.ts';
import type { Buffer } from './buffer.ts';
import type { Screen } from './screen.ts';

interface Outcome {
	message: string;
	quit: boolean;
}

export class Colon {
	readonly #process: Process;
	readonly #buffer: Buffer;
	readonly #screen: Screen;
	#path: string | undefined;

	constructor(process: Process, buffer: Buffer, screen: Screen) {
		this.#process = process;
		this.#buffer = buffer;
		this.#screen = screen;
	}

	/** What stands at the foot of the screen. */
	get status(): string {
		const { row, lines, modified } = this.#buffer;
		const percent = Math.floor(((row + 1) * 100) / lines.length);
		return `- ${this.#path ?? 'No file'}${modified ? ' [Modified]' : ''} ${row + 1}/${lines.length} ${percent}%`;
	}

	/** Opens a file, or begins a new one; gives what to say of it. */
	open(path: string): string {
		const { files } = this.#process;
		try {
			const data = files.exists(path) ? files.readFile(path) : undefined;
			const text = data ? decode(data) : '';
			this.#path = path;
			this.#buffer.load(text.replace(/\n$/, '').split('\n'));
			if (!data) return `'${path}' [New file]`;
			return `'${path}' ${text === '' ? 0 : this.#buffer.lines.length}L, ${data.length}C`;
		} catch (error) {
			return this.#failure(path, error);
		}
	}

	run(text: string): Outcome {
		const match = /^\s*(%|[\d.$]+(?:,[\d.$]+)?)?\s*([a-zA-Z]*)(!?)\s*(.*)$/.exec(text);
		const [, range, name = '', force = '', argument = ''] = match ?? [];
		const say = (message: string): Outcome => ({ message, quit: false });
		const [from, to] = this.#range(range);
		const unsaved = `No write since last change (:${name || 'q'}! overrides)`;
		switch (name) {
			case '':
				if (range) this.#buffer.row = to;
				return say('');
			case 'w':
			case 'write':
				return say(this.#write(argument).message);
			case 'wq':
			case 'x': {
				if (name === 'x' && !this.#buffer.modified) return { message: '', quit: true };
				const written = this.#write(argument);
				return { message: written.message, quit: written.done };
			}
			case 'q':
			case 'quit':
			case 'qa':
				return this.#buffer.modified && !force ? say(unsaved) : { message: '', quit: true };
			case 'e':
			case 'edit': {
				if (this.#buffer.modified && !force) return say(unsaved);
				const path = argument || this.#path;
				return say(path === undefined ? 'No current filename' : this.open(path));
			}
			case 'r':
			case 'read':
				return say(this.#read(argument, to));
			case 'd':
				this.#buffer.change();
				this.#buffer.deleteLines(from, to);
				return say('');
			case 's':
				return say(this.#substitute(argument, from, to));
			case 'set':
			case 'se':
				if (/^nu(mber)?$/.test(argument)) this.#screen.numbered = true;
				else if (/^nonu(mber)?$/.test(argument)) this.#screen.numbered = false;
				return say('');
			case 'f':
			case 'file':
				return say(this.status);
			default:
				return say(`'${text}' is not implemented`);
		}
	}

	/** The lines of a range, from 0; the cursor's where none is given. */
	#range(text: string | undefined): [number, number] {
		const last = this.#buffer.lines.length - 1;
		if (text === '%') return [0, last];
		const line = (address: string) => {
			const at =
				address === '.' ? this.#buffer.row : address === '$' ? last : Number.parseInt(address, 10) - 1;
			return Math.max(0, Math.min(last, Number.isNaN(at) ? this.#buffer.row : at));
		};
		const [from = '.', to = from] = text?.split(',') ?? [];
		return [Math.min(line(from), line(to)), Math.max(line(from), line(to))];
	}

	#write(argument: string): { message: string; done: boolean } {
		const path = argument || this.#path;
		if (path === undefined) return { message: 'No current filename', done: false };
		const data = encode(`${this.#buffer.lines.join('\n')}\n`);
		try {
			this.#process.files.writeFile(path, data);
		} catch (error) {
			return { message: this.#failure(path, error), done: false };
		}
		this.#path ??= path;
		if (path === this.#path) this.#buffer.modified = false;
		return { message: `'${path}' ${this.#buffer.lines.length}L, ${data.length}C`, done: true };
	}

	#read(path: string, after: number): string {
		try {
			const lines = decode(this.#process.files.readFile(path)).replace(/\n$/, '').split('\n');
			const buffer = this.#buffer;
			buffer.change();
			buffer.lines = [...buffer.lines.slice(0, after + 1), ...lines, ...buffer.lines.slice(after + 1)];
			buffer.row = after + 1;
			return `'${path}' ${lines.length}L`;
		} catch (error) {
			return this.#failure(path, error);
		}
	}

	/** s/pattern/replacement/g, with any character between. */
	#substitute(argument: string, from: number, to: number): string {
		const [separator] = argument;
		if (!separator) return 'No previous substitution';
		const parts = argument.slice(1).split(new RegExp(`(?<!\\\\)${separator.replace(/[^\w]/, '\\$&')}`));
		const [pattern, replacement = '', flags = ''] = parts;
		const buffer = this.#buffer;
		try {
			const regex = compileRegex(pattern, { ignoreCase: flags.includes('i') });
			let count = 0;
			buffer.change();
			for (let row = from; row <= to; row++) {
				let result = '';
				let last = 0;
				for (const { start, end, groups } of matchesOf(regex, buffer.lines[row])) {
					result += buffer.lines[row].slice(last, start) + expandReplacement(replacement, groups);
					last = end;
					count++;
					buffer.row = row;
					if (!flags.includes('g')) break;
				}
				buffer.lines[row] = result + buffer.lines[row].slice(last);
			}
			if (count > 0) return `${count} substitutions`;
			buffer.undo();
			return 'No match';
		} catch (error) {
			if (error instanceof RegexError) return `bad search pattern '${pattern}'`;
			throw error;
		}
	}

	#failure(path: string, error: unknown): string {
		if (error instanceof SystemError) return `'${path}' ${error.message}`;
		throw error;
	}
}
