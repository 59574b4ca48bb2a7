// Reserved words, operators and newlines (POSIX.1-2024, Shell Command Language, 2.3 and 2.4).
import type { HereDocuments } from './here-documents.ts';
import type { Reader } from './reader.ts';
import { SyntaxFailure } from './syntax.ts';

const reserved =
	/^(if|then|elif|else|fi|do|done|case|esac|while|until|for|in|function|\[\[|!|\{|\})(?=[\s;&|<>()]|$)/;
const operators = /^(?:&&|\|\||;;&|;;|;&|<<<|<<-|<<|>>|<&|>&|<>|>\||&>>|&>|[;&|<>()])/;
const extendedOnly = new Set(['[[', 'function']);

export class Tokens {
	readonly #reader: Reader;
	readonly #hereDocuments: HereDocuments;

	constructor(reader: Reader, hereDocuments: HereDocuments) {
		this.#reader = reader;
		this.#hereDocuments = hereDocuments;
	}

	/** The error of the token that stands here. */
	unexpected(expected?: string): SyntaxFailure {
		const reader = this.#reader;
		reader.skipBlanks();
		const rest = reader.source.slice(reader.at);
		if (rest === '') return new SyntaxFailure(reader.line, undefined, expected);
		if (rest[0] === '\n') return new SyntaxFailure(reader.line, 'newline', expected);
		const token = operators.exec(rest)?.[0] ?? /^[^\s;&|<>()]+/.exec(rest)?.[0] ?? rest[0];
		return new SyntaxFailure(reader.line, token, expected);
	}

	/** Takes a text that must come, after any newlines. */
	expect(text: string): void {
		const reader = this.#reader;
		this.linebreak();
		if (!reader.startsWith(text)) throw this.unexpected(text);
		reader.at += text.length;
	}

	/** The reserved word that stands here. */
	reserved(): string | undefined {
		const reader = this.#reader;
		reader.skipBlanks();
		const word = reserved.exec(reader.source.slice(reader.at, reader.at + 10))?.[1];
		return word && extendedOnly.has(word) && !this.#reader.dialect.extended ? undefined : word;
	}

	/** Takes a reserved word where it stands here. */
	take(word: string): boolean {
		if (this.reserved() !== word) return false;
		this.#reader.at += word.length;
		return true;
	}

	/** Takes a reserved word that must come, after any newlines. */
	require(word: string): void {
		this.linebreak();
		if (!this.take(word)) throw this.unexpected(word);
	}

	/** Takes a newline, and the here-documents that follow it. */
	newline(): void {
		this.#reader.next();
		this.#hereDocuments.read();
	}

	/** Takes newlines, as many as there are. */
	linebreak(): void {
		const reader = this.#reader;
		reader.skipBlanks();
		while (reader.peek() === '\n') {
			this.newline();
			reader.skipBlanks();
		}
	}

	/** Takes an operator where it stands here as a whole. */
	operator(text: string): boolean {
		const reader = this.#reader;
		reader.skipBlanks();
		if (operators.exec(reader.source.slice(reader.at, reader.at + 3))?.[0] !== text) return false;
		reader.at += text.length;
		return true;
	}
}
