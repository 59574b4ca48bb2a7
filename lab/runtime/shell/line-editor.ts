// The line editor of bash and busybox ash, as far as people use it: arrows, history, the usual control keys, and
// completion of paths and commands.
import { Keyboard } from '../keyboard.ts';
import type { OpenFile, Process } from '../process.ts';
import { type Completion, completionOf, inColumns } from './completion.ts';

const mostHistory = 500;

/** What Tab finds in a shell of another language, for the text before the cursor. */
export type Completer = (before: string) => Promise<Completion | undefined>;

export class LineEditor {
	readonly #process: Process;
	readonly #completer: Completer | undefined;
	/** Keeps the keys after an Enter for the next line. */
	readonly #keyboard: Keyboard;
	readonly history: string[] = [];
	#prompt = '';
	#line: string[] = [];
	#cursor = 0;
	/** Where in the history the line comes from. */
	#position = 0;
	/** The key before was Tab. */
	#pressedTab = false;

	/** `terminal` is the open file of one. Without a completer, Tab completes paths and commands. */
	constructor(process: Process, terminal: OpenFile, completer?: Completer) {
		this.#process = process;
		this.#completer = completer;
		this.#keyboard = new Keyboard(process, terminal);
	}

	/** A line; 'interrupted' by ^C, undefined by ^D on an empty one or at the terminal's end. */
	async read(prompt: string): Promise<{ text: string } | 'interrupted' | undefined> {
		this.#prompt = prompt;
		this.#line = [];
		this.#cursor = 0;
		this.#position = this.history.length;
		return this.#keyboard.raw(async () => {
			await this.#show(prompt);
			while (true) {
				const pressed = await this.#keyboard.key();
				if (pressed === undefined) return undefined;
				if (pressed === 'none') continue;
				const result = await this.#press(pressed);
				if (result === 'end') return undefined;
				if (result === 'interrupted') return 'interrupted';
				if (result) return this.#entered();
			}
		});
	}

	#entered(): { text: string } {
		const text = this.#line.join('');
		if (text.trim() !== '' && this.history.at(-1) !== text) this.history.push(text);
		if (this.history.length > mostHistory) this.history.shift();
		return { text };
	}

	/** Acts on a key: true where the line is entered. */
	async #press(pressed: string): Promise<boolean | 'interrupted' | 'end'> {
		switch (pressed) {
			case '\r':
			case '\n':
				await this.#move(this.#line.length);
				await this.#show('\n');
				return true;
			case '\x03':
				await this.#move(this.#line.length);
				await this.#show('^C\n');
				return 'interrupted';
			case '\x04':
				if (this.#line.length === 0) return 'end';
				await this.#remove(this.#cursor, this.#cursor + 1);
				break;
			case '\x7f':
			case '\b':
				if (this.#cursor > 0) await this.#remove(this.#cursor - 1, this.#cursor);
				break;
			case '\x1b[3~':
				await this.#remove(this.#cursor, this.#cursor + 1);
				break;
			case '\x1b[D':
			case '\x1bOD':
			case '\x02':
				await this.#move(this.#cursor - 1);
				break;
			case '\x1b[C':
			case '\x1bOC':
			case '\x06':
				await this.#move(this.#cursor + 1);
				break;
			case '\x01':
			case '\x1b[H':
			case '\x1bOH':
			case '\x1b[1~':
				await this.#move(0);
				break;
			case '\x05':
			case '\x1b[F':
			case '\x1bOF':
			case '\x1b[4~':
				await this.#move(this.#line.length);
				break;
			case '\x1b[A':
			case '\x1bOA':
			case '\x10':
				await this.#recall(this.#position - 1);
				break;
			case '\x1b[B':
			case '\x1bOB':
			case '\x0e':
				await this.#recall(this.#position + 1);
				break;
			case '\x0b':
				await this.#remove(this.#cursor, this.#line.length);
				break;
			case '\x15':
				await this.#remove(0, this.#cursor);
				break;
			case '\x17':
				await this.#remove(this.#wordStart(), this.#cursor);
				break;
			case '\x1bb':
			case '\x1b[1;5D':
				await this.#move(this.#wordStart());
				break;
			case '\x1bf':
			case '\x1b[1;5C':
				await this.#move(this.#wordEnd());
				break;
			case '\x1bd':
				await this.#remove(this.#cursor, this.#wordEnd());
				break;
			case '\x0c':
				await this.#show('\x1b[H\x1b[J');
				await this.#redraw(0);
				break;
			case '\t':
				await this.#complete();
				this.#pressedTab = true;
				return false;
			case '\x12':
				return this.#search();
			default:
				if (pressed >= ' ' && !pressed.startsWith('\x1b')) await this.#insert(pressed);
		}
		this.#pressedTab = false;
		return false;
	}

	#wordStart(): number {
		let at = this.#cursor;
		while (at > 0 && this.#line[at - 1] === ' ') at--;
		while (at > 0 && this.#line[at - 1] !== ' ') at--;
		return at;
	}

	#wordEnd(): number {
		let at = this.#cursor;
		while (at < this.#line.length && this.#line[at] === ' ') at++;
		while (at < this.#line.length && this.#line[at] !== ' ') at++;
		return at;
	}

	async #insert(text: string): Promise<void> {
		const characters = [...text];
		this.#line.splice(this.#cursor, 0, ...characters);
		const row = this.#row(this.#cursor);
		this.#cursor += characters.length;
		if (this.#cursor === this.#line.length) await this.#show(text);
		else await this.#redraw(row);
	}

	async #remove(from: number, to: number): Promise<void> {
		if (from >= Math.min(to, this.#line.length)) return;
		const row = this.#row(this.#cursor);
		this.#line.splice(from, to - from);
		this.#cursor = from;
		await this.#redraw(row);
	}

	async #move(cursor: number): Promise<void> {
		if (cursor < 0 || cursor > this.#line.length || cursor === this.#cursor) return;
		const row = this.#row(this.#cursor);
		this.#cursor = cursor;
		await this.#place(row);
	}

	async #recall(position: number): Promise<void> {
		if (position < 0 || position > this.history.length) return;
		const row = this.#row(this.#cursor);
		this.#position = position;
		this.#line = [...(this.history[position] ?? '')];
		this.#cursor = this.#line.length;
		await this.#redraw(row);
	}

	#column(cursor: number): number {
		const [lastLine] = this.#prompt.split('\n').slice(-1);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences take no room
		return lastLine.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').length + cursor;
	}

	#row(cursor: number): number {
		return Math.floor(this.#column(cursor) / this.#keyboard.terminal.size.columns);
	}

	/** Writes prompt and line anew, the cursor being on a row of them. */
	async #redraw(row: number): Promise<void> {
		const [lastLine] = this.#prompt.split('\n').slice(-1);
		const up = row > 0 ? `\x1b[${row}A` : '';
		await this.#show(`${up}\r\x1b[J${lastLine}${this.#line.join('')}`);
		if (this.#cursor < this.#line.length) await this.#place(this.#row(this.#line.length));
	}

	/** Moves the cursor from a row to where it belongs. */
	async #place(row: number): Promise<void> {
		const change = this.#row(this.#cursor) - row;
		const vertical = change < 0 ? `\x1b[${-change}A` : change > 0 ? `\x1b[${change}B` : '';
		const column = this.#column(this.#cursor) % this.#keyboard.terminal.size.columns;
		await this.#show(`${vertical}\r${column > 0 ? `\x1b[${column}C` : ''}`);
	}

	/** Tab: the one name that fits, or as much as all that fit have in common; the second one lists them. */
	async #complete(): Promise<void> {
		const before = this.#line.slice(0, this.#cursor).join('');
		if (before.trim() === '') return;
		const word = this.#line
			.slice(before.endsWith(' ') ? this.#cursor : this.#wordStart(), this.#cursor)
			.join('');
		const found = this.#completer ? await this.#completer(before) : completionOf(this.#process, before, word);
		if (found && found.rest !== '') return this.#insert(found.rest);
		if (!found || !this.#pressedTab) return this.#show('\x07');
		const { columns } = this.#keyboard.terminal.size;
		await this.#move(this.#line.length);
		await this.#show(`\n${inColumns(found.candidates, columns)}`);
		this.#cursor = before.length;
		await this.#redraw(0);
	}

	/** ^R: looks for what is typed in earlier lines; any other key takes the line that is shown and acts on it. */
	async #search(): Promise<boolean | 'interrupted' | 'end'> {
		const before = this.#line;
		let query = '';
		let position = this.history.length;
		const look = (from: number) => {
			const found = this.history.findLastIndex((line, index) => index <= from && line.includes(query));
			if (found < 0 || query === '') return;
			position = found;
			this.#line = [...this.history[found]];
		};
		await this.#show(this.#upToPrompt());
		for (;;) {
			await this.#show(`\r\x1b[J(reverse-i-search)\`${query}': ${this.#line.join('')}`);
			const pressed = await this.#keyboard.key();
			if (pressed === 'none') continue;
			if (pressed === '\x12') look(position - 1);
			else if (pressed === '\x7f' || pressed === '\b') query = query.slice(0, -1);
			else if (pressed !== undefined && pressed >= ' ' && !pressed.startsWith('\x1b')) {
				query += pressed;
				look(position);
			} else {
				if (pressed === '\x07') this.#line = before;
				this.#cursor = this.#line.length;
				this.#position = position;
				await this.#redraw(0);
				if (pressed === undefined) return 'end';
				return pressed === '\x07' || pressed === '\x1b' ? false : this.#press(pressed);
			}
		}
	}

	/** Brings the cursor to the first row of the prompt's last line. */
	#upToPrompt(): string {
		const row = this.#row(this.#cursor);
		return row > 0 ? `\x1b[${row}A` : '';
	}

	#show(text: string): Promise<void> {
		return this.#process.write(2, text);
	}
}
