// awk's expressions: their values, assignments, calls of functions.
import { SystemError } from '../process.ts';
import { callBuiltin } from './awk-builtins.ts';
import type { Files } from './awk-files.ts';
import type { Records } from './awk-records.ts';
import { builtins } from './awk-syntax.ts';
import type { AwkProgram, Expression, FunctionDefinition, Statement } from './awk-tree.ts';
import {
	type AwkArray,
	arithmetic,
	fromInput,
	NumericText,
	toNumber,
	toText,
	truth,
	type Value,
} from './awk-values.ts';
import type { Line } from './lines.ts';
import { matchesOf, type Regex } from './regex.ts';
import { ToolFailure } from './tool.ts';

const deepestCall = 500;
/** What an element of an array takes. */
const elementBytes = 96;

/** Thrown by a return statement. */
export class Return {
	readonly value: Value;
	constructor(value: Value) {
		this.value = value;
	}
}

export class Expressions {
	readonly records: Records;
	readonly files: Files;
	/** What srand was given last. */
	seed = 0;
	readonly #program: AwkProgram;
	/** Runs a function's body. */
	readonly #execute: (statement: Statement) => Promise<void>;
	#depth = 0;

	constructor(
		program: AwkProgram,
		records: Records,
		files: Files,
		execute: (statement: Statement) => Promise<void>,
	) {
		this.#program = program;
		this.records = records;
		this.files = files;
		this.#execute = execute;
	}

	async pattern(expression: Expression): Promise<Regex> {
		return this.records.regex(
			expression.kind === 'regex' ? expression.source : toText(await this.evaluate(expression)),
		);
	}

	async assign(target: Expression, value: Value): Promise<Value> {
		if (target.kind === 'variable') this.records.assignVariable(target.name, value);
		else if (target.kind === 'element') {
			const array = this.records.array(target.name);
			const key = await this.key(target.keys);
			if (!array.has(key)) this.#addElement(array, key);
			array.set(key, value);
		} else if (target.kind === 'field') {
			const index = Math.trunc(toNumber(await this.evaluate(target.index)));
			this.records.setField(index, toText(value));
		} else if (target.kind === 'group' && target.items.length === 1)
			return this.assign(target.items[0], value);
		return value;
	}

	async evaluate(expression: Expression): Promise<Value> {
		switch (expression.kind) {
			case 'number':
			case 'string':
				return expression.value;
			case 'regex':
				return this.records.regex(expression.source).find(this.records.whole()) ? 1 : 0;
			case 'variable': {
				const value = this.records.locals?.has(expression.name)
					? this.records.locals.get(expression.name)
					: this.records.globals.get(expression.name);
				if (value instanceof Map)
					throw new ToolFailure(`can't use array ${expression.name} in scalar context`, 2);
				return value ?? new NumericText('');
			}
			case 'field': {
				const index = Math.trunc(toNumber(await this.evaluate(expression.index)));
				return fromInput(this.records.field(index));
			}
			case 'element': {
				const array = this.records.array(expression.name);
				const key = await this.key(expression.keys);
				// Looking at an element makes it, as POSIX says.
				if (!array.has(key)) this.#addElement(array, key);
				return array.get(key) ?? '';
			}
			case 'in':
				return this.records.array(expression.name).has(await this.key(expression.keys)) ? 1 : 0;
			case 'group':
				return this.evaluate(expression.items[0]);
			case 'conditional':
				return this.evaluate(truth(await this.evaluate(expression.test)) ? expression.yes : expression.no);
			case 'assign': {
				const value = await this.evaluate(expression.value);
				if (expression.operator === '') return this.assign(expression.target, value);
				return this.assign(
					expression.target,
					arithmetic(expression.operator, toNumber(await this.evaluate(expression.target)), toNumber(value)),
				);
			}
			case 'step': {
				const before = toNumber(await this.evaluate(expression.target));
				await this.assign(expression.target, before + expression.amount);
				return expression.prefix ? before + expression.amount : before;
			}
			case 'unary': {
				const value = await this.evaluate(expression.operand);
				return expression.operator === '!'
					? truth(value)
						? 0
						: 1
					: expression.operator === '-'
						? -toNumber(value)
						: toNumber(value);
			}
			case 'binary':
				return this.#binary(expression);
			case 'getline':
				return this.#getline(expression);
			case 'call':
				return builtins.has(expression.name)
					? callBuiltin(this, expression.name, expression.args)
					: this.#user(expression.name, expression.args);
		}
	}

	/** Makes an element, which the process holds until its end. */
	#addElement(array: AwkArray, key: string): void {
		this.records.call.process.allocate(elementBytes + key.length);
		array.set(key, new NumericText(''));
	}

	async #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Promise<Value> {
		const a = await this.evaluate(left);
		if (operator === '&&') return truth(a) && truth(await this.evaluate(right)) ? 1 : 0;
		if (operator === '||') return truth(a) || truth(await this.evaluate(right)) ? 1 : 0;
		if (operator === '~' || operator === '!~')
			return ((await this.pattern(right)).find(toText(a)) !== undefined) === (operator === '~') ? 1 : 0;
		const b = await this.evaluate(right);
		if (operator === ' ')
			return toText(a, this.records.text('CONVFMT')) + toText(b, this.records.text('CONVFMT'));
		if (['<', '<=', '==', '!=', '>', '>='].includes(operator)) {
			const numeric = typeof a !== 'string' && typeof b !== 'string';
			const x = numeric ? toNumber(a) : toText(a);
			const y = numeric ? toNumber(b) : toText(b);
			const order = x < y ? -1 : x > y ? 1 : 0;
			return {
				'<': order < 0,
				'<=': order <= 0,
				'==': order === 0,
				'!=': order !== 0,
				'>': order > 0,
				'>=': order >= 0,
			}[operator]
				? 1
				: 0;
		}
		const divisor = toNumber(b);
		if ((operator === '/' || operator === '%') && divisor === 0)
			throw new ToolFailure(
				this.records.call.busybox ? 'Division by zero' : `division by zero${operator === '%' ? ' in %' : ''}`,
				2,
			);
		return arithmetic(operator, toNumber(a), divisor);
	}

	async #getline({ target, file }: Extract<Expression, { kind: 'getline' }>): Promise<Value> {
		if (!file) {
			if (!target) return (await this.records.readRecord()) ? 1 : 0;
			const line = await this.records.nextLine();
			if (line === undefined) return 0;
			this.records.globals.set('NR', toNumber(this.records.globals.get('NR') as Value) + 1);
			await this.assign(target, fromInput(line));
			return 1;
		}
		const name = toText(await this.evaluate(file));
		let lines: AsyncGenerator<Line>;
		try {
			lines = this.files.lines(name, this.records.separator());
		} catch (error) {
			if (error instanceof SystemError) return -1;
			throw error;
		}
		const next = await lines.next();
		if (next.done) return 0;
		if (target) await this.assign(target, fromInput(next.value.text));
		else this.records.setRecord(next.value.text);
		return 1;
	}

	async #user(name: string, args: readonly Expression[]): Promise<Value> {
		const definition: FunctionDefinition =
			this.#program.functions.get(name) ?? this.records.call.fail(`calling undefined function ${name}`, 2);
		if (this.#depth > deepestCall) throw new ToolFailure(`function ${name} calls itself too deeply`, 2);
		const locals = new Map<string, Value | AwkArray>();
		for (const [i, parameter] of definition.parameters.entries()) {
			const arg = args[i];
			if (arg?.kind === 'variable') {
				const scope = this.records.locals?.has(arg.name) ? this.records.locals : this.records.globals;
				const value = scope.get(arg.name);
				// A name without a value may become an array within.
				if (value === undefined && usesAsArray(definition.body, parameter))
					locals.set(parameter, this.records.array(arg.name));
				else locals.set(parameter, value ?? new NumericText(''));
			} else locals.set(parameter, arg ? await this.evaluate(arg) : '');
		}
		const outer = this.records.locals;
		this.records.locals = locals;
		this.#depth++;
		try {
			await this.#execute(definition.body);
			return '';
		} catch (thrown) {
			if (thrown instanceof Return) return thrown.value;
			throw thrown;
		} finally {
			this.records.locals = outer;
			this.#depth--;
		}
	}

	async substitute(args: readonly Expression[], all: boolean): Promise<number> {
		const regex = await this.pattern(args[0]);
		const replacement = toText(await this.evaluate(args[1]));
		const target: Expression = args[2] ?? { kind: 'field', index: { kind: 'number', value: 0 } };
		const source = toText(await this.evaluate(target));
		let result = '';
		let last = 0;
		let count = 0;
		for (const { start, end, groups } of matchesOf(regex, source)) {
			result +=
				source.slice(last, start) +
				replacement.replace(/\\\\&|\\&|&/g, (found) =>
					found === '&' ? (groups[0] ?? '') : found === '\\&' ? '&' : `\\${groups[0] ?? ''}`,
				);
			last = end;
			count++;
			if (!all) break;
		}
		if (count > 0) await this.assign(target, result + source.slice(last));
		return count;
	}

	async key(keys: readonly Expression[]): Promise<string> {
		const parts: string[] = [];
		for (const key of keys) parts.push(toText(await this.evaluate(key), this.records.text('CONVFMT')));
		return parts.join(this.records.text('SUBSEP'));
	}
}

function usesAsArray(body: Statement, name: string): boolean {
	const text = JSON.stringify(body);
	return (
		text.includes(`"kind":"element","name":"${name}"`) ||
		text.includes(`"array":"${name}"`) ||
		text.includes(`"kind":"delete","name":"${name}"`) ||
		(text.includes(`"name":"split","args":[`) && text.includes(`{"kind":"variable","name":"${name}"}`))
	);
}
