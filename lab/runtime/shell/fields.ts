// Field splitting and quote removal (POSIX.1-2024, Shell Command Language, 2.6.5 and 2.6.7).
import type { PatternCharacter } from './pattern.ts';

/** A stretch of text, quoted or not. */
export interface Run {
	text: string;
	quoted: boolean;
}

export type Field = Run[];

const whitespace = ' \t\n';
const charactersPerPart = 4096;

/** Collects what a word expands to, and splits what comes from unquoted expansions at IFS. */
export class Fields {
	readonly #ifs: string;
	readonly #done: Field[] = [];
	#current: Field | undefined;

	constructor(ifs: string) {
		this.#ifs = ifs;
	}

	/** Adds text that stays in the field; quoted text makes a field even where it is empty. */
	add(text: string, quoted: boolean): void {
		if (text === '' && !quoted) return;
		this.#current ??= [];
		this.#current.push({ text, quoted });
	}

	/** Adds what an unquoted expansion gave; a long text in parts, giving after each how much has been done. */
	*split(text: string): Generator<number> {
		let start = 0;
		let at = 0;
		let yielded = 0;
		const isDelimiter = () => this.#ifs.includes(text[at]);
		const isSpace = () => whitespace.includes(text[at]) && isDelimiter();
		const skipSpace = () => {
			while (at < text.length && isSpace()) at++;
		};
		while (at < text.length) {
			if (!isDelimiter()) {
				at++;
				continue;
			}
			this.add(text.slice(start, at), false);
			skipSpace();
			if (at < text.length && isDelimiter()) {
				this.#current ??= [];
				at++;
				skipSpace();
			}
			this.end();
			start = at;
			if (at < yielded + charactersPerPart) continue;
			yield at - yielded;
			yielded = at;
		}
		this.add(text.slice(start), false);
	}

	/** Ends the field at hand. */
	end(): void {
		if (this.#current) this.#done.push(this.#current);
		this.#current = undefined;
	}

	all(): Field[] {
		this.end();
		return this.#done;
	}
}

/** Put together without a copy, since what is long is often doubled before it is ever looked into. */
export function textOf(field: Field): string {
	let text = '';
	for (const run of field) text += run.text;
	return text;
}

export function charactersOf(field: Field): PatternCharacter[] {
	return field.flatMap(({ text, quoted }) => [...text].map((character) => ({ text: character, quoted })));
}
