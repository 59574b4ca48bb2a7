// Runs jq's expressions. What takes more than a line or two stands in a file of its own.
import { index, iterate, recurse, slice } from './access.ts';
import { update } from './assignment.ts';
import { as, fold } from './binding.ts';
import { call } from './calls.ts';
import { object, string } from './construction.ts';
import { define, type Environment, lookUp } from './environment.ts';
import { Evaluation, type Output, type Outputs, type Run } from './evaluation.ts';
import { formatted } from './formats.ts';
import { CompileError, type Expression, RunError } from './syntax.ts';
import { isTrue, operate, shown } from './values.ts';

const attempt: Run<'try'> = async function* (evaluation, { body, handler }, input, environment) {
	try {
		yield* evaluation.run(body, input, environment);
	} catch (error) {
		if (!(error instanceof RunError)) throw error;
		if (handler) yield* evaluation.run(handler, { value: error.value }, environment);
	}
};

/** `//` */
const alternative: Run<'alternative'> = async function* (evaluation, { left, right }, input, environment) {
	let any = false;
	try {
		for await (const output of evaluation.run(left, input, environment)) {
			if (!isTrue(output.value)) continue;
			any = true;
			yield output;
		}
	} catch (error) {
		if (!(error instanceof RunError)) throw error;
	}
	if (!any) yield* evaluation.run(right, input, environment);
};

export class Evaluator extends Evaluation {
	override async *run(expression: Expression, input: Output, environment: Environment): Outputs {
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
				yield* recurse(input);
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
				yield* index(this, expression, input, environment);
				return;
			case 'slice':
				yield* slice(this, expression, input, environment);
				return;
			case 'iterate':
				yield* iterate(this, expression, input, environment);
				return;
			case 'try':
				yield* attempt(this, expression, input, environment);
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
				yield* alternative(this, expression, input, environment);
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
				yield* update(this, expression, input, environment);
				return;
			case 'array':
				yield { value: expression.of ? await this.collect(expression.of, input, environment) : [] };
				return;
			case 'object':
				yield* object(this, expression, input, environment);
				return;
			case 'string':
				yield* string(this, expression, input, environment);
				return;
			case 'format':
				yield { value: formatted(expression.name, input.value) };
				return;
			case 'as':
				yield* as(this, expression, input, environment);
				return;
			case 'reduce':
			case 'foreach':
				yield* fold(this, expression, input, environment);
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
				yield* call(this, expression, input, environment);
		}
	}
}
