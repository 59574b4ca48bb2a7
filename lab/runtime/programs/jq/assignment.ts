// Assignments: `=`, `|=`, `//=` and the operators that end with `=`, each at the paths on its left.
import type { Run } from './evaluation.ts';
import type { Json } from './syntax.ts';
import { atPath, isTrue, operate, type Path, withoutPaths, withPath } from './values.ts';

export const update: Run<'update'> = async function* (
	evaluation,
	{ operator, left, right },
	input,
	environment,
) {
	const paths: Path[] = [];
	for await (const path of evaluation.paths(left, input, environment)) paths.push(path);
	if (operator === '|=') {
		let { value } = input;
		const removed: Path[] = [];
		for (const path of paths) {
			let changed: Json | undefined;
			for await (const first of evaluation.limited(1, right, { value: atPath(value, path) }, environment))
				changed = first.value;
			if (changed === undefined) removed.push(path);
			else value = withPath(value, path, changed);
		}
		yield { value: withoutPaths(value, removed) };
		return;
	}
	for await (const { value: operand } of evaluation.values(right, input, environment)) {
		let { value } = input;
		for (const path of paths) value = withPath(value, path, assigned(operator, atPath(value, path), operand));
		yield { value };
	}
};

function assigned(operator: string, old: Json, operand: Json): Json {
	if (operator === '=') return operand;
	if (operator === '//=') return isTrue(old) ? old : operand;
	return operate(operator.slice(0, -1), old, operand);
}
