// vi, as busybox has it: command and insert mode, counts, operators with motions, search, undo.
import { isTerminal, Keyboard, terminalOf } from '../../keyboard.ts';
import type { Process } from '../../process.ts';
import { compileRegex, RegexError } from '../regex.ts';
import { type Call, type Tool, ToolFailure } from '../tool.ts';
import { Buffer, firstText } from './buffer.ts';
import { Colon } from './colon.ts';
import { type Motion, motion } from './motions.ts';
import { Screen } from './screen.ts';

const control = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f);

class Editor {
	readonly #process: Process;
	readonly #keyboard: Keyboard;
	readonly #buffer = new Buffer();
	readonly #screen: Screen;
	readonly #colon: Colon;
	#message = '';
	#pattern = '';
	#forwards = true;
	#ended = false;

	constructor(call: Call, keyboard: Keyboard, path: string | undefined) {
		this.#process = call.process;
		this.#keyboard = keyboard;
		this.#screen = new Screen(call.process, keyboard.terminal);
		this.#colon = new Colon(call.process, this.#buffer, this.#screen);
		call.process.onSignal('WINCH', () => this.#screen.forget());
		if (path !== undefined) this.#message = this.#colon.open(path);
	}

	async run(): Promise<void> {
		while (!this.#ended) {
			this.#buffer.clamp(false);
			const key = await this.#key(this.#message || this.#colon.status);
			this.#message = '';
			await this.#command(key, undefined);
		}
	}

	/** The next key, the screen being up to date; at the terminal's end, vi ends. */
	async #key(status: string): Promise<string> {
		while (!this.#ended) {
			await this.#screen.draw(this.#buffer, status);
			const key = await this.#keyboard.key();
			if (key === undefined) this.#ended = true;
			else if (key === '\x1a') await this.#suspend();
			else if (key !== 'none') return key;
		}
		return '';
	}

	/** ^Z: the shell goes on below what is shown. */
	async #suspend(): Promise<void> {
		await this.#process.write(1, `\x1b[${this.#keyboard.terminal.size.rows};1H\x1b[K`);
		await this.#keyboard.suspend();
		this.#screen.forget();
	}

	async #command(first: string, given: number | undefined): Promise<void> {
		let key = first;
		let count = given;
		while (/^[1-9]$/.test(key) || (count !== undefined && key === '0')) {
			count = Math.min(1e6, (count ?? 0) * 10 + Number(key));
			key = await this.#key(this.#colon.status);
		}
		if (key === 'g') key += await this.#key(this.#colon.status);
		const to = motion(this.#buffer, key, count);
		if (to) return this.#move(to);
		if (key === 'd' || key === 'y' || key === 'c') return this.#operator(key, count);
		if (await this.#edit(key, count ?? 1)) return;
		await this.#other(key, count ?? 1);
	}

	#move(to: { row: number; column: number }): void {
		this.#buffer.row = to.row;
		this.#buffer.column = to.column;
	}

	/** d, y and c: on the lines where the letter comes twice, or as far as a motion leads. */
	async #operator(operator: 'd' | 'y' | 'c', given: number | undefined): Promise<void> {
		const buffer = this.#buffer;
		let count = given;
		let key = await this.#key(this.#colon.status);
		while (/^[1-9]$/.test(key)) {
			count = (count ?? 1) * Number(key);
			key = await this.#key(this.#colon.status);
		}
		if (key === 'g') key += await this.#key(this.#colon.status);
		const doubled = key === operator;
		// cw changes to the end of the word, as ce.
		const target: Motion | undefined = doubled
			? { row: Math.min(buffer.lines.length - 1, buffer.row + (count ?? 1) - 1), column: 0, lines: true }
			: motion(buffer, operator === 'c' && key === 'w' ? 'e' : key, count);
		if (!target) return;
		if (operator !== 'y') buffer.change();
		if (target.lines) {
			const [from, to] = [Math.min(buffer.row, target.row), Math.max(buffer.row, target.row)];
			if (operator === 'y') return buffer.yankLines(from, to);
			const indent = /^\s*/.exec(buffer.lines[from])![0];
			const all = from === 0 && to === buffer.lines.length - 1;
			buffer.deleteLines(from, to);
			if (operator === 'd') return;
			if (!all) buffer.lines.splice(from, 0, '');
			buffer.row = from;
			buffer.line = indent;
			buffer.column = indent.length;
			return this.#insert();
		}
		const here = { row: buffer.row, column: buffer.column };
		const there = { row: target.row, column: target.column + (target.inclusive ? 1 : 0) };
		// dw at a line's last word leaves the line's end.
		if (key === 'w' && there.row > here.row)
			Object.assign(there, { row: here.row, column: buffer.line.length });
		const isBehind = there.row < here.row || (there.row === here.row && there.column < here.column);
		buffer.take(isBehind ? there : here, isBehind ? here : there, operator !== 'y');
		if (operator === 'c') await this.#insert();
	}

	/** Commands that change the text; false for another key. */
	async #edit(key: string, count: number): Promise<boolean> {
		const buffer = this.#buffer;
		const end = { row: buffer.row, column: buffer.line.length };
		const here = { row: buffer.row, column: buffer.column };
		if (!'iIaAoOxXDCsSpPJ~r'.includes(key) && key !== '\x1b[3~') return false;
		buffer.change();
		switch (key) {
			case 'I':
				buffer.column = firstText(buffer.line);
				break;
			case 'a':
				buffer.column = Math.min(buffer.line.length, buffer.column + 1);
				break;
			case 'A':
				buffer.column = buffer.line.length;
				break;
			case 'o':
			case 'O':
				buffer.row += key === 'o' ? 1 : 0;
				buffer.lines.splice(buffer.row, 0, '');
				buffer.column = 0;
				break;
			case 's':
			case 'x':
			case '\x1b[3~':
				buffer.take(here, { ...here, column: Math.min(end.column, here.column + count) }, true);
				break;
			case 'X':
				buffer.take({ ...here, column: Math.max(0, here.column - count) }, here, true);
				break;
			case 'D':
			case 'C':
				buffer.take(here, end, true);
				break;
			case 'S':
				buffer.line = '';
				break;
			case 'p':
			case 'P':
				for (let round = 0; round < Math.min(count, 1000); round++) buffer.put(key === 'p');
				break;
			case 'J':
				buffer.join();
				break;
			case '~': {
				const letter = buffer.line[buffer.column] ?? '';
				const other = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
				buffer.line = buffer.line.slice(0, buffer.column) + other + buffer.line.slice(buffer.column + 1);
				buffer.column++;
				break;
			}
			case 'r': {
				const letter = await this.#key(this.#colon.status);
				if (letter >= ' ' && letter.length === 1 && buffer.column < buffer.line.length)
					buffer.line = buffer.line.slice(0, buffer.column) + letter + buffer.line.slice(buffer.column + 1);
				break;
			}
		}
		if ('iIaAoOCsS'.includes(key)) await this.#insert();
		return true;
	}

	async #other(key: string, count: number): Promise<void> {
		const buffer = this.#buffer;
		const page = this.#screen.height;
		switch (key) {
			case 'Y':
				return buffer.yankLines(buffer.row, Math.min(buffer.lines.length - 1, buffer.row + count - 1));
			case 'u':
				this.#message = buffer.undo() ? '' : 'Already at oldest change';
				return;
			case '/':
			case '?': {
				const typed = await this.#ask(key);
				if (typed === undefined) return;
				if (typed !== '') this.#pattern = typed;
				this.#forwards = key === '/';
				return this.#search(this.#forwards);
			}
			case 'n':
				return this.#search(this.#forwards);
			case 'N':
				return this.#search(!this.#forwards);
			case ':': {
				const typed = await this.#ask(':');
				if (typed !== undefined) this.#apply(typed);
				return;
			}
			case 'Z':
				if ((await this.#key(this.#colon.status)) === 'Z') this.#apply('x');
				return;
			case control('F'):
			case '\x1b[6~':
				buffer.row += page;
				return;
			case control('B'):
			case '\x1b[5~':
				buffer.row -= page;
				return;
			case control('D'):
				buffer.row += Math.floor(page / 2);
				return;
			case control('U'):
				buffer.row -= Math.floor(page / 2);
				return;
			case control('G'):
				this.#message = this.#colon.status;
				return;
			case control('L'):
				this.#screen.forget();
		}
	}

	#apply(command: string): void {
		const { message, quit } = this.#colon.run(command);
		this.#message = message;
		this.#ended ||= quit;
	}

	/** Reads a line at the foot of the screen; undefined where Escape gave it up. */
	async #ask(sign: string): Promise<string | undefined> {
		let typed = '';
		while (!this.#ended) {
			await this.#screen.prompt(sign + typed);
			const key = await this.#keyboard.key();
			if (key === undefined) this.#ended = true;
			if (key === undefined || key === '\x1b' || key === '\x03') return undefined;
			if (key === '\r' || key === '\n') return typed;
			if (key === '\x7f' || key === '\b') {
				if (typed === '') return undefined;
				typed = typed.slice(0, -1);
			} else if (key !== 'none' && key >= ' ') typed += key;
		}
		return undefined;
	}

	#search(forwards: boolean): void {
		const buffer = this.#buffer;
		const { length } = buffer.lines;
		try {
			const regex = compileRegex(this.#pattern, {});
			for (let step = 0; step <= length; step++) {
				const row = (buffer.row + (forwards ? step : length - step)) % length;
				const starts: number[] = [];
				for (let from = 0; from <= buffer.lines[row].length; ) {
					const match = regex.find(buffer.lines[row], from);
					if (!match) break;
					starts.push(match.start);
					from = Math.max(match.end, match.start + 1);
				}
				const column = forwards
					? starts.find((start) => step > 0 || start > buffer.column)
					: starts.findLast((start) => step > 0 || start < buffer.column);
				if (column === undefined) continue;
				this.#move({ row, column });
				return;
			}
			this.#message = 'Pattern not found';
		} catch (error) {
			if (!(error instanceof RegexError)) throw error;
			this.#message = `bad search pattern '${this.#pattern}'`;
		}
	}

	async #insert(): Promise<void> {
		const buffer = this.#buffer;
		while (!this.#ended) {
			buffer.clamp(true);
			const key = await this.#key('-- INSERT --');
			switch (key) {
				case '\x1b':
				case '\x03':
					buffer.column--;
					return;
				case '\r':
				case '\n':
					buffer.breakLine();
					break;
				case '\x7f':
				case '\b':
					buffer.eraseBefore();
					break;
				case '\x1b[3~':
					buffer.line = buffer.line.slice(0, buffer.column) + buffer.line.slice(buffer.column + 1);
					break;
				case '\t':
					buffer.insert(key);
					break;
				default: {
					if (!key.startsWith('\x1b')) {
						if (key >= ' ') buffer.insert(key);
						break;
					}
					const to = motion(buffer, key, undefined);
					if (to) this.#move({ ...to, column: to.column + (to.inclusive ? 1 : 0) });
				}
			}
		}
	}
}

export const vi: Tool = {
	name: 'vi',
	usage: '[-c CMD] [-R] [-H] [FILE]...',
	async run(call) {
		const { operands } = call.options({ short: 'c:RH' });
		const terminal = terminalOf(call.process);
		if (!terminal || !isTerminal(call.process, 1)) throw new ToolFailure("can't open terminal: not a tty");
		const keyboard = new Keyboard(call.process, terminal, { loneEscape: true });
		const editor = new Editor(call, keyboard, operands[0]);
		await keyboard.raw(() => editor.run());
		await call.process.write(1, `\x1b[${keyboard.terminal.size.rows};1H\x1b[K`);
		return 0;
	},
};
