// test and [ (POSIX.1-2024, test), as executables and shells have them: by the number of arguments first, so that
// operands may look like operators.
import type { Process } from '../process.ts';
import { binary, comparisons, unary } from './file-tests.ts';
import { type Call, type Tool, ToolFailure } from './tool.ts';
import { type Wording, wordingOf } from './wording.ts';

/** An expression that is none; its status is 2. */
export class TestError extends Error {}

export interface TestContext {
	process: Process;
	wording: Wording;
	/** Whether a variable is set, which bash's -v asks. */
	isSet?: (name: string) => boolean;
}

/** Whether the expression holds that the arguments of test make. Throws TestError. */
export function testHolds(context: TestContext, args: readonly string[]): boolean {
	return new Expression(context, args).value();
}

/** The arguments of [ without the ] at their end. Throws TestError where it is missing. */
export function withoutBracket(args: readonly string[], wording: Wording): readonly string[] {
	if (args.at(-1) === ']') return args.slice(0, -1);
	throw new TestError(
		{ bash: "missing `]'", dash: 'missing ]', busybox: 'missing ]', gnu: 'missing ‘]’' }[wording],
	);
}

class Expression {
	readonly #context: TestContext;
	readonly #args: readonly string[];
	#at = 0;

	constructor(context: TestContext, args: readonly string[]) {
		this.#context = context;
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
		const extra = args[this.#at];
		if (extra !== undefined)
			throw this.#error({
				dash: `${args[this.#at - 1]}: unexpected operator`,
				bash: 'too many arguments',
				busybox: `${extra}: unknown operand`,
				gnu: `extra argument ‘${extra}’`,
			});
		return result;
	}

	#isBinary(operator: string): boolean {
		if (Object.hasOwn(comparisons, operator)) return true;
		return Object.hasOwn(binary, operator) && (operator !== '==' || this.#context.wording !== 'dash');
	}

	#error(words: Record<Wording, string>): TestError {
		return new TestError(words[this.#context.wording]);
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
		let negated = false;
		while (this.#args[this.#at] === '!' && this.#at + 1 < this.#args.length) {
			this.#at++;
			negated = !negated;
		}
		return this.#primary() !== negated;
	}

	#primary(): boolean {
		const args = this.#args;
		const first = args[this.#at];
		if (first === undefined)
			throw this.#error({
				dash: 'argument expected',
				bash: 'argument expected',
				busybox: 'argument expected',
				gnu: `missing argument after ‘${args.at(-1)}’`,
			});
		if (first === '(' && !this.#isBinary(args[this.#at + 1] ?? '')) return this.#group();
		const operator = args[this.#at + 1];
		if (operator !== undefined && this.#isBinary(operator) && args[this.#at + 2] !== undefined) {
			this.#at += 3;
			return this.#compare(operator, first, args[this.#at - 1]);
		}
		if (operator !== undefined) {
			const holds = this.#unary(first);
			if (holds) {
				this.#at += 2;
				return holds(operator);
			}
		}
		this.#complain(first, operator);
		this.#at++;
		return first !== '';
	}

	#group(): boolean {
		const start = ++this.#at;
		// Deeper than any real expression, and less than the host's stack holds.
		if (start > 1000) throw this.#error(sameWords('too many arguments'));
		const value = this.#or();
		if (this.#args[this.#at] !== ')')
			throw this.#error({
				...sameWords('closing paren expected'),
				bash: "`)' expected",
				gnu: '‘)’ expected',
			});
		this.#at++;
		return value;
	}

	#unary(operator: string): ((operand: string) => boolean) | undefined {
		const { process, isSet } = this.#context;
		if (operator === '-v') return isSet;
		return Object.hasOwn(unary, operator) ? (operand) => unary[operator](process, operand) : undefined;
	}

	/** Complains of two or three arguments between which no operator stands. */
	#complain(first: string, operator: string | undefined): void {
		const { length } = this.#args;
		if (operator !== undefined && length === 3 && operator !== '-a' && operator !== '-o')
			throw this.#error({
				dash: `${first}: unexpected operator`,
				bash: `${operator}: binary operator expected`,
				busybox: `${operator}: unknown operand`,
				gnu: `${operator}: binary operator expected`,
			});
		if (/^-\w$/.test(first) && length === 2)
			throw this.#error({
				dash: `${first}: unexpected operator`,
				bash: `${first}: unary operator expected`,
				busybox: `${first}: unknown operand`,
				gnu: `${first}: unary operator expected`,
			});
	}

	#compare(operator: string, left: string, right: string): boolean {
		if (Object.hasOwn(comparisons, operator))
			return comparisons[operator](this.#number(left), this.#number(right));
		return binary[operator](this.#context.process, left, right);
	}

	#number(text: string): bigint {
		if (/^\s*[-+]?\d+\s*$/.test(text)) return BigInt(text.trim().replace(/^\+/, ''));
		throw this.#error({
			dash: `Illegal number: ${text}`,
			bash: `${text}: integer expression expected`,
			busybox: `${text}: bad number`,
			gnu: `invalid integer ‘${text}’`,
		});
	}
}

const sameWords = (text: string): Record<Wording, string> => ({
	dash: text,
	bash: text,
	busybox: text,
	gnu: text,
});

function run(call: Call, args: (wording: Wording) => readonly string[]): number {
	const wording = wordingOf(call.flavour);
	try {
		return testHolds({ process: call.process, wording }, args(wording)) ? 0 : 1;
	} catch (error) {
		if (error instanceof TestError) throw new ToolFailure(error.message, 2);
		throw error;
	}
}

export const test: Tool = { name: 'test', run: (call) => run(call, () => call.args) };

export const bracket: Tool = {
	name: '[',
	run: (call) => run(call, (wording) => withoutBracket(call.args, wording)),
};
