// What running an expression of jq is: any number of values for an input, and where it can, the path to each.
import type { Environment } from './environment.ts';
import { type Expression, type Json, RunError } from './syntax.ts';
import type { Path } from './values.ts';

/** A value; with its path where paths are asked for and it has one. */
export interface Output {
	value: Json;
	path?: Path;
}

export type Outputs = AsyncGenerator<Output, void>;

/** What a run needs of the process. */
export interface Host {
	/** Called for each step; what it gives is awaited. */
	step(): Promise<void> | undefined;
	/** The next of the program's inputs. */
	next(): Promise<Json | undefined>;
	/** Milliseconds since 1970. */
	now(): number;
}

/** Runs one kind of expression. */
export type Run<Kind extends Expression['kind']> = (
	evaluation: Evaluation,
	expression: Extract<Expression, { kind: Kind }>,
	input: Output,
	environment: Environment,
) => Outputs;

export abstract class Evaluation {
	readonly host: Host;

	constructor(host: Host) {
		this.host = host;
	}

	/** Throws RunError, and CompileError for a name that nothing is known of. */
	abstract run(expression: Expression, input: Output, environment: Environment): Outputs;

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
