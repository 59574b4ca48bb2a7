// Here-documents (POSIX.1-2024, Shell Command Language, 2.7.4): announced by a redirection, read after the line's end.
import type { Reader } from './reader.ts';
import { type Redirection, SyntaxFailure, type WordPart } from './syntax.ts';

interface HereDocument {
	redirection: Redirection;
	end: string;
	strip: boolean;
	quoted: boolean;
}

export class HereDocuments {
	readonly #reader: Reader;
	/** Whether an unfinished one waits for more input rather than ending with it. */
	readonly #more: boolean;
	/** Parses a body whose delimiter was not quoted. */
	readonly #expandable: (body: string, line: number) => WordPart[];
	#expected: HereDocument[] = [];

	constructor(reader: Reader, more: boolean, expandable: (body: string, line: number) => WordPart[]) {
		this.#reader = reader;
		this.#more = more;
		this.#expandable = expandable;
	}

	/** Announces one by its delimiter as written; `strip` takes leading tabs off (<<-). */
	expect(redirection: Redirection, delimiter: string, strip: boolean): void {
		const quoted = /['"\\]/.test(delimiter);
		this.#expected.push({ redirection, strip, quoted, end: delimiter.replace(/\\(.)|['"]/g, '$1') });
	}

	/** Reads what was announced, from the line at hand on. */
	read(): void {
		for (const { redirection, end, strip, quoted } of this.#expected.splice(0)) {
			const { line } = this.#reader;
			const body = this.#body(end, strip);
			redirection.target = {
				parts: quoted ? [{ type: 'quoted', text: body }] : this.#expandable(body, line),
			};
		}
	}

	#body(end: string, strip: boolean): string {
		const reader = this.#reader;
		let body = '';
		while (reader.at < reader.source.length) {
			const newline = reader.source.indexOf('\n', reader.at);
			const stop = newline < 0 ? reader.source.length : newline;
			const text = reader.source.slice(reader.at, stop);
			reader.at = newline < 0 ? stop : stop + 1;
			reader.line++;
			const content = strip ? text.replace(/^\t+/, '') : text;
			if (content === end) return body;
			body += newline < 0 ? content : `${content}\n`;
		}
		if (this.#more) throw new SyntaxFailure(reader.line, undefined, end);
		return body;
	}
}
