// What gives names to values: `as`, and the folds that go through values under a name.
import type { Environment } from './environment.ts';
import type { Evaluation, Run } from './evaluation.ts';
import type { Json, Pattern } from './syntax.ts';
import { partOf } from './values.ts';

/** The environment in which the variables of a pattern stand for the parts of a value. */
async function bind(
	evaluation: Evaluation,
	pattern: Pattern,
	value: Json,
	outer: Environment,
): Promise<Environment> {
	if (pattern.kind === 'variable') return { outer, variables: new Map([[pattern.name, value]]) };
	let environment = outer;
	if (pattern.kind === 'array') {
		for (const [index, item] of pattern.items.entries())
			environment = await bind(evaluation, item, partOf(value, index), environment);
		return environment;
	}
	for (const { key, pattern: inner, name } of pattern.entries) {
		const [found] = await evaluation.collect(key, { value }, environment);
		const part = partOf(value, found as string);
		if (name) environment = { outer: environment, variables: new Map([[name, part]]) };
		if (inner) environment = await bind(evaluation, inner, part, environment);
	}
	return environment;
}

export const as: Run<'as'> = async function* (evaluation, { source, pattern, body }, input, environment) {
	for await (const { value } of evaluation.values(source, input, environment))
		yield* evaluation.run(body, input, await bind(evaluation, pattern, value, environment));
};

export const fold: Run<'reduce' | 'foreach'> = async function* (evaluation, expression, input, environment) {
	const { kind, source, pattern, start, update } = expression;
	for await (const { value: first } of evaluation.values(start, input, environment)) {
		let state = first;
		for await (const { value } of evaluation.values(source, input, environment)) {
			const inner = await bind(evaluation, pattern, value, environment);
			let last: Json = null;
			for await (const next of evaluation.values(update, { value: state }, inner)) {
				last = next.value;
				if (kind === 'reduce') continue;
				if (expression.extract) yield* evaluation.values(expression.extract, next, inner);
				else yield next;
			}
			state = last;
		}
		if (kind === 'reduce') yield { value: state };
	}
};
