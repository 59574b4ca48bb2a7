// The grammar of awk (POSIX), read into a tree.
import { AwkSyntaxError, keywords, type Token, tokensOf } from './awk-tokens.ts';
import type { AwkProgram, Expression, Rule, Statement } from './awk-tree.ts';

class Parser {
	readonly #tokens: Token[];
	#at = 0;
	/** Within print's arguments `>` is a redirection, and within for's head `in` is not an operator. */
	#noGreater = false;
	#noIn = false;

	constructor(text: string) {
		this.#tokens = tokensOf(text);
	}

	get #token(): Token {
		return this.#tokens[this.#at];
	}

	#is(...texts: string[]): boolean {
		const { kind, text } = this.#token;
		return (kind === 'operator' || kind === 'name' || kind === 'newline') && texts.includes(text);
	}

	#take(...texts: string[]): boolean {
		if (!this.#is(...texts)) return false;
		this.#at++;
		return true;
	}

	#fail(): never {
		const { text, line } = this.#token;
		throw new AwkSyntaxError(`line ${line}: syntax error at or near ${text === '\n' ? 'end of line' : text}`);
	}

	#expect(text: string): void {
		if (!this.#take(text)) this.#fail();
	}

	#newlines(): void {
		while (this.#take('\n'));
	}

	#separators(): void {
		while (this.#take('\n', ';'));
	}

	program(): AwkProgram {
		const program: AwkProgram = { rules: [], functions: new Map() };
		this.#separators();
		while (this.#token.kind !== 'end') {
			if (this.#take('function', 'func')) {
				const name = this.#name();
				this.#expect('(');
				const parameters: string[] = [];
				while (!this.#take(')')) {
					parameters.push(this.#name());
					this.#take(',');
					this.#newlines();
				}
				this.#newlines();
				program.functions.set(name, { parameters, body: this.#block() });
			} else program.rules.push(this.#rule());
			this.#separators();
		}
		return program;
	}

	#name(): string {
		const { kind, text } = this.#token;
		if (kind !== 'name' || keywords.has(text)) this.#fail();
		this.#at++;
		return text;
	}

	#rule(): Rule {
		const rule: Rule = { begin: false, end: false, active: false };
		if (this.#take('BEGIN')) rule.begin = true;
		else if (this.#take('END')) rule.end = true;
		else if (!this.#is('{')) {
			rule.pattern = this.#expression();
			if (this.#take(',')) {
				this.#newlines();
				rule.until = this.#expression();
			}
		}
		if (this.#is('{')) rule.body = this.#block();
		else if (rule.begin || rule.end) this.#fail();
		return rule;
	}

	#block(): Statement {
		this.#expect('{');
		const body: Statement[] = [];
		this.#separators();
		while (!this.#take('}')) {
			body.push(this.#statement());
			this.#separators();
		}
		return { kind: 'block', body };
	}

	/** The end of a simple statement; before `}` there need not be one. */
	#end(): void {
		if (this.#is('}') || this.#token.kind === 'end') return;
		if (!this.#take(';', '\n')) this.#fail();
	}

	#body(): Statement {
		this.#newlines();
		if (this.#take(';')) return { kind: 'block', body: [] };
		return this.#statement();
	}

	#statement(): Statement {
		if (this.#is('{')) return this.#block();
		if (this.#take('if')) {
			this.#expect('(');
			const test = this.#expression();
			this.#expect(')');
			const yes = this.#body();
			const before = this.#at;
			this.#separators();
			if (this.#take('else')) return { kind: 'if', test, yes, no: this.#body() };
			this.#at = before;
			return { kind: 'if', test, yes };
		}
		if (this.#take('while')) {
			this.#expect('(');
			const test = this.#expression();
			this.#expect(')');
			return { kind: 'while', test, body: this.#body(), first: false };
		}
		if (this.#take('do')) {
			const body = this.#body();
			this.#separators();
			this.#expect('while');
			this.#expect('(');
			const test = this.#expression();
			this.#expect(')');
			this.#end();
			return { kind: 'while', test, body, first: true };
		}
		if (this.#take('for')) return this.#for();
		const statement = this.#simple();
		this.#end();
		return statement;
	}

	#for(): Statement {
		this.#expect('(');
		const [name, word, array, close] = this.#tokens.slice(this.#at, this.#at + 4);
		if (name.kind === 'name' && word?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
			this.#at += 4;
			return { kind: 'for in', name: name.text, array: array.text, body: this.#body() };
		}
		const start = this.#is(';') ? undefined : this.#simple();
		this.#expect(';');
		this.#newlines();
		const test = this.#is(';') ? undefined : this.#expression();
		this.#expect(';');
		this.#newlines();
		const step = this.#is(')') ? undefined : this.#simple();
		this.#expect(')');
		return { kind: 'for', start, test, step, body: this.#body() };
	}

	#simple(): Statement {
		if (this.#is('print', 'printf')) return this.#print();
		for (const what of ['next', 'break', 'continue'] as const)
			if (this.#take(what)) return { kind: 'jump', what };
		for (const kind of ['exit', 'return'] as const)
			if (this.#take(kind))
				return {
					kind,
					value: this.#is(';', '\n', '}') || this.#token.kind === 'end' ? undefined : this.#expression(),
				};
		if (this.#take('delete')) {
			const name = this.#name();
			if (!this.#take('[')) return { kind: 'delete', name };
			const keys = this.#list(']');
			return { kind: 'delete', name, keys };
		}
		return { kind: 'expression', value: this.#expression() };
	}

	#print(): Statement {
		const format = this.#token.text === 'printf';
		this.#at++;
		const outer = this.#noGreater;
		this.#noGreater = true;
		let args: Expression[] = [];
		if (!this.#is(';', '\n', '}', '>', '>>', '|') && this.#token.kind !== 'end') {
			args.push(this.#expression());
			while (this.#take(',')) {
				this.#newlines();
				args.push(this.#expression());
			}
			if (args.length === 1 && args[0].kind === 'group') args = args[0].items;
		}
		this.#noGreater = outer;
		for (const operator of ['>', '>>', '|'])
			if (this.#take(operator))
				return { kind: 'print', format, args, redirect: { operator, target: this.#concatenation() } };
		return { kind: 'print', format, args };
	}

	#list(close: string): Expression[] {
		const items: Expression[] = [];
		const greater = this.#noGreater;
		this.#noGreater = false;
		this.#newlines();
		while (!this.#take(close)) {
			items.push(this.#expression());
			this.#newlines();
			if (!this.#is(close)) this.#expect(',');
			this.#newlines();
		}
		this.#noGreater = greater;
		return items;
	}

	#expression(): Expression {
		const test = this.#or();
		if (this.#take('?')) {
			this.#newlines();
			const yes = this.#expression();
			this.#newlines();
			this.#expect(':');
			this.#newlines();
			return { kind: 'conditional', test, yes, no: this.#expression() };
		}
		for (const operator of ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='])
			if (['variable', 'field', 'element'].includes(test.kind) && this.#take(operator)) {
				this.#newlines();
				return {
					kind: 'assign',
					operator: operator.slice(0, -1).replace('**', '^'),
					target: test,
					value: this.#expression(),
				};
			}
		return test;
	}

	#binary(next: () => Expression, ...names: string[]): Expression {
		let left = next();
		for (;;) {
			const operator = names.find((name) => this.#is(name));
			if (!operator) return left;
			this.#at++;
			this.#newlines();
			left = { kind: 'binary', operator: operator === '**' ? '^' : operator, left, right: next() };
		}
	}

	#or(): Expression {
		return this.#binary(() => this.#and(), '||');
	}

	#and(): Expression {
		return this.#binary(() => this.#membership(), '&&');
	}

	#membership(): Expression {
		let left = this.#match();
		while (!this.#noIn && this.#take('in'))
			left = { kind: 'in', keys: left.kind === 'group' ? left.items : [left], name: this.#name() };
		return left;
	}

	#match(): Expression {
		return this.#binary(() => this.#comparison(), '~', '!~');
	}

	#comparison(): Expression {
		const left = this.#concatenation();
		const operator = ['<', '<=', '==', '!=', '>=', ...(this.#noGreater ? [] : ['>'])].find((name) =>
			this.#is(name),
		);
		if (!operator) return left;
		this.#at++;
		return { kind: 'binary', operator, left, right: this.#concatenation() };
	}

	#concatenation(): Expression {
		let left = this.#sum();
		while (this.#startsValue()) left = { kind: 'binary', operator: ' ', left, right: this.#sum() };
		return left;
	}

	#startsValue(): boolean {
		const { kind, text } = this.#token;
		if (kind === 'number' || kind === 'string' || kind === 'regex') return true;
		if (kind === 'name') return !keywords.has(text);
		return (
			kind === 'operator' &&
			['$', '!', '(', '-', '+', '++', '--'].includes(text) &&
			!(text === '!' && this.#tokens[this.#at + 1].text === '~')
		);
	}

	#sum(): Expression {
		return this.#binary(() => this.#product(), '+', '-');
	}

	#product(): Expression {
		return this.#binary(() => this.#unary(), '*', '/', '%');
	}

	#unary(): Expression {
		for (const operator of ['!', '-', '+'])
			if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#unary() };
		const base = this.#postfix();
		if (!this.#take('^', '**')) return base;
		return { kind: 'binary', operator: '^', left: base, right: this.#unary() };
	}

	#postfix(): Expression {
		const target = this.#primary();
		if (!['variable', 'field', 'element'].includes(target.kind)) return target;
		if (this.#take('++')) return { kind: 'step', prefix: false, amount: 1, target };
		if (this.#take('--')) return { kind: 'step', prefix: false, amount: -1, target };
		return target;
	}

	#primary(): Expression {
		const { kind, text } = this.#token;
		if (kind === 'number') {
			this.#at++;
			return { kind: 'number', value: Number(text) };
		}
		if (kind === 'string') {
			this.#at++;
			return { kind: 'string', value: text };
		}
		if (kind === 'regex') {
			this.#at++;
			return { kind: 'regex', source: text };
		}
		if (this.#take('$'))
			return { kind: 'field', index: this.#is('++', '--', '-', '+', '!') ? this.#unary() : this.#primary() };
		if (this.#take('++')) return { kind: 'step', prefix: true, amount: 1, target: this.#primary() };
		if (this.#take('--')) return { kind: 'step', prefix: true, amount: -1, target: this.#primary() };
		if (this.#take('(')) {
			const items = this.#list(')');
			if (items.length === 0) this.#fail();
			return { kind: 'group', items };
		}
		if (this.#take('getline')) {
			const target =
				this.#is('$') || (this.#token.kind === 'name' && !keywords.has(this.#token.text))
					? this.#primary()
					: undefined;
			const file = this.#take('<') ? this.#primary() : undefined;
			return { kind: 'getline', target, file };
		}
		const name = this.#name();
		if (this.#is('(') && (builtins.has(name) || !this.#token.spaced)) {
			this.#at++;
			return { kind: 'call', name, args: this.#list(')') };
		}
		if (name === 'length') return { kind: 'call', name, args: [] };
		if (this.#take('[')) return { kind: 'element', name, keys: this.#list(']') };
		return { kind: 'variable', name };
	}
}

export const builtins = new Set(
	'length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush strftime systime'.split(
		' ',
	),
);

/** Throws AwkSyntaxError. */
export function parseAwk(text: string): AwkProgram {
	return new Parser(text).program();
}
