// What a terminal shows, kept on the server by a headless terminal: hints match it, a page that comes late is
// given it, and the shell's marks are read where they stand in it (its parser works across chunk borders).
import serializing from '@xterm/addon-serialize';
import headless, { type IBuffer, type ITerminalAddon } from '@xterm/headless';
import { type Mark, readMark } from './marks.ts';
import { PiledMarks } from './piled-marks.ts';
import { limitRepeatCounts } from './repeat-counts.ts';

/** Output that is not parsed yet above which the middle of plain text is left out, in bytes. */
const longestBacklog = 1 << 20;
/** What is parsed in one turn, in bytes: about 2 ms. */
const batch = 1 << 15;
const escapeByte = 0x1b;

export interface ScreenEvents {
	/** A mark of the shell; the cursor stands where it was printed. */
	mark(mark: Mark): void;
	title(title: string): void;
	/** Everything that was written has been parsed. */
	parsed(): void;
}

/** A line of the screen that stays that line when the screen scrolls. */
export interface Place {
	/** From the top of the scrollback; -1 once it was scrolled out or cleared away. */
	readonly line: number;
	readonly isDisposed: boolean;
}

export class Screen {
	readonly #terminal: headless.Terminal;
	readonly #serializer = new serializing.SerializeAddon();
	readonly #events: ScreenEvents;
	readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	readonly #piledMarks = new PiledMarks();
	/** The last line that was asked for: one marker is enough for it. */
	#here: Place | undefined;
	/** In order; a part that is left out has no bytes, but its length. */
	#pending: { bytes: Buffer; length: number }[] = [];
	#writing = false;
	#lastHadEscape = false;
	#closed = false;
	/** Bytes that are not parsed yet. */
	backlog = 0;
	/** The offset in the terminal's output up to which the screen shows it. */
	offset = 0;

	constructor(columns: number, rows: number, nonce: string, events: ScreenEvents) {
		this.#terminal = new headless.Terminal({
			cols: columns,
			rows,
			scrollback: 1_000,
			allowProposedApi: true,
			logLevel: 'off',
		});
		this.#terminal.loadAddon(this.#serializer as unknown as ITerminalAddon);
		this.#events = events;
		this.#terminal.parser.registerOscHandler(133, (text) => {
			const mark = readMark(text, nonce);
			if (mark) events.mark(mark);
			return true;
		});
		// Links (OSC 8) are for who can click them; kept for as long as their line is, they could fill the memory.
		this.#terminal.parser.registerOscHandler(8, () => true);
		limitRepeatCounts(this.#terminal.parser, () => this.#terminal.rows);
		this.#terminal.onTitleChange((title) => events.title(title));
	}

	get columns(): number {
		return this.#terminal.cols;
	}

	get rows(): number {
		return this.#terminal.rows;
	}

	/** Whether the program on the tty has asked for pasted text to be bracketed. */
	get bracketedPaste(): boolean {
		return this.#terminal.modes.bracketedPasteMode;
	}

	write(chunk: Buffer): void {
		if (this.#closed) return;
		this.#pending.push({ bytes: chunk, length: chunk.length });
		this.backlog += chunk.length;
		if (this.backlog > longestBacklog) this.#leaveOut();
		if (!this.#writing) this.#parseNext();
	}

	resize(columns: number, rows: number): void {
		this.#terminal.resize(columns, rows);
	}

	/** Bytes that make a fresh terminal of this size show what this one shows; valid at `offset`. */
	snapshot(): string {
		return this.#serializer.serialize();
	}

	/** The line that the cursor is on. */
	here(): Place {
		const { baseY, cursorY, type } = this.#terminal.buffer.active;
		const line = baseY + cursorY;
		if (type === 'normal' && this.#here && !this.#here.isDisposed && this.#here.line === line)
			return this.#here;
		this.#here = this.#terminal.registerMarker(0);
		// A full-screen program's buffer has no scrollback, and no markers.
		return this.#here ?? { line, isDisposed: false };
	}

	/** Whether the cursor has left the line; one that was cleared away counts as left. */
	hasLeft(place: Place): boolean {
		const buffer = this.#terminal.buffer.active;
		return place.line !== buffer.baseY + buffer.cursorY;
	}

	/** The logical line that ends at the cursor, with its trailing space. */
	cursorLine(): string {
		const buffer = this.#terminal.buffer.active;
		let first = buffer.baseY + buffer.cursorY;
		while (first > 0 && buffer.getLine(first)?.isWrapped) first--;
		return this.#logicalLines(buffer, first).join('\n');
	}

	/**
	 * The text from a line on, wrapped lines joined; of a full-screen program, all that it shows.
	 * @param echo what was typed on that line and is no output, where it is to be left out.
	 */
	textFrom(place: Place, echo?: string): string {
		const buffer = this.#terminal.buffer.active;
		if (buffer.type === 'alternate') return this.#logicalLines(buffer, 0).join('\n');
		let first = Math.max(0, place.line);
		if (echo !== undefined && !place.isDisposed) first = this.#afterEcho(buffer, first, echo);
		return this.#logicalLines(buffer, first).join('\n');
	}

	close(): void {
		this.#closed = true;
		this.#pending = [];
		this.backlog = 0;
		this.#terminal.dispose();
	}

	/** An echo may be broken at the width by readline itself, so it is found without regard to white space. */
	#afterEcho(buffer: IBuffer, first: number, echo: string): number {
		const wanted = echo.replace(/\s/g, '');
		const cursor = buffer.baseY + buffer.cursorY;
		let seen = '';
		for (let line = first; line <= cursor && seen.length < wanted.length + 1_000; line++) {
			seen += buffer.getLine(line)?.translateToString(true).replace(/\s/g, '') ?? '';
			if (seen.includes(wanted)) return line + 1;
		}
		return first + 1;
	}

	#logicalLines(buffer: IBuffer, first: number): string[] {
		const cursor = buffer.baseY + buffer.cursorY;
		const lines: string[] = [];
		for (let y = first; y < buffer.length; y++) {
			const line = buffer.getLine(y);
			if (!line) break;
			// A line that goes on in the next keeps its trailing space, and so does the cursor's (a prompt's). Beyond
			// the last line the buffer gives what a resize has left there.
			const goesOn = y + 1 < buffer.length && buffer.getLine(y + 1)!.isWrapped;
			let text = line.translateToString(!goesOn);
			if (y === cursor) text = text.padEnd(buffer.cursorX);
			if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
			else lines.push(text);
		}
		while (lines.length > 0 && lines.at(-1) === '') lines.pop();
		return lines;
	}

	/**
	 * Plain text that no page could scroll back to need not be parsed: in a flood this keeps a terminal as fast
	 * as its pages. Text with an escape sequence is never left out, nor what may continue one.
	 */
	#leaveOut(): void {
		let previousHadEscape = this.#lastHadEscape;
		for (const part of this.#pending) {
			if (this.backlog <= longestBacklog / 2) break;
			const hasEscape = part.bytes.includes(escapeByte);
			if (!hasEscape && !previousHadEscape) {
				this.backlog -= part.bytes.length;
				part.bytes = part.bytes.subarray(0, 0);
			}
			previousHadEscape = hasEscape;
		}
	}

	/** Parses one batch a turn, so that a flood is read and sent on meanwhile. */
	#parseNext(): void {
		if (this.#closed) return;
		const parts: Buffer[] = [];
		let size = 0;
		let length = 0;
		while (size < batch && this.#pending.length > 0) {
			const part = this.#pending.shift()!;
			const bytes = part.bytes.subarray(0, batch - size);
			if (bytes.length < part.bytes.length) {
				const rest = part.bytes.subarray(bytes.length);
				this.#pending.unshift({ bytes: rest, length: rest.length });
				part.length = bytes.length;
			}
			parts.push(bytes);
			size += bytes.length;
			length += part.length;
		}
		this.#writing = parts.length > 0;
		if (!this.#writing) {
			this.#events.parsed();
			return;
		}
		const bytes = Buffer.concat(parts, size);
		this.#lastHadEscape = bytes.includes(escapeByte);
		// Bytes that are no UTF-8 show nothing, as in a page.
		const text = this.#decoder.decode(bytes, { stream: true }).replaceAll('\ufffd', '');
		this.#terminal.write(this.#piledMarks.limit(text), () => {
			this.backlog -= size;
			this.offset += length;
			if (this.#pending.length > 0) setImmediate(() => this.#parseNext());
			else this.#parseNext();
		});
	}
}
