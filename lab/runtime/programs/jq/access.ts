// Going into a value: `.name`, `.[1]`, `.[1:2]`, `.[]` and `..`, each with the path that leads there.
import type { Output, Outputs, Run } from './evaluation.ts';
import { RunError } from './syntax.ts';
import { isObject, type PathPart, partOf, typeOf } from './values.ts';

function child({ value, path }: Output, part: PathPart): Output {
	const found = partOf(value, part);
	return path ? { value: found, path: [...path, part] } : { value: found };
}

/** Each index, or each key. */
function keysOf({ value }: Output): Iterable<string | number> | undefined {
	if (Array.isArray(value)) return value.keys();
	return isObject(value) ? Object.keys(value) : undefined;
}

export async function* recurse(input: Output): Outputs {
	yield input;
	for (const key of keysOf(input) ?? []) yield* recurse(child(input, key));
}

export const iterate: Run<'iterate'> = async function* (evaluation, { of }, input, environment) {
	for await (const target of evaluation.run(of, input, environment)) {
		const { value } = target;
		const keys = keysOf(target);
		if (!keys) {
			const shownValue = value === null ? '' : ` (${JSON.stringify(value)})`;
			throw new RunError(`Cannot iterate over ${typeOf(value)}${shownValue}`);
		}
		for (const key of keys) yield child(target, key);
	}
};

export const index: Run<'index'> = async function* (evaluation, { of, key }, input, environment) {
	for await (const { value: part } of evaluation.values(key, input, environment))
		for await (const target of evaluation.run(of, input, environment)) {
			if (typeof part !== 'string' && typeof part !== 'number')
				throw new RunError(`Cannot index ${typeOf(target.value)} with ${typeOf(part)}`);
			yield child(target, part);
		}
};

export const slice: Run<'slice'> = async function* (evaluation, { of, from, to }, input, environment) {
	const all = { kind: 'literal', value: null } as const;
	for await (const { value: start } of evaluation.values(from ?? all, input, environment))
		for await (const { value: end } of evaluation.values(to ?? all, input, environment)) {
			const part = { start, end } as PathPart;
			for await (const target of evaluation.run(of, input, environment)) yield child(target, part);
		}
};
