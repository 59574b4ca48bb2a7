// What vi shows: the lines around the cursor, ~ below the text, a status line, the cursor in its place.
import { encode } from '../../byte-text.ts';
import type { Process, Terminal } from '../../process.ts';
import { screenRows, shownText } from '../screen-text.ts';
import type { Buffer } from './buffer.ts';

export class Screen {
	readonly #process: Process;
	readonly #terminal: Terminal;
	/** The first line shown. */
	#top = 0;
	/** What is on the screen, row by row: only what changes is written. */
	#shown: string[] = [];
	numbered = false;

	constructor(process: Process, terminal: Terminal) {
		this.#process = process;
		this.#terminal = terminal;
	}

	/** Rows for text. */
	get height(): number {
		return Math.max(1, this.#terminal.size.rows - 1);
	}

	/** Everything has to be drawn anew, as after a change of size. */
	forget(): void {
		this.#shown = [];
	}

	async draw(buffer: Buffer, status: string): Promise<void> {
		const { columns } = this.#terminal.size;
		if (buffer.row < this.#top || buffer.row >= this.#top + this.height)
			this.#top = Math.max(0, buffer.row - Math.floor(this.height / 2));
		// Lines before the cursor's may take several rows.
		while (this.#top < buffer.row && this.#rowsTo(buffer, columns) > this.height) this.#top++;
		const rows: string[] = [];
		for (let line = this.#top; line < buffer.lines.length && rows.length < this.height; line++)
			rows.push(...screenRows(this.#margin(line) + buffer.lines[line], columns, this.height - rows.length));
		while (rows.length < this.height) rows.push('~');
		rows.push(status.slice(0, columns - 1));
		let output = this.#shown.length === rows.length ? '' : '\x1b[H\x1b[J';
		if (this.#shown.length !== rows.length) this.#shown = rows.map(() => '');
		for (const [index, row] of rows.entries())
			if (row !== this.#shown[index]) output += `\x1b[${index + 1};1H\x1b[K${row}`;
		this.#shown = rows;
		const before = shownText(this.#margin(buffer.row) + buffer.line.slice(0, buffer.column)).length;
		const first =
			this.#rowsTo(buffer, columns) - screenRows(this.#margin(buffer.row) + buffer.line, columns).length;
		const place = `\x1b[${first + Math.floor(before / columns) + 1};${(before % columns) + 1}H`;
		await this.#process.write(1, encode(output + place));
	}

	/** Puts the cursor behind a text that is typed in the status line. */
	async prompt(text: string): Promise<void> {
		this.#shown[this.height] = text;
		await this.#process.write(1, encode(`\x1b[${this.height + 1};1H\x1b[K${text}`));
	}

	#margin(line: number): string {
		return this.numbered ? `${String(line + 1).padStart(3)} ` : '';
	}

	/** The rows from the top to the end of the cursor's line. */
	#rowsTo(buffer: Buffer, columns: number): number {
		let rows = 0;
		for (let line = this.#top; line <= buffer.row; line++)
			rows += screenRows(this.#margin(line) + buffer.lines[line], columns).length;
		return rows;
	}
}
