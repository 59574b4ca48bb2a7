// test and [ (POSIX.1-2024, test): by the number of arguments first, so that operands may look like operators.
import type { Builtin } from '../builtins.ts';
import { binary, compares, unary } from '../conditions.ts';
import { ShellError } from '../control-flow.ts';
import type { Shell } from '../shell.ts';

class Expression {
	readonly #shell: Shell;
	readonly #name: string;
	readonly #args: readonly string[];
	#at = 0;

	constructor(shell: Shell, name: string, args: readonly string[]) {
		this.#shell = shell;
		this.#name = name;
		this.#args = args;
	}

	value(): boolean {
		const args = this.#args;
		if (args.length === 0) return false;
		if (args.length === 1) return args[0] !== '';
		if (args.length === 2 && args[0] === '!') return args[1] === '';
		if (args.length === 3 && this.#isBinary(args[1])) return this.#compare(args[1], args[0], args[2]);
		if (args.length === 4 && args[0] === '!' && this.#isBinary(args[2]))
			return !this.#compare(args[2], args[1], args[3]);
		const result = this.#or();
		if (this.#at < args.length)
			throw this.#error(
				`${args[this.#at]}: unexpected operator`,
				'too many arguments',
				`${args[this.#at]}: unknown operand`,
			);
		return result;
	}

	#isBinary(operator: string): boolean {
		return binary.has(operator) && (operator !== '==' || this.#shell.dialect.extended);
	}

	#error(dash: string, bash = dash, ash = dash): ShellError {
		const { name } = this.#shell.dialect;
		const words = name === 'dash' ? dash : name === 'bash' ? bash : ash;
		return new ShellError(name === 'ash' ? words : `${this.#name}: ${words}`, 2);
	}

	#or(): boolean {
		let value = this.#and();
		while (this.#args[this.#at] === '-o') {
			this.#at++;
			const right = this.#and();
			value ||= right;
		}
		return value;
	}

	#and(): boolean {
		let value = this.#not();
		while (this.#args[this.#at] === '-a') {
			this.#at++;
			const right = this.#not();
			value &&= right;
		}
		return value;
	}

	#not(): boolean {
		if (this.#args[this.#at] === '!' && this.#at + 1 < this.#args.length) {
			this.#at++;
			return !this.#not();
		}
		return this.#primary();
	}

	#primary(): boolean {
		const args = this.#args;
		const first = args[this.#at];
		if (first === undefined) throw this.#error('argument expected');
		if (first === '(' && !this.#isBinary(args[this.#at + 1] ?? '')) {
			this.#at++;
			const value = this.#or();
			if (args[this.#at] !== ')') throw this.#error('closing paren expected', "`)' expected");
			this.#at++;
			return value;
		}
		const operator = args[this.#at + 1];
		if (operator !== undefined && this.#isBinary(operator) && args[this.#at + 2] !== undefined) {
			this.#at += 3;
			return this.#compare(operator, first, args[this.#at - 1]);
		}
		if (Object.hasOwn(unary, first) && operator !== undefined) {
			this.#at += 2;
			return unary[first](this.#shell, operator);
		}
		if (operator !== undefined && args.length === 3 && operator !== '-a' && operator !== '-o')
			throw this.#error(
				`${operator}: unexpected operator`,
				`${operator}: binary operator expected`,
				`${operator}: unknown operand`,
			);
		if (/^-\w$/.test(first) && args.length === 2)
			throw this.#error(
				`${first}: unexpected operator`,
				`${first}: unary operator expected`,
				`${first}: unknown operand`,
			);
		this.#at++;
		return first !== '';
	}

	#compare(operator: string, left: string, right: string): boolean {
		return compares(this.#shell, operator, left, right, (text) => {
			if (/^\s*[-+]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ''));
			throw this.#error(
				`Illegal number: ${text}`,
				`${text}: integer expression expected`,
				`${text}: bad number`,
			);
		});
	}
}

export const testBuiltins: Record<string, Builtin> = {
	test: { run: (shell, args) => (new Expression(shell, 'test', args).value() ? 0 : 1) },
	'[': {
		run(shell, args) {
			if (args.at(-1) !== ']') {
				const words =
					shell.dialect.name === 'bash'
						? "[: missing `]'"
						: shell.dialect.name === 'dash'
							? '[: missing ]'
							: 'missing ]';
				throw new ShellError(words, 2);
			}
			return new Expression(shell, '[', args.slice(0, -1)).value() ? 0 : 1;
		},
	},
};
