// From a jq program to its expression, by precedence.
import { CompileError, type Definition, type Expression, type Pattern } from './syntax.ts';
import { type Token, tokensOf } from './tokens.ts';

const identity: Expression = { kind: 'identity' };
/** Operators that bind tighter than `|` and `,`, the loosest first; how those of a level associate. */
const levels: readonly { operators: readonly string[]; side: 'left' | 'right' | 'none' }[] = [
	{ operators: ['//'], side: 'right' },
	{ operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], side: 'none' },
	{ operators: ['or'], side: 'left' },
	{ operators: ['and'], side: 'left' },
	{ operators: ['==', '!=', '<', '<=', '>', '>='], side: 'none' },
	{ operators: ['+', '-'], side: 'left' },
	{ operators: ['*', '/', '%'], side: 'left' },
];
const updates = new Set(levels[1].operators);

/** Throws CompileError. */
export function parseProgram(source: string): Expression {
	return new Parser(source).program();
}

/** Only definitions, as those that every program begins with. */
export function parseDefinitions(source: string): Definition[] {
	return new Parser(source).definitions();
}

class Parser {
	readonly #tokens: Token[];
	#at = 0;

	constructor(source: string) {
		this.#tokens = tokensOf(source);
	}

	program(): Expression {
		const program = this.#isEnd() ? identity : this.#pipe();
		if (!this.#isEnd()) throw this.#unexpected();
		return program;
	}

	definitions(): Definition[] {
		const definitions = [];
		while (this.#takeWord('def')) definitions.push(this.#definition());
		return definitions;
	}

	#isEnd(): boolean {
		return this.#tokens[this.#at].kind === 'end';
	}

	#unexpected(): CompileError {
		const token = this.#tokens[this.#at];
		const what = token.kind === 'end' ? 'end of file' : 'text' in token ? `'${token.text}'` : token.kind;
		return new CompileError(`syntax error, unexpected ${what} (Unix shell quoting issues?)`);
	}

	#peek(kind: 'symbol' | 'word', ...texts: string[]): string | undefined {
		const token = this.#tokens[this.#at];
		return token.kind === kind && texts.includes(token.text) ? token.text : undefined;
	}

	#take(...symbols: string[]): string | undefined {
		const found = this.#peek('symbol', ...symbols);
		if (found) this.#at++;
		return found;
	}

	#takeWord(...words: string[]): string | undefined {
		const found = this.#peek('word', ...words);
		if (found) this.#at++;
		return found;
	}

	#expect(symbol: string): void {
		if (!this.#take(symbol)) throw this.#unexpected();
	}

	#expectWord(word: string): void {
		if (!this.#takeWord(word)) throw this.#unexpected();
	}

	#named(kind: 'word' | 'variable'): string {
		const token = this.#tokens[this.#at];
		if (token.kind !== kind) throw this.#unexpected();
		this.#at++;
		return token.text;
	}

	#definition(): Definition {
		const name = this.#named('word');
		const parameters: string[] = [];
		if (this.#take('(')) {
			do {
				const token = this.#tokens[this.#at++];
				if (token.kind !== 'word' && token.kind !== 'variable') throw this.#unexpected();
				parameters.push(token.kind === 'variable' ? `$${token.text}` : token.text);
			} while (this.#take(';'));
			this.#expect(')');
		}
		this.#expect(':');
		const body = this.#pipe();
		this.#expect(';');
		return { name, parameters, body };
	}

	#pipe(): Expression {
		if (this.#takeWord('def')) {
			const definition = this.#definition();
			return { kind: 'define', definition, body: this.#pipe() };
		}
		const left = this.#comma();
		return this.#take('|') ? { kind: 'pipe', left, right: this.#pipe() } : left;
	}

	#comma(): Expression {
		let left = this.#level(0);
		while (this.#take(',')) left = { kind: 'comma', left, right: this.#level(0) };
		return left;
	}

	#level(level: number): Expression {
		if (level === levels.length) return this.#postfix();
		const { operators, side } = levels[level];
		let left = this.#level(level + 1);
		for (;;) {
			const operator = this.#take(...operators) ?? this.#takeWord(...operators);
			if (!operator) return left;
			const right = this.#level(side === 'right' ? level : level + 1);
			left = combined(operator, left, right);
			if (side === 'none') return left;
		}
	}

	/** A term with what follows it; `binds` is false where an `as` behind it belongs to the fold before it. */
	#postfix(binds = true): Expression {
		let term = this.#term();
		for (;;) {
			const token = this.#tokens[this.#at];
			if (token.kind === 'field') {
				this.#at++;
				term = { kind: 'index', of: term, key: { kind: 'literal', value: token.text } };
			} else if (this.#peek('symbol', '.') && this.#tokens[this.#at + 1].kind === 'string') {
				this.#at++;
				term = { kind: 'index', of: term, key: this.#string(undefined) };
			} else if (this.#peek('symbol', '.') && this.#isSymbolAt(this.#at + 1, '[')) this.#at++;
			else if (this.#take('[')) term = this.#bracket(term);
			else if (this.#take('?')) term = { kind: 'try', body: term };
			else if (binds && this.#peek('word', 'as')) {
				this.#at++;
				const pattern = this.#pattern();
				this.#expect('|');
				return { kind: 'as', source: term, pattern, body: this.#pipe() };
			} else return term;
		}
	}

	#isSymbolAt(at: number, text: string): boolean {
		const token = this.#tokens[at];
		return token.kind === 'symbol' && token.text === text;
	}

	#bracket(of: Expression): Expression {
		if (this.#take(']')) return { kind: 'iterate', of };
		if (this.#take(':')) {
			const to = this.#pipe();
			this.#expect(']');
			return { kind: 'slice', of, to };
		}
		const key = this.#pipe();
		if (this.#take(':')) {
			const to = this.#peek('symbol', ']') ? undefined : this.#pipe();
			this.#expect(']');
			return { kind: 'slice', of, from: key, to };
		}
		this.#expect(']');
		return { kind: 'index', of, key };
	}

	#term(): Expression {
		const token = this.#tokens[this.#at];
		switch (token.kind) {
			case 'number':
				this.#at++;
				return { kind: 'literal', value: token.value };
			case 'string':
				return this.#string(undefined);
			case 'format':
				this.#at++;
				return this.#tokens[this.#at].kind === 'string'
					? this.#string(token.text)
					: { kind: 'format', name: token.text };
			case 'field':
				return identity;
			case 'variable':
				this.#at++;
				return { kind: 'variable', name: token.text };
			case 'word':
				return this.#word(token.text);
			case 'symbol':
				return this.#symbol();
			default:
				throw this.#unexpected();
		}
	}

	#symbol(): Expression {
		if (this.#take('..')) return { kind: 'recurse' };
		if (this.#peek('symbol', '.')) {
			// `."a"` and `.["a"]`: the name stands behind.
			if (this.#tokens[this.#at + 1].kind !== 'string') this.#at++;
			return identity;
		}
		if (this.#take('-')) return { kind: 'negate', of: this.#postfix() };
		if (this.#take('(')) {
			const inner = this.#pipe();
			this.#expect(')');
			return inner;
		}
		if (this.#take('[')) {
			const of = this.#peek('symbol', ']') ? undefined : this.#pipe();
			this.#expect(']');
			return { kind: 'array', of };
		}
		if (this.#take('{')) return this.#object();
		throw this.#unexpected();
	}

	#word(text: string): Expression {
		this.#at++;
		switch (text) {
			case 'null':
				return { kind: 'literal', value: null };
			case 'true':
			case 'false':
				return { kind: 'literal', value: text === 'true' };
			case 'if':
				return this.#condition();
			case 'try': {
				const body = this.#postfix();
				return { kind: 'try', body, ...(this.#takeWord('catch') ? { handler: this.#postfix() } : {}) };
			}
			case 'reduce':
			case 'foreach':
				return this.#fold(text);
			default: {
				const values: Expression[] = [];
				if (this.#take('(')) {
					do values.push(this.#pipe());
					while (this.#take(';'));
					this.#expect(')');
				}
				return { kind: 'call', name: text, arguments: values };
			}
		}
	}

	#condition(): Expression {
		const condition = this.#pipe();
		this.#expectWord('then');
		const then = this.#pipe();
		if (this.#takeWord('elif')) return { kind: 'if', condition, then, else: this.#condition() };
		const otherwise = this.#takeWord('else') ? this.#pipe() : undefined;
		this.#expectWord('end');
		return { kind: 'if', condition, then, else: otherwise };
	}

	#fold(kind: 'reduce' | 'foreach'): Expression {
		const source = this.#postfix(false);
		this.#expectWord('as');
		const pattern = this.#pattern();
		this.#expect('(');
		const start = this.#pipe();
		this.#expect(';');
		const update = this.#pipe();
		const extract = kind === 'foreach' && this.#take(';') ? this.#pipe() : undefined;
		this.#expect(')');
		return kind === 'reduce'
			? { kind, source, pattern, start, update }
			: { kind, source, pattern, start, update, extract };
	}

	#pattern(): Pattern {
		if (this.#take('[')) {
			const items: Pattern[] = [];
			do items.push(this.#pattern());
			while (this.#take(','));
			this.#expect(']');
			return { kind: 'array', items };
		}
		if (!this.#take('{')) return { kind: 'variable', name: this.#named('variable') };
		const entries: Extract<Pattern, { kind: 'object' }>['entries'] = [];
		do {
			const token = this.#tokens[this.#at];
			if (token.kind === 'variable') {
				this.#at++;
				const key: Expression = { kind: 'literal', value: token.text };
				entries.push({ key, name: token.text, pattern: this.#take(':') ? this.#pattern() : undefined });
			} else {
				const key = this.#key();
				this.#expect(':');
				entries.push({ key, pattern: this.#pattern() });
			}
		} while (this.#take(','));
		this.#expect('}');
		return { kind: 'object', entries };
	}

	#key(): Expression {
		const token = this.#tokens[this.#at];
		if (token.kind === 'word') {
			this.#at++;
			return { kind: 'literal', value: token.text };
		}
		if (token.kind === 'string') return this.#string(undefined);
		if (token.kind === 'format') {
			this.#at++;
			return this.#string(token.text);
		}
		this.#expect('(');
		const key = this.#pipe();
		this.#expect(')');
		return key;
	}

	#object(): Expression {
		const entries: { key: Expression; value: Expression }[] = [];
		while (!this.#take('}')) {
			if (entries.length > 0) this.#expect(',');
			const token = this.#tokens[this.#at];
			if (token.kind === 'variable') {
				this.#at++;
				const value: Expression = { kind: 'variable', name: token.text };
				entries.push({ key: { kind: 'literal', value: token.text }, value });
				continue;
			}
			const key = this.#key();
			const value: Expression = this.#take(':') ? this.#objectValue() : { kind: 'index', of: identity, key };
			entries.push({ key, value });
		}
		return { kind: 'object', entries };
	}

	/** Without a comma, which separates entries. */
	#objectValue(): Expression {
		const left = this.#level(0);
		return this.#take('|') ? { kind: 'pipe', left, right: this.#objectValue() } : left;
	}

	#string(format: string | undefined): Expression {
		const token = this.#tokens[this.#at++];
		if (token.kind !== 'string') throw this.#unexpected();
		const parts = token.parts.map((part) => (typeof part === 'string' ? part : parseProgram(part.source)));
		if (parts.every((part) => typeof part === 'string')) return { kind: 'literal', value: parts.join('') };
		return { kind: 'string', format, parts };
	}
}

function combined(operator: string, left: Expression, right: Expression): Expression {
	if (operator === '//') return { kind: 'alternative', left, right };
	if (operator === 'and' || operator === 'or') return { kind: operator, left, right };
	if (updates.has(operator)) return { kind: 'update', operator, left, right };
	return { kind: 'binary', operator, left, right };
}
