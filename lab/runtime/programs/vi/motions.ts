// Where vi's motions lead (POSIX.1-2024, vi, Motion Commands).
import { type Buffer, firstText, type Position } from './buffer.ts';

export interface Motion extends Position {
	/** An operator takes whole lines with it (dj), … */
	lines?: boolean;
	/** … or the character that it ends on (de). */
	inclusive?: boolean;
}

/** The kind of a character: white space, of a word, or punctuation. */
const kindOf = (character: string | undefined): number =>
	character === undefined || /\s/.test(character) ? 0 : /\w/.test(character) ? 1 : 2;

function nextWord(buffer: Buffer, from: Position): Position {
	let { row, column } = from;
	const kind = kindOf(buffer.lines[row][column]);
	while (kind !== 0 && kindOf(buffer.lines[row][column]) === kind) column++;
	while (true) {
		while (column < buffer.lines[row].length && kindOf(buffer.lines[row][column]) === 0) column++;
		if (column < buffer.lines[row].length || row + 1 >= buffer.lines.length) return { row, column };
		row++;
		column = 0;
		if (buffer.lines[row] === '') return { row, column };
	}
}

function endOfWord(buffer: Buffer, from: Position): Position {
	let { row, column } = from;
	column++;
	while (kindOf(buffer.lines[row][column]) === 0) {
		if (column < buffer.lines[row].length) column++;
		else if (row + 1 < buffer.lines.length) {
			row++;
			column = 0;
		} else return { row, column: Math.max(0, buffer.lines[row].length - 1) };
	}
	const kind = kindOf(buffer.lines[row][column]);
	while (kindOf(buffer.lines[row][column + 1]) === kind) column++;
	return { row, column };
}

function wordBefore(buffer: Buffer, from: Position): Position {
	let { row, column } = from;
	column--;
	while (column < 0 || kindOf(buffer.lines[row][column]) === 0) {
		if (column > 0) column--;
		else if (row > 0) {
			row--;
			column = buffer.lines[row].length - 1;
			if (buffer.lines[row] === '') return { row, column: 0 };
		} else return { row: 0, column: 0 };
	}
	const kind = kindOf(buffer.lines[row][column]);
	while (column > 0 && kindOf(buffer.lines[row][column - 1]) === kind) column--;
	return { row, column };
}

const arrows: Record<string, string> = {
	'\x1b[A': 'k',
	'\x1bOA': 'k',
	'\x1b[B': 'j',
	'\x1bOB': 'j',
	'\x1b[C': 'l',
	'\x1bOC': 'l',
	'\x1b[D': 'h',
	'\x1bOD': 'h',
	'\x7f': 'h',
	'\b': 'h',
	' ': 'l',
	'\r': '+',
	'\n': 'j',
	'\x1b[H': '0',
	'\x1bOH': '0',
	'\x1b[1~': '0',
	'\x1b[F': '$',
	'\x1bOF': '$',
	'\x1b[4~': '$',
};

/** Where a key leads from the cursor; undefined for a key that is no motion. `count` is undefined where none was typed. */
export function motion(buffer: Buffer, key: string, count: number | undefined): Motion | undefined {
	const times = count ?? 1;
	const { row, column } = buffer;
	const last = buffer.lines.length - 1;
	const repeated = (step: (from: Position) => Position): Position => {
		let at: Position = { row, column };
		for (let round = 0; round < times; round++) {
			const next = step(at);
			if (next.row === at.row && next.column === at.column) break;
			at = next;
		}
		return at;
	};
	switch (arrows[key] ?? key) {
		case 'h':
			return { row, column: Math.max(0, column - times) };
		case 'l':
			return { row, column: Math.min(buffer.line.length, column + times) };
		case 'j':
			return { row: Math.min(last, row + times), column, lines: true };
		case 'k':
			return { row: Math.max(0, row - times), column, lines: true };
		case '+':
		case '-': {
			const to = Math.max(0, Math.min(last, row + (key === '-' ? -times : times)));
			return { row: to, column: firstText(buffer.lines[to]), lines: true };
		}
		case '0':
			return { row, column: 0 };
		case '^':
			return { row, column: firstText(buffer.line) };
		case '$':
			return { row, column: Math.max(0, buffer.line.length - 1), inclusive: true };
		case 'w':
			return repeated((from) => nextWord(buffer, from));
		case 'b':
			return repeated((from) => wordBefore(buffer, from));
		case 'e':
			return { ...repeated((from) => endOfWord(buffer, from)), inclusive: true };
		case 'G': {
			const to = Math.min(last, count === undefined ? last : Math.max(0, count - 1));
			return { row: to, column: firstText(buffer.lines[to]), lines: true };
		}
		case 'gg': {
			const to = Math.min(last, times - 1);
			return { row: to, column: firstText(buffer.lines[to]), lines: true };
		}
		default:
			return undefined;
	}
}
