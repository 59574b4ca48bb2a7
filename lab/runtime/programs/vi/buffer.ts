// The text that vi edits: lines, the cursor, what was yanked, and what undo goes back to.

export interface Position {
	row: number;
	column: number;
}

/** Yanked or deleted text: whole lines, or a part of one. */
export interface Register {
	lines: string[];
	whole: boolean;
}

interface Snapshot extends Position {
	lines: string[];
}

const mostUndo = 200;

export class Buffer {
	lines: string[] = [''];
	row = 0;
	column = 0;
	modified = false;
	register: Register = { lines: [], whole: false };
	#undo: Snapshot[] = [];

	get line(): string {
		return this.lines[this.row];
	}

	set line(text: string) {
		this.lines[this.row] = text;
	}

	/** Remembers the text as it is, for undo; called before each change. */
	change(): void {
		this.#undo.push({ lines: [...this.lines], row: this.row, column: this.column });
		if (this.#undo.length > mostUndo) this.#undo.shift();
		this.modified = true;
	}

	/** Takes the last change back; false where there is none. */
	undo(): boolean {
		const before = this.#undo.pop();
		if (!before) return false;
		this.lines = before.lines;
		this.row = before.row;
		this.column = before.column;
		this.modified = true;
		return true;
	}

	/** Takes another file's lines. */
	load(lines: string[]): void {
		this.lines = lines.length > 0 ? lines : [''];
		this.row = 0;
		this.column = 0;
		this.modified = false;
		this.#undo = [];
	}

	/** Keeps the cursor within the text; in insert mode it may stand behind the line. */
	clamp(inserting: boolean): void {
		this.row = Math.max(0, Math.min(this.row, this.lines.length - 1));
		const last = this.line.length - (inserting ? 0 : 1);
		this.column = Math.max(0, Math.min(this.column, last));
	}

	insert(text: string): void {
		this.line = this.line.slice(0, this.column) + text + this.line.slice(this.column);
		this.column += text.length;
	}

	/** Breaks the line at the cursor. */
	breakLine(): void {
		const rest = this.line.slice(this.column);
		this.line = this.line.slice(0, this.column);
		this.lines.splice(this.row + 1, 0, rest);
		this.row++;
		this.column = 0;
	}

	/** Removes the character before the cursor, or joins with the line before. */
	eraseBefore(): void {
		if (this.column > 0) {
			this.line = this.line.slice(0, this.column - 1) + this.line.slice(this.column);
			this.column--;
		} else if (this.row > 0) {
			const text = this.line;
			this.lines.splice(this.row, 1);
			this.row--;
			this.column = this.line.length;
			this.line += text;
		}
	}

	yankLines(from: number, to: number): void {
		this.register = { lines: this.lines.slice(from, to + 1), whole: true };
	}

	deleteLines(from: number, to: number): void {
		this.yankLines(from, to);
		this.lines.splice(from, to - from + 1);
		if (this.lines.length === 0) this.lines.push('');
		this.row = Math.min(from, this.lines.length - 1);
		this.column = firstText(this.line);
	}

	/** The text from one position to before another, yanked; `remove` takes it out. */
	take(from: Position, to: Position, remove: boolean): void {
		const taken = this.lines.slice(from.row, to.row + 1);
		taken[taken.length - 1] = taken[taken.length - 1].slice(0, to.column);
		taken[0] = taken[0].slice(from.column);
		this.register = { lines: taken, whole: false };
		this.row = from.row;
		this.column = from.column;
		if (!remove) return;
		const rest = this.lines[from.row].slice(0, from.column) + this.lines[to.row].slice(to.column);
		this.lines.splice(from.row, to.row - from.row + 1, rest);
	}

	/** Puts what was yanked after or before the cursor. */
	put(after: boolean): void {
		const { lines, whole } = this.register;
		if (lines.length === 0) return;
		if (whole) {
			const row = this.row + (after ? 1 : 0);
			this.lines = [...this.lines.slice(0, row), ...lines, ...this.lines.slice(row)];
			this.row = row;
			this.column = firstText(this.line);
			return;
		}
		const column = after && this.line !== '' ? this.column + 1 : this.column;
		const start = this.line.slice(0, column);
		const end = this.line.slice(column);
		const put = [...lines];
		put[0] = start + put[0];
		this.column = lines.length === 1 ? put[0].length - 1 : column;
		put[put.length - 1] += end;
		this.lines = [...this.lines.slice(0, this.row), ...put, ...this.lines.slice(this.row + 1)];
	}

	/** Joins the next line to this one, with a space between. */
	join(): void {
		if (this.row + 1 >= this.lines.length) return;
		const next = this.lines[this.row + 1].trimStart();
		this.column = this.line.length;
		this.line += (next === '' || this.line === '' ? '' : ' ') + next;
		this.lines.splice(this.row + 1, 1);
	}
}

/** The column of a line's first character that is no white space. */
export function firstText(line: string): number {
	return Math.max(0, line.search(/\S/));
}
