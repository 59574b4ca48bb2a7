// expr: arithmetic, comparison and patterns on its arguments.
import { compileRegex, RegexError } from './regex.ts';
import type { Call, Tool } from './tool.ts';

/** Operators by how tightly they bind, loosest first. */
const levels: readonly (readonly string[])[] = [
	['|'],
	['&'],
	['<', '<=', '=', '==', '!=', '>=', '>'],
	['+', '-'],
	['*', '/', '%'],
	[':'],
];

class Expression {
	readonly #call: Call;
	readonly #words: readonly string[];
	#at = 0;

	constructor(call: Call, words: readonly string[]) {
		this.#call = call;
		this.#words = words;
	}

	evaluate(): string {
		const value = this.#level(0);
		if (this.#at < this.#words.length) this.#fail(`unexpected argument ‘${this.#words[this.#at]}’`);
		return value;
	}

	#fail(message: string): never {
		return this.#call.fail(this.#call.busybox ? 'syntax error' : `syntax error: ${message}`, 2);
	}

	#level(depth: number): string {
		if (depth === levels.length) return this.#primary();
		let left = this.#level(depth + 1);
		while (levels[depth].includes(this.#words[this.#at])) {
			const operator = this.#words[this.#at++];
			left = this.#apply(operator, left, this.#level(depth + 1));
		}
		return left;
	}

	#primary(): string {
		const word = this.#words[this.#at++];
		if (word === undefined) return this.#fail(`missing argument after ‘${this.#words.at(-1)}’`);
		if (word === '(') {
			const value = this.#level(0);
			if (this.#words[this.#at++] !== ')') this.#fail("expecting ')'");
			return value;
		}
		if (word === 'length' && this.#at < this.#words.length) return String([...this.#primary()].length);
		if (word === 'match' && this.#at + 1 < this.#words.length)
			return this.#apply(':', this.#primary(), this.#primary());
		if (word === 'index' && this.#at + 1 < this.#words.length) {
			const text = [...this.#primary()];
			const set = this.#primary();
			return String(text.findIndex((character) => set.includes(character)) + 1);
		}
		if (word === 'substr' && this.#at + 2 < this.#words.length) {
			const text = [...this.#primary()];
			const start = Number(this.#primary());
			const length = Number(this.#primary());
			return start > 0 && length > 0 ? text.slice(start - 1, start - 1 + length).join('') : '';
		}
		return word;
	}

	#apply(operator: string, left: string, right: string): string {
		const isNull = (text: string) => text === '' || /^-?0+$/.test(text);
		if (operator === '|') return isNull(left) ? (isNull(right) ? '0' : right) : left;
		if (operator === '&') return isNull(left) || isNull(right) ? '0' : left;
		if (operator === ':') {
			try {
				const match = compileRegex(`^\\(${right}\\)`).find(left);
				const grouped = /\\\(/.test(right);
				return grouped
					? (match?.groups[2] ?? '')
					: String(match ? [...left.slice(match.start, match.end)].length : 0);
			} catch (error) {
				if (error instanceof RegexError) return this.#call.fail(error.message, 2);
				throw error;
			}
		}
		const integers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
		if (levels[2].includes(operator)) {
			const order = integers
				? Number(BigInt(left) - BigInt(right))
				: left < right
					? -1
					: left > right
						? 1
						: 0;
			const holds = {
				'<': order < 0,
				'<=': order <= 0,
				'=': order === 0,
				'==': order === 0,
				'!=': order !== 0,
				'>=': order >= 0,
				'>': order > 0,
			}[operator];
			return holds ? '1' : '0';
		}
		if (!integers) return this.#call.fail('non-integer argument', 2);
		const [a, b] = [BigInt(left), BigInt(right)];
		if ((operator === '/' || operator === '%') && b === 0n) return this.#call.fail('division by zero', 2);
		return String(
			operator === '+'
				? a + b
				: operator === '-'
					? a - b
					: operator === '*'
						? a * b
						: operator === '/'
							? a / b
							: a % b,
		);
	}
}

export const expr: Tool = {
	name: 'expr',
	usage: 'EXPRESSION',
	async run(call) {
		const words = call.args[0] === '--' ? call.args.slice(1) : call.args;
		if (words.length === 0 && call.busybox) return call.fail('too few arguments', 2);
		if (words.length === 0) throw call.usageFailure('missing operand', 2);
		const value = new Expression(call, words).evaluate();
		await call.print(`${value}\n`);
		return value === '' || /^-?0+$/.test(value) ? 1 : 0;
	},
};
