// Putting objects and strings together: one for each combination of what their parts give.
import type { Environment } from './environment.ts';
import type { Evaluation, Output, Outputs, Run } from './evaluation.ts';
import { formatted } from './formats.ts';
import { type Expression, type Json, RunError } from './syntax.ts';

export const object: Run<'object'> = (evaluation, { entries }, input, environment) =>
	withEntries(evaluation, entries, {}, input, environment);

async function* withEntries(
	evaluation: Evaluation,
	entries: readonly { key: Expression; value: Expression }[],
	made: { [key: string]: Json },
	input: Output,
	environment: Environment,
): Outputs {
	if (entries.length === 0) {
		yield { value: made };
		return;
	}
	const [entry, ...rest] = entries;
	for await (const key of evaluation.values(entry.key, input, environment)) {
		if (typeof key.value !== 'string') throw new RunError('Object keys must be strings');
		for await (const { value } of evaluation.values(entry.value, input, environment))
			yield* withEntries(evaluation, rest, { ...made, [key.value]: value }, input, environment);
	}
}

export const string: Run<'string'> = (evaluation, { parts, format = '@text' }, input, environment) => {
	/** Puts the first parts before a text: of the combinations, those of the first part change the fastest. */
	async function* before(count: number, text: string): Outputs {
		if (count === 0) {
			yield { value: text };
			return;
		}
		const part = parts[count - 1];
		if (typeof part === 'string') yield* before(count - 1, part + text);
		else
			for await (const { value } of evaluation.values(part, input, environment))
				yield* before(count - 1, formatted(format, value) + text);
	}
	return before(parts.length, '');
};
