// Reads the characters of a script: quotes, expansions, words. What is a word and what ends it is here; how words
// make commands is in parser.ts.
import type { Dialect } from './dialect.ts';
import { type ParameterPart, type Script, SyntaxFailure, type Word, type WordPart } from './syntax.ts';

const blanks = ' \t';
const wordEnds = ' \t\n;&|<>()';
const nameStart = /[A-Za-z_]/;
const nameRest = /[A-Za-z0-9_]/;
const specialParameters = '@*#?-$!';
/** Characters that a backslash quotes within double quotes. */
const escapable = '$`"\\\n';

export class Reader {
	source: string;
	at = 0;
	line = 1;
	readonly dialect: Dialect;
	/** Parses the commands within $( … ), from the reader's place up to the closing parenthesis. */
	readonly #nested: (reader: Reader) => Script;

	constructor(source: string, dialect: Dialect, nested: (reader: Reader) => Script) {
		this.source = source;
		this.dialect = dialect;
		this.#nested = nested;
	}

	peek(ahead = 0): string {
		return this.source[this.at + ahead] ?? '';
	}

	startsWith(text: string): boolean {
		return this.source.startsWith(text, this.at);
	}

	next(): string {
		const character = this.source[this.at] ?? '';
		if (character === '') throw new SyntaxFailure(this.line, undefined);
		this.at++;
		if (character === '\n') this.line++;
		return character;
	}

	/** Skips blanks, continued lines and comments. */
	skipBlanks(): void {
		while (this.at < this.source.length) {
			if (blanks.includes(this.peek())) this.at++;
			else if (this.startsWith('\\\n')) {
				this.at += 2;
				this.line++;
			} else if (this.peek() === '#') {
				while (this.at < this.source.length && this.peek() !== '\n') this.at++;
			} else return;
		}
	}

	/** Whether a word begins here. */
	atWord(): boolean {
		const character = this.peek();
		if (character === '') return false;
		if (this.dialect.bash && /^[<>]\(/.test(this.source.slice(this.at, this.at + 2))) return true;
		return !wordEnds.includes(character);
	}

	/** A word; undefined where none begins. `ends` may name other characters that end it. */
	word(ends = wordEnds): Word | undefined {
		const parts: WordPart[] = [];
		while (this.at < this.source.length) {
			const character = this.peek();
			if (
				this.dialect.bash &&
				(character === '<' || character === '>') &&
				this.peek(1) === '(' &&
				ends === wordEnds
			)
				this.#processSubstitution(parts, character);
			else if (ends.includes(character)) break;
			else if (character === '~' && parts.length === 0 && ends === wordEnds) this.#tilde(parts);
			else this.#part(parts, false, ends);
		}
		return parts.length > 0 ? { parts } : undefined;
	}

	#processSubstitution(parts: WordPart[], direction: '<' | '>'): void {
		this.at += 2;
		parts.push({ type: 'process', direction, script: this.#nested(this) });
	}

	#tilde(parts: WordPart[]): void {
		const [text, user] = /^~([A-Za-z0-9_.-]*)/.exec(this.source.slice(this.at))!;
		const after = this.peek(text.length);
		if (after === '' || after === '/' || wordEnds.includes(after)) parts.push({ type: 'tilde', user });
		else parts.push({ type: 'literal', text });
		this.at += text.length;
	}

	/** One piece of a word, at least one character. */
	#part(parts: WordPart[], quoted: boolean, ends: string): void {
		const character = this.peek();
		if (character === '\\') {
			this.at++;
			const escaped = this.peek();
			if (escaped === '\n') {
				this.at++;
				this.line++;
			} else if (escaped === '') addText(parts, quoted ? 'literal' : 'quoted', '\\');
			else if (quoted && !escapable.includes(escaped) && !(ends === '}' && escaped === '}'))
				addText(parts, 'literal', '\\');
			else addText(parts, 'quoted', this.next());
			return;
		}
		if (character === '$') {
			this.#dollar(parts, quoted);
			return;
		}
		if (character === '`') {
			this.at++;
			parts.push({ type: 'command', script: this.#backquoted(quoted) });
			return;
		}
		if (character === '"') {
			this.at++;
			parts.push({ type: 'double', parts: this.doubleQuoted('"') });
			return;
		}
		if (character === "'" && !quoted) {
			this.at++;
			addQuoted(parts, this.#until("'"));
			return;
		}
		addText(parts, 'literal', this.next());
	}

	/** What stands between double quotes, or in a here-document; the opening quote is consumed. */
	doubleQuoted(end: string): WordPart[] {
		const parts: WordPart[] = [];
		while (true) {
			if (this.at >= this.source.length) {
				if (end === '') return parts;
				throw new SyntaxFailure(this.line, undefined, end);
			}
			const character = this.peek();
			if (character === end) {
				this.at++;
				return parts;
			}
			if (character === '"') addText(parts, 'literal', this.next());
			else if (character === '\\' && end === '' && this.peek(1) === '"') {
				this.at += 2;
				addText(parts, 'literal', '\\"');
			} else this.#part(parts, true, end);
		}
	}

	#until(end: string): string {
		let text = '';
		while (this.peek() !== end) {
			if (this.peek() === '') throw new SyntaxFailure(this.line, undefined, end);
			text += this.next();
		}
		this.at++;
		return text;
	}

	#dollar(parts: WordPart[], quoted: boolean): void {
		this.at++;
		const character = this.peek();
		if (character === '(' && this.peek(1) === '(') {
			const start = { at: this.at, line: this.line };
			this.at += 2;
			const expression = this.#arithmetic();
			if (expression) {
				parts.push({ type: 'arithmetic', expression });
				return;
			}
			Object.assign(this, start);
		}
		if (character === '(') {
			this.at++;
			parts.push({ type: 'command', script: this.#nested(this) });
		} else if (character === '{') {
			this.at++;
			parts.push(this.#braced(quoted));
		} else if (nameStart.test(character)) parts.push({ type: 'parameter', name: this.name() });
		else if (character !== '' && (specialParameters.includes(character) || /\d/.test(character)))
			parts.push({ type: 'parameter', name: this.next() });
		else if (character === "'" && !quoted && this.dialect.extended) {
			this.at++;
			addQuoted(parts, this.#ansiQuoted());
		} else if (character === '"' && !quoted && this.dialect.bash) return;
		else addText(parts, 'literal', '$');
	}

	name(): string {
		let name = '';
		while (this.peek() !== '' && nameRest.test(this.peek())) name += this.next();
		return name;
	}

	/** The inside of $(( … )) up to its end; undefined where it turns out to be $( ( … ) ). */
	#arithmetic(): Word | undefined {
		return this.arithmeticUntil('))');
	}

	/** An arithmetic expression up to `end`, at which it stops at depth 0; undefined where parentheses do not fit. */
	arithmeticUntil(end: string): Word | undefined {
		const parts: WordPart[] = [];
		let depth = 0;
		while (true) {
			if (this.at >= this.source.length) throw new SyntaxFailure(this.line, undefined, end);
			if (depth === 0 && this.startsWith(end)) {
				this.at += end.length;
				return { parts };
			}
			const character = this.peek();
			if (character === '(') depth++;
			if (character === ')' && --depth < 0) return undefined;
			if (character === '"') this.at++;
			else this.#part(parts, true, end);
		}
	}

	#braced(quoted: boolean): ParameterPart {
		const part: ParameterPart = { type: 'parameter', name: '' };
		if (this.peek() === '#' && !'}-=?+:%#/'.includes(this.peek(1))) {
			part.length = true;
			this.at++;
		} else if (this.peek() === '#' && this.peek(1) === '}') {
			this.at += 2;
			return { type: 'parameter', name: '#' };
		} else if (this.peek() === '!' && this.dialect.bash && nameStart.test(this.peek(1))) {
			part.indirect = true;
			this.at++;
		}
		if (nameStart.test(this.peek())) part.name = this.name();
		else if (/\d/.test(this.peek())) while (/\d/.test(this.peek())) part.name += this.next();
		else part.name = this.next();
		if (!/^(\w+|[@*#?$!-])$/.test(part.name))
			throw new SyntaxFailure(this.line, part.name, 'Bad substitution');
		if (this.dialect.bash && this.peek() === '[') {
			this.at++;
			part.subscript = this.word(']') ?? { parts: [] };
			this.at++;
		}
		if (this.peek() !== '}') this.#operation(part, quoted);
		if (this.peek() !== '}')
			throw new SyntaxFailure(this.line, this.peek() === '' ? undefined : this.peek(), '}');
		this.at++;
		return part;
	}

	#operation(part: ParameterPart, quoted: boolean): void {
		const rest = this.source.slice(this.at, this.at + 2);
		const known = /^(:[-=?+]|[-=?+]|##?|%%?)/.exec(rest)?.[0];
		const extended = this.dialect.extended ? /^(:|\/\/?|\^\^?|,,?|@[A-Za-z])/.exec(rest)?.[0] : undefined;
		part.operator = known ?? extended;
		if (!part.operator) {
			if (this.peek() === '') throw new SyntaxFailure(this.line, undefined, '}');
			throw new SyntaxFailure(this.line, this.peek(), 'Bad substitution');
		}
		this.at += part.operator.length;
		// Within double quotes the words of - = ? + are quoted as well; patterns never are.
		const asQuoted = quoted && /[-=?+]$/.test(part.operator);
		part.argument = this.#argument(
			asQuoted,
			part.operator === ':' ? ':}' : /^\//.test(part.operator) ? '/}' : '}',
		);
		if (this.peek() === ':' || this.peek() === '/') {
			this.at++;
			part.second = this.#argument(false, '}');
		}
	}

	#argument(quoted: boolean, ends: string): Word {
		const parts: WordPart[] = [];
		if (this.peek() === '~' && !quoted) {
			this.at++;
			parts.push({ type: 'tilde', user: '' });
		}
		while (!ends.includes(this.peek()) || this.peek() === '') {
			if (this.peek() === '') throw new SyntaxFailure(this.line, undefined, '}');
			this.#part(parts, quoted, '}');
		}
		return { parts };
	}

	/** `…`: its text is taken with one level of backslashes off, and parsed by itself. */
	#backquoted(quoted: boolean): Script {
		let text = '';
		const { line } = this;
		while (this.peek() !== '`') {
			const character = this.next();
			const after = this.peek();
			if (
				character === '\\' &&
				(after === '`' || after === '\\' || after === '$' || (quoted && after === '"'))
			)
				text += this.next();
			else text += character;
		}
		this.at++;
		const reader = new Reader(`${text}\n)`, this.dialect, this.#nested);
		reader.line = line;
		return this.#nested(reader);
	}

	#ansiQuoted(): string {
		let text = '';
		while (this.peek() !== "'") {
			if (this.peek() !== '\\') text += this.next();
			else {
				const [sequence, value] = ansiEscape(this.source.slice(this.at, this.at + 10));
				this.at += sequence.length;
				text += value;
			}
		}
		this.at++;
		return text;
	}
}

const singleEscapes: Record<string, string> = {
	a: '\x07',
	b: '\b',
	e: '\x1b',
	E: '\x1b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

/** The escape sequence that a text begins with, as $'…' knows them, and what it stands for. */
export function ansiEscape(text: string): [sequence: string, value: string] {
	const code = (digits: string, radix: number) => String.fromCodePoint(Number.parseInt(digits, radix));
	const hex = /^\\x([0-9a-fA-F]{1,2})|^\\u([0-9a-fA-F]{1,4})|^\\U([0-9a-fA-F]{1,8})/.exec(text);
	if (hex) return [hex[0], code(hex[1] ?? hex[2] ?? hex[3], 16)];
	const octal = /^\\([0-7]{1,3})/.exec(text);
	if (octal) return [octal[0], code(octal[1], 8)];
	const known = singleEscapes[text[1]];
	if (known !== undefined) return [text.slice(0, 2), known];
	return [text.slice(0, 2), `\\'"?`.includes(text[1]) ? text[1] : text.slice(0, 2)];
}

function addText(parts: WordPart[], type: 'literal' | 'quoted', text: string): void {
	const last = parts.at(-1);
	if (last?.type === type) last.text += text;
	else parts.push({ type, text });
}

/** Quoted text stays a part even where it is empty: '' makes a field. */
function addQuoted(parts: WordPart[], text: string): void {
	parts.push({ type: 'quoted', text });
}
