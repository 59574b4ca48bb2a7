// Calls of functions: those that the program or the prelude defines, and the built-in ones.
import { builtins } from './builtins.ts';
import { type Closure, type Environment, lookUp } from './environment.ts';
import type { Evaluation, Output, Outputs, Run } from './evaluation.ts';
import { CompileError, type Definition, type Expression } from './syntax.ts';

export const call: Run<'call'> = (evaluation, { name, arguments: given }, input, environment) => {
	const signature = `${name}/${given.length}`;
	const closure = lookUp(environment, ({ functions }) => functions?.get(signature));
	if (closure) {
		const { definition, environment: inner } = closure;
		return invoke({ evaluation, definition, given, input, caller: environment }, 0, inner);
	}
	const builtin = builtins.get(signature);
	if (!builtin) throw new CompileError(`${signature} is not defined`);
	return builtin({ evaluation, given, input, environment });
};

interface Invocation {
	evaluation: Evaluation;
	definition: Definition;
	given: readonly Expression[];
	input: Output;
	caller: Environment;
}

/** Binds the arguments from `at` on, one after another: `$name` by value, a plain name as what gives values. */
async function* invoke(invocation: Invocation, at: number, inner: Environment): Outputs {
	const { evaluation, definition, given, input, caller } = invocation;
	const parameter = definition.parameters[at];
	if (parameter === undefined) {
		yield* evaluation.run(definition.body, input, inner);
		return;
	}
	const body = given[at];
	const name = parameter.replace('$', '');
	const closure: Closure = { definition: { name, parameters: [], body }, environment: caller };
	const bound: Environment = { outer: inner, functions: new Map([[`${name}/0`, closure]]) };
	if (name === parameter) {
		yield* invoke(invocation, at + 1, bound);
		return;
	}
	for await (const { value } of evaluation.values(body, input, caller))
		yield* invoke(invocation, at + 1, { ...bound, variables: new Map([[name, value]]) });
}
