// Lists taken for sets: sets.contains, sets.equivalent, sets.intersects (cel-go's extension "sets").
import type { FunctionLibrary } from './functions.ts';
import { identity } from './lists.ts';

class SetsNamespace {}

type List = readonly unknown[];

const contains = (list: List, part: List) => {
	const known = new Set(list.map(identity));
	return part.every((each) => known.has(identity(each)));
};

export const setFunctions: FunctionLibrary = {
	namespaces: { sets: SetsNamespace },
	functions: () => ({
		'SetsNamespace.contains(list<T>, list<T>): bool': (_: unknown, list: List, part: List) =>
			contains(list, part),
		'SetsNamespace.equivalent(list<T>, list<T>): bool': (_: unknown, a: List, b: List) =>
			contains(a, b) && contains(b, a),
		'SetsNamespace.intersects(list<T>, list<T>): bool': (_: unknown, a: List, b: List) =>
			b.some((each) => contains(a, [each])),
	}),
};
