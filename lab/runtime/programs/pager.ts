// less and more: a text by the screenful.
import { decode } from '../byte-text.ts';
import { isTerminal, Keyboard, terminalOf } from '../keyboard.ts';
import { type OpenFile, type Process, SystemError } from '../process.ts';
import { compileRegex, type Regex, RegexError } from './regex.ts';
import { reversed, screenRows } from './screen-text.ts';
import { type Call, cannotOpen, type Tool } from './tool.ts';

/** Lines that are read when they are needed: what a pipe brings may never end. */
class LazyLines {
	readonly lines: string[] = [];
	ended = false;
	readonly #process: Process;
	readonly #file: OpenFile;
	#rest = '';

	constructor(process: Process, file: OpenFile) {
		this.#process = process;
		this.#file = file;
	}

	/** Reads until there are so many lines, or the end, or a signal comes. */
	async load(count: number): Promise<void> {
		while (!this.ended && this.lines.length < count) {
			let data: Uint8Array;
			try {
				data = await this.#file.read(4096, this.#process);
			} catch (error) {
				if (error instanceof SystemError && error.code === 'EINTR') return;
				throw error;
			}
			this.#process.allocate(2 * data.length);
			const parts = (this.#rest + decode(data)).split('\n');
			this.#rest = parts.pop()!;
			for (const part of parts) this.lines.push(part);
			if (data.length > 0) continue;
			this.ended = true;
			if (this.#rest !== '') this.lines.push(this.#rest);
		}
	}
}

interface Document {
	name: string;
	text: LazyLines;
}

/** Opens the operands, complaining of those that cannot be read; standard input where there is none. */
async function documentsOf(call: Call, paths: readonly string[]): Promise<Document[]> {
	const { process } = call;
	if (paths.length === 0) return [{ name: '', text: new LazyLines(process, process.file(0)) }];
	const documents: Document[] = [];
	await call.eachFile(paths, cannotOpen(call), async (path) => {
		if (path !== '-' && process.files.status(path).kind === 'directory')
			throw new SystemError('EISDIR', 'Is a directory');
		const file = path === '-' ? process.file(0) : process.open(path, 'r');
		documents.push({ name: path === '-' ? '' : path, text: new LazyLines(process, file) });
	});
	return documents;
}

/** Without a terminal to show it on, a pager is cat. */
async function copy(call: Call, paths: readonly string[]): Promise<number> {
	return call.eachFile(paths, cannotOpen(call), async (path) => {
		for await (const part of call.open(path)) await call.print(part);
	});
}

const downKeys = new Set(['j', '\r', '\n', 'e', '\x0e', '\x1b[B', '\x1bOB']);
const upKeys = new Set(['k', 'y', '\x10', '\x1b[A', '\x1bOA']);
const pageDownKeys = new Set([' ', 'f', '\x06', '\x16', '\x1b[6~']);
const pageUpKeys = new Set(['b', '\x02', '\x1b[5~']);

class Less {
	readonly #call: Call;
	readonly #keyboard: Keyboard;
	readonly #document: Document;
	readonly #numbered: boolean;
	#top = 0;
	#pattern: Regex | undefined;
	#backwards = false;
	#message = '';

	constructor(call: Call, keyboard: Keyboard, document: Document, numbered: boolean) {
		this.#call = call;
		this.#keyboard = keyboard;
		this.#document = document;
		this.#numbered = numbered;
		this.#message = document.name;
	}

	get #page(): number {
		return Math.max(1, this.#keyboard.terminal.size.rows - 1);
	}

	/** Shows the document until q, or ^C ends it; false at the terminal's end. */
	async run(): Promise<boolean> {
		while (true) {
			await this.#draw();
			const key = await this.#keyboard.key();
			if (key === undefined) return false;
			if (key === 'q' || key === 'Q' || key === '\x03') return true;
			await this.#press(key);
		}
	}

	async #press(key: string): Promise<void> {
		if (downKeys.has(key)) await this.#go(this.#top + 1);
		else if (upKeys.has(key)) await this.#go(this.#top - 1);
		else if (pageDownKeys.has(key)) await this.#go(this.#top + this.#page);
		else if (pageUpKeys.has(key)) await this.#go(this.#top - this.#page);
		else if (key === 'd') await this.#go(this.#top + Math.floor(this.#page / 2));
		else if (key === 'u') await this.#go(this.#top - Math.floor(this.#page / 2));
		else if (key === 'g' || key === '<' || key === '\x1b[H' || key === '\x1b[1~') await this.#go(0);
		else if (key === 'G' || key === '>' || key === '\x1b[F' || key === '\x1b[4~')
			await this.#go(Number.POSITIVE_INFINITY);
		else if (key === '/' || key === '?') await this.#ask(key);
		else if (key === 'n') await this.#search(this.#backwards);
		else if (key === 'N') await this.#search(!this.#backwards);
	}

	/** Makes a line the first on the screen, as far down as the text goes. */
	async #go(line: number): Promise<void> {
		const { text } = this.#document;
		await text.load(line + this.#page);
		this.#top = Math.max(0, Math.min(line, text.lines.length - this.#page));
	}

	async #ask(direction: '/' | '?'): Promise<void> {
		let typed = '';
		while (true) {
			await this.#call.process.write(1, `\r\x1b[K${direction}${typed}`);
			const key = await this.#keyboard.key();
			if (key === undefined || key === '\x03' || key === '\x1b') return;
			if (key === '\r' || key === '\n') break;
			if (key === '\x7f' || key === '\b') {
				if (typed === '') return;
				typed = typed.slice(0, -1);
			} else if (key >= ' ' && key !== 'none' && !key.startsWith('\x1b')) typed += key;
		}
		try {
			if (typed !== '') this.#pattern = compileRegex(typed, { extended: true });
		} catch (error) {
			if (!(error instanceof RegexError)) throw error;
			this.#message = 'Invalid pattern';
			return;
		}
		this.#backwards = direction === '?';
		await this.#search(this.#backwards);
	}

	async #search(backwards: boolean): Promise<void> {
		const { text } = this.#document;
		const pattern = this.#pattern;
		if (!pattern) {
			this.#message = 'No previous regular expression';
			return;
		}
		const change = backwards ? -1 : 1;
		let line = this.#top;
		while (line + change >= 0) {
			line += change;
			await text.load(line + 1);
			if (line >= text.lines.length) break;
			const pause = this.#call.process.step();
			if (pause) await pause;
			if (!pattern.find(text.lines[line])) continue;
			await this.#document.text.load(line + this.#page);
			this.#top = line;
			return;
		}
		this.#message = 'Pattern not found';
	}

	async #draw(): Promise<void> {
		const { text } = this.#document;
		const { columns } = this.#keyboard.terminal.size;
		await text.load(this.#top + this.#page + 1);
		const rows: string[] = [];
		let line = this.#top;
		for (; line < text.lines.length && rows.length < this.#page; line++) {
			const number = this.#numbered ? `${String(line + 1).padStart(7)} ` : '';
			rows.push(...screenRows(number + text.lines[line], columns, this.#page - rows.length));
		}
		while (rows.length < this.#page) rows.push('~');
		const atEnd = text.ended && line >= text.lines.length;
		const status = this.#message !== '' ? reversed(this.#message) : atEnd ? reversed('(END)') : ':';
		this.#message = '';
		await this.#call.process.write(1, `\x1b[H\x1b[J${rows.map((row) => `${row}\n`).join('')}${status}`);
	}
}

export const less: Tool = {
	name: 'less',
	usage: '[-EFIMmNSRh~] [FILE]...',
	async run(call) {
		const options = call.options({ short: 'EFIMmNSRrXih~' });
		const { process } = call;
		const terminal = terminalOf(process);
		if (!isTerminal(process, 1) || !terminal) return copy(call, options.operands);
		if (options.operands.length === 0 && isTerminal(process, 0))
			return call.busybox
				? call.fail('missing filename')
				: call.fail('Missing filename ("less --help" for help)');
		const documents = await documentsOf(call, options.operands);
		const keyboard = new Keyboard(process, terminal, { loneEscape: true });
		process.onSignal('INT', () => {});
		// The next file comes after q as in busybox: there is one screen for each.
		for (const document of documents) {
			const pager = new Less(call, keyboard, document, options.has('N'));
			if (!(await keyboard.raw(() => pager.run(), true))) break;
		}
		await process.write(1, '\r\x1b[K');
		return documents.length === 0 ? 1 : 0;
	},
};

/** Asks at the foot of the screen; the rows to go on by, 0 to stop. */
async function askForMore(call: Call, keyboard: Keyboard): Promise<number> {
	await call.process.write(1, reversed('--More--'));
	while (true) {
		const key = await keyboard.key();
		if (key === undefined || key === 'q' || key === 'Q' || key === '\x03') {
			await call.process.write(1, '\r\x1b[K');
			return 0;
		}
		const rows = key === ' ' || key === 'f' ? keyboard.terminal.size.rows - 1 : downKeys.has(key) ? 1 : 0;
		if (rows === 0) continue;
		await call.process.write(1, '\r\x1b[K');
		return rows;
	}
}

export const more: Tool = {
	name: 'more',
	usage: '[FILE]...',
	async run(call) {
		const options = call.options({ short: 'dfsu' });
		const { process } = call;
		const terminal = terminalOf(process);
		if (!isTerminal(process, 1) || !terminal) return copy(call, options.operands);
		if (options.operands.length === 0 && isTerminal(process, 0)) throw call.usageFailure('bad usage');
		const documents = await documentsOf(call, options.operands);
		const keyboard = new Keyboard(process, terminal, { loneEscape: true });
		let left = keyboard.terminal.size.rows - 1;
		for (const { text } of documents)
			for (let line = 0; ; line++) {
				await text.load(line + 1);
				if (line >= text.lines.length) break;
				for (const row of screenRows(text.lines[line], keyboard.terminal.size.columns)) {
					if (left === 0) left = await keyboard.raw(() => askForMore(call, keyboard));
					if (left === 0) return 0;
					await process.write(1, `${row}\n`);
					left--;
				}
			}
		return documents.length === 0 ? 1 : 0;
	},
};
