// Arithmetic expansion: C's integer expressions in 64 bits (POSIX.1-2024, Shell Command Language, 2.6.4).

/** What an expression reads and writes. */
export interface ArithmeticVariables {
	get(name: string): string | undefined;
	set(name: string, value: string): void;
	/** Only what POSIX asks for is understood. */
	readonly plain: boolean;
}

/** An expression that does not evaluate; the message is in bash's words, the shells add theirs. */
export class ArithmeticFailure extends Error {
	readonly reason: 'syntax' | 'division' | 'number';
	readonly token: string;
	constructor(reason: 'syntax' | 'division' | 'number', token: string) {
		super(reason === 'division' ? 'division by 0' : `syntax error near ${JSON.stringify(token)}`);
		this.reason = reason;
		this.token = token;
	}
}

const tokens =
	/\s*(?:(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z@_]+|\d+)|([A-Za-z_][A-Za-z0-9_]*)|(\*\*|<<=|>>=|&&|\|\||<<|>>|<=|>=|==|!=|\+\+|--|[-+*/%&|^]=|[-+*/%&|^~!<>=?:(),]))/y;
/** What POSIX asks for and no more: dash knows no ++, --, **, comma or other bases. */
const plainTokens =
	/\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_][A-Za-z0-9_]*)|(<<=|>>=|&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|^]=|[-+*/%&|^~!<>=?:()]))/y;
const deepest = 64;

const levels: string[][] = [
	['||'],
	['&&'],
	['|'],
	['^'],
	['&'],
	['==', '!='],
	['<', '>', '<=', '>='],
	['<<', '>>'],
	['+', '-'],
	['*', '/', '%'],
];

/** The value of an expression. Throws ArithmeticFailure. */
export function evaluate(expression: string, variables: ArithmeticVariables, depth = 0): bigint {
	return new Evaluation(expression, variables, depth).value();
}

class Evaluation {
	readonly #text: string;
	readonly #variables: ArithmeticVariables;
	readonly #depth: number;
	readonly #tokens: string[] = [];
	#at = 0;
	/** Above 0 in a branch that is not taken: nothing is assigned, nothing divided. */
	#skipping = 0;

	constructor(expression: string, variables: ArithmeticVariables, depth: number) {
		this.#text = expression;
		this.#variables = variables;
		this.#depth = depth;
		let at = 0;
		const text = expression.trimEnd();
		const known = variables.plain ? plainTokens : tokens;
		while (at < text.length) {
			known.lastIndex = at;
			const match = known.exec(text);
			if (!match) throw new ArithmeticFailure('syntax', text.slice(at).trim());
			this.#tokens.push(match[0].trim());
			at = known.lastIndex;
		}
	}

	value(): bigint {
		if (this.#tokens.length === 0) return 0n;
		const value = this.#comma();
		if (this.#at < this.#tokens.length) throw this.#unexpected();
		return value;
	}

	#unexpected(): ArithmeticFailure {
		return new ArithmeticFailure('syntax', this.#tokens.slice(this.#at).join(' ') || this.#text.trim());
	}

	#take(...wanted: string[]): string | undefined {
		const token = this.#tokens[this.#at];
		if (token === undefined || !wanted.includes(token)) return undefined;
		this.#at++;
		return token;
	}

	#comma(): bigint {
		let value = this.#assignment();
		while (this.#take(',')) value = this.#assignment();
		return value;
	}

	#assignment(): bigint {
		const name = this.#tokens[this.#at];
		const operator = this.#tokens[this.#at + 1] ?? '';
		if (!isName(name) || !/^(?:[-+*/%&|^]|<<|>>)?=$/.test(operator)) return this.#conditional();
		this.#at += 2;
		const right = this.#assignment();
		const value = operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#variable(name), right);
		return this.#store(name, value);
	}

	#store(name: string, value: bigint): bigint {
		if (this.#skipping === 0) this.#variables.set(name, String(value));
		return value;
	}

	#conditional(): bigint {
		const condition = this.#binary(0);
		if (!this.#take('?')) return condition;
		const first = this.#skipped(condition === 0n, () => this.#comma());
		if (!this.#take(':')) throw this.#unexpected();
		const second = this.#skipped(condition !== 0n, () => this.#conditional());
		return condition !== 0n ? first : second;
	}

	#skipped(skip: boolean, evaluateBranch: () => bigint): bigint {
		if (skip) this.#skipping++;
		try {
			return evaluateBranch();
		} finally {
			if (skip) this.#skipping--;
		}
	}

	#binary(level: number): bigint {
		if (level === levels.length) return this.#power();
		let left = this.#binary(level + 1);
		while (true) {
			const operator = this.#take(...levels[level]);
			if (!operator) return left;
			if (operator === '&&' || operator === '||') {
				const known = operator === '&&' ? left === 0n : left !== 0n;
				const right = this.#skipped(known, () => this.#binary(level + 1));
				left = operator === '&&' ? truth(left !== 0n && right !== 0n) : truth(left !== 0n || right !== 0n);
			} else left = this.#apply(operator, left, this.#binary(level + 1));
		}
	}

	#power(): bigint {
		const base = this.#unary();
		if (!this.#take('**')) return base;
		const exponent = this.#power();
		return BigInt.asIntN(64, base ** (exponent < 0n || exponent > 4096n ? 0n : exponent));
	}

	#unary(): bigint {
		const operator = this.#take('+', '-', '!', '~', '++', '--');
		if (operator === '++' || operator === '--') {
			const name = this.#tokens[this.#at];
			if (!isName(name)) return this.#unary();
			this.#at++;
			return this.#store(name, this.#variable(name) + (operator === '++' ? 1n : -1n));
		}
		if (operator === '+') return this.#unary();
		if (operator === '-') return BigInt.asIntN(64, -this.#unary());
		if (operator === '!') return truth(this.#unary() === 0n);
		if (operator === '~') return ~this.#unary();
		return this.#primary();
	}

	#primary(): bigint {
		if (this.#take('(')) {
			const value = this.#comma();
			if (!this.#take(')')) throw this.#unexpected();
			return value;
		}
		const token = this.#tokens[this.#at];
		if (token === undefined) throw this.#unexpected();
		if (isName(token)) {
			this.#at++;
			const value = this.#variable(token);
			const change = this.#take('++', '--');
			if (change) this.#store(token, value + (change === '++' ? 1n : -1n));
			return value;
		}
		if (!/^\d/.test(token)) throw this.#unexpected();
		this.#at++;
		return numberOf(token);
	}

	/** A variable's value, which is itself an expression, as in the real shells. */
	#variable(name: string): bigint {
		const text = (this.#variables.get(name) ?? '').trim();
		if (text === '') return 0n;
		if (/^[-+]?\d+$/.test(text) && !/^[-+]?0\d/.test(text)) return BigInt.asIntN(64, BigInt(text));
		if (this.#depth >= deepest) throw new ArithmeticFailure('syntax', text);
		return evaluate(text, this.#variables, this.#depth + 1);
	}

	#apply(operator: string, left: bigint, right: bigint): bigint {
		const result = () => {
			switch (operator) {
				case '+':
					return left + right;
				case '-':
					return left - right;
				case '*':
					return left * right;
				case '/':
				case '%':
					if (right === 0n) {
						if (this.#skipping > 0) return 0n;
						throw new ArithmeticFailure('division', this.#text.trim());
					}
					return operator === '/' ? left / right : left % right;
				case '<<':
					return left << (right & 63n);
				case '>>':
					return left >> (right & 63n);
				case '&':
					return left & right;
				case '|':
					return left | right;
				case '^':
					return left ^ right;
				case '<':
					return truth(left < right);
				case '>':
					return truth(left > right);
				case '<=':
					return truth(left <= right);
				case '>=':
					return truth(left >= right);
				case '==':
					return truth(left === right);
				default:
					return truth(left !== right);
			}
		};
		return BigInt.asIntN(64, result());
	}
}

const truth = (condition: boolean) => (condition ? 1n : 0n);

const isName = (token: string | undefined): token is string =>
	token !== undefined && /^[A-Za-z_]/.test(token);

function numberOf(token: string): bigint {
	if (/^0[xX]/.test(token)) return BigInt.asIntN(64, BigInt(token));
	const [base, digits] = token.split('#');
	if (digits !== undefined) {
		let value = 0n;
		for (const digit of digits) {
			const worth = '0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(digit.toLowerCase());
			if (worth < 0 || worth >= Number(base)) throw new ArithmeticFailure('number', token);
			value = value * BigInt(base) + BigInt(worth);
		}
		return BigInt.asIntN(64, value);
	}
	if (/^0\d/.test(token)) {
		if (/[89]/.test(token)) throw new ArithmeticFailure('number', token);
		return BigInt.asIntN(64, BigInt(`0o${token.slice(1)}`));
	}
	return BigInt.asIntN(64, BigInt(token));
}
