// Runs jq's expressions: each gives any number of values for its input, and where it can, the path to each.
import { builtins } from './builtins.ts';
import { type Closure, define, type Environment, lookUp } from './environment.ts';
import { formatted } from './formats.ts';
import { CompileError, type Expression, type Json, type Pattern, RunError } from './syntax.ts';
import {
	atPath,
	isObject,
	isTrue,
	operate,
	type Path,
	type PathPart,
	partOf,
	shown,
	typeOf,
	withoutPaths,
	withPath,
} from './values.ts';

/** A value; with its path where paths are asked for and it has one. */
export interface Output {
	value: Json;
	path?: Path;
}

type Outputs = AsyncGenerator<Output, void>;

/** What a run needs of the process. */
export interface Host {
	/** Called for each step; what it gives is awaited. */
	step(): Promise<void> | undefined;
	/** The next of the program's inputs. */
	next(): Promise<Json | undefined>;
	/** Milliseconds since 1970. */
	now(): number;
}

export class Evaluation {
	readonly host: Host;

	constructor(host: Host) {
		this.host = host;
	}

	/** Throws RunError, and CompileError for a name that nothing is known of. */
	async *run(expression: Expression, input: Output, environment: Environment): Outputs {
		const wait = this.host.step();
		if (wait) await wait;
		switch (expression.kind) {
			case 'identity':
				yield input;
				return;
			case 'literal':
				yield { value: expression.value };
				return;
			case 'recurse':
				yield* this.#recurse(input);
				return;
			case 'pipe':
				for await (const left of this.run(expression.left, input, environment))
					yield* this.run(expression.right, left, environment);
				return;
			case 'comma':
				yield* this.run(expression.left, input, environment);
				yield* this.run(expression.right, input, environment);
				return;
			case 'index':
			case 'slice':
			case 'iterate':
				yield* this.#part(expression, input, environment);
				return;
			case 'try':
				yield* this.#try(expression, input, environment);
				return;
			case 'if':
				for await (const { value } of this.values(expression.condition, input, environment))
					yield* this.run(
						isTrue(value) ? expression.then : (expression.else ?? { kind: 'identity' }),
						input,
						environment,
					);
				return;
			case 'alternative':
				yield* this.#alternative(expression, input, environment);
				return;
			case 'and':
			case 'or':
				for await (const left of this.values(expression.left, input, environment))
					if (isTrue(left.value) === (expression.kind === 'or')) yield { value: expression.kind === 'or' };
					else
						for await (const right of this.values(expression.right, input, environment))
							yield { value: isTrue(right.value) };
				return;
			case 'binary':
				for await (const right of this.values(expression.right, input, environment))
					for await (const left of this.values(expression.left, input, environment))
						yield { value: operate(expression.operator, left.value, right.value) };
				return;
			case 'negate':
				for await (const { value } of this.values(expression.of, input, environment)) {
					if (typeof value !== 'number') throw new RunError(`${shown(value)} cannot be negated`);
					yield { value: -value };
				}
				return;
			case 'update':
				yield* this.#update(expression, input, environment);
				return;
			case 'array':
				yield { value: expression.of ? await this.collect(expression.of, input, environment) : [] };
				return;
			case 'object':
				yield* this.#object(expression.entries, 0, {}, input, environment);
				return;
			case 'string':
				yield* this.#string(expression, 0, '', input, environment);
				return;
			case 'format':
				yield { value: formatted(expression.name, input.value) };
				return;
			case 'as':
				for await (const { value } of this.values(expression.source, input, environment))
					yield* this.run(expression.body, input, await this.#bind(expression.pattern, value, environment));
				return;
			case 'reduce':
			case 'foreach':
				yield* this.#fold(expression, input, environment);
				return;
			case 'variable': {
				const value = lookUp(environment, ({ variables }) => variables?.get(expression.name));
				if (value === undefined) throw new CompileError(`$${expression.name} is not defined`);
				yield { value };
				return;
			}
			case 'define':
				yield* this.run(expression.body, input, define(expression.definition, environment));
				return;
			case 'call':
				yield* this.#call(expression, input, environment);
		}
	}

	/** What an expression gives where no paths are asked for. */
	values(expression: Expression, { value }: Output, environment: Environment): Outputs {
		return this.run(expression, { value }, environment);
	}

	async collect(expression: Expression, input: Output, environment: Environment): Promise<Json[]> {
		const values: Json[] = [];
		for await (const { value } of this.values(expression, input, environment)) values.push(value);
		return values;
	}

	/** The paths that an expression leads to. */
	async *paths(expression: Expression, { value }: Output, environment: Environment): AsyncGenerator<Path> {
		for await (const found of this.run(expression, { value, path: [] }, environment)) {
			if (!found.path)
				throw new RunError(`Invalid path expression with result ${JSON.stringify(found.value)}`);
			yield found.path;
		}
	}

	#child({ value, path }: Output, part: PathPart): Output {
		const child = partOf(value, part);
		return path ? { value: child, path: [...path, part] } : { value: child };
	}

	async *#recurse(input: Output): Outputs {
		yield input;
		const keys = Array.isArray(input.value)
			? input.value.keys()
			: isObject(input.value)
				? Object.keys(input.value)
				: [];
		for (const key of keys) yield* this.#recurse(this.#child(input, key));
	}

	async *#part(
		expression: Extract<Expression, { kind: 'index' | 'slice' | 'iterate' }>,
		input: Output,
		environment: Environment,
	): Outputs {
		for await (const target of this.run(expression.of, input, environment)) {
			if (expression.kind === 'iterate') {
				const { value } = target;
				if (!Array.isArray(value) && !isObject(value))
					throw new RunError(
						`Cannot iterate over ${typeOf(value)}${value === null ? '' : ` (${JSON.stringify(value)})`}`,
					);
				for (const key of Array.isArray(value) ? value.keys() : Object.keys(value))
					yield this.#child(target, key);
			} else if (expression.kind === 'index') {
				for await (const { value: key } of this.values(expression.key, input, environment)) {
					if (typeof key !== 'string' && typeof key !== 'number')
						throw new RunError(`Cannot index ${typeOf(target.value)} with ${typeOf(key)}`);
					yield this.#child(target, key);
				}
			} else {
				const bound = async (side: Expression | undefined) =>
					side ? ((await this.collect(side, input, environment))[0] as number | null) : null;
				yield this.#child(target, { start: await bound(expression.from), end: await bound(expression.to) });
			}
		}
	}

	async *#try(
		{ body, handler }: Extract<Expression, { kind: 'try' }>,
		input: Output,
		environment: Environment,
	): Outputs {
		try {
			yield* this.run(body, input, environment);
		} catch (error) {
			if (!(error instanceof RunError)) throw error;
			if (handler) yield* this.run(handler, { value: error.value }, environment);
		}
	}

	async *#alternative(
		{ left, right }: { left: Expression; right: Expression },
		input: Output,
		environment: Environment,
	): Outputs {
		let any = false;
		try {
			for await (const output of this.run(left, input, environment)) {
				if (!isTrue(output.value)) continue;
				any = true;
				yield output;
			}
		} catch (error) {
			if (!(error instanceof RunError)) throw error;
		}
		if (!any) yield* this.run(right, input, environment);
	}

	async *#update(
		{ operator, left, right }: Extract<Expression, { kind: 'update' }>,
		input: Output,
		environment: Environment,
	): Outputs {
		const paths: Path[] = [];
		for await (const path of this.paths(left, input, environment)) paths.push(path);
		if (operator === '|=') {
			let { value } = input;
			const removed: Path[] = [];
			for (const path of paths) {
				const [changed] = await this.#first(right, { value: atPath(value, path) }, environment);
				if (changed === undefined) removed.push(path);
				else value = withPath(value, path, changed);
			}
			yield { value: withoutPaths(value, removed) };
			return;
		}
		for await (const { value: operand } of this.values(right, input, environment)) {
			let { value } = input;
			for (const path of paths) {
				const old = atPath(value, path);
				const changed =
					operator === '='
						? operand
						: operator === '//='
							? isTrue(old)
								? old
								: operand
							: operate(operator.slice(0, -1), old, operand);
				value = withPath(value, path, changed);
			}
			yield { value };
		}
	}

	async #first(expression: Expression, input: Output, environment: Environment): Promise<Json[]> {
		for await (const { value } of this.values(expression, input, environment)) return [value];
		return [];
	}

	async *#object(
		entries: readonly { key: Expression; value: Expression }[],
		at: number,
		made: { [key: string]: Json },
		input: Output,
		environment: Environment,
	): Outputs {
		if (at === entries.length) {
			yield { value: made };
			return;
		}
		for await (const key of this.values(entries[at].key, input, environment)) {
			if (typeof key.value !== 'string') throw new RunError(`Object keys must be strings`);
			for await (const { value } of this.values(entries[at].value, input, environment))
				yield* this.#object(entries, at + 1, { ...made, [key.value]: value }, input, environment);
		}
	}

	async *#string(
		expression: Extract<Expression, { kind: 'string' }>,
		at: number,
		text: string,
		input: Output,
		environment: Environment,
	): Outputs {
		if (at === expression.parts.length) {
			yield { value: text };
			return;
		}
		const part = expression.parts[at];
		if (typeof part === 'string') {
			yield* this.#string(expression, at + 1, text + part, input, environment);
			return;
		}
		for await (const { value } of this.values(part, input, environment))
			yield* this.#string(
				expression,
				at + 1,
				text + formatted(expression.format ?? '@text', value),
				input,
				environment,
			);
	}

	async #bind(pattern: Pattern, value: Json, outer: Environment): Promise<Environment> {
		if (pattern.kind === 'variable') return { outer, variables: new Map([[pattern.name, value]]) };
		let environment = outer;
		if (pattern.kind === 'array') {
			for (const [index, item] of pattern.items.entries())
				environment = await this.#bind(item, partOf(value, index), environment);
			return environment;
		}
		for (const { key, pattern: inner, name } of pattern.entries) {
			const [found] = await this.collect(key, { value }, environment);
			const part = partOf(value, found as string);
			if (name) environment = { outer: environment, variables: new Map([[name, part]]) };
			if (inner) environment = await this.#bind(inner, part, environment);
		}
		return environment;
	}

	async *#fold(
		expression: Extract<Expression, { kind: 'reduce' | 'foreach' }>,
		input: Output,
		environment: Environment,
	): Outputs {
		for await (const start of this.values(expression.start, input, environment)) {
			let state: Json = start.value;
			for await (const { value } of this.values(expression.source, input, environment)) {
				const inner = await this.#bind(expression.pattern, value, environment);
				let last: Json = null;
				for await (const next of this.values(expression.update, { value: state }, inner)) {
					last = next.value;
					if (expression.kind === 'reduce') continue;
					if (expression.extract) yield* this.values(expression.extract, next, inner);
					else yield next;
				}
				state = last;
			}
			if (expression.kind === 'reduce') yield { value: state };
		}
	}

	async *#call(
		{ name, arguments: given }: Extract<Expression, { kind: 'call' }>,
		input: Output,
		environment: Environment,
	): Outputs {
		const signature = `${name}/${given.length}`;
		const closure = lookUp(environment, ({ functions }) => functions?.get(signature));
		if (closure) {
			yield* this.#invoke(closure, 0, given, input, environment, closure.environment);
			return;
		}
		const builtin = builtins.get(signature);
		if (!builtin) throw new CompileError(`${signature} is not defined`);
		yield* builtin({ evaluation: this, given, input, environment });
	}

	/** Binds the arguments one after another: `$name` by value, a plain name as what gives values. */
	async *#invoke(
		{ definition }: Closure,
		at: number,
		given: readonly Expression[],
		input: Output,
		caller: Environment,
		inner: Environment,
	): Outputs {
		const parameter = definition.parameters[at];
		if (parameter === undefined) {
			yield* this.run(definition.body, input, inner);
			return;
		}
		const body = given[at];
		const plain = parameter.replace('$', '');
		const closure: Closure = { definition: { name: plain, parameters: [], body }, environment: caller };
		const functions = new Map([[`${plain}/0`, closure]]);
		if (!parameter.startsWith('$')) {
			yield* this.#invoke({ definition, environment: inner }, at + 1, given, input, caller, {
				outer: inner,
				functions,
			});
			return;
		}
		for await (const { value } of this.values(body, input, caller)) {
			const variables = new Map([[plain, value]]);
			const next = { outer: inner, functions, variables };
			yield* this.#invoke({ definition, environment: inner }, at + 1, given, input, caller, next);
		}
	}

	/** The first values of an expression, as many as asked for. */
	async *limited(count: number, expression: Expression, input: Output, environment: Environment): Outputs {
		if (count <= 0) return;
		let left = count;
		for await (const output of this.run(expression, input, environment)) {
			yield output;
			if (--left === 0) return;
		}
	}
}
