// Lists: order, sums and places (Kubernetes' list library), and what cel-go's own has: distinct, slices, sorting.
import type { FunctionLibrary } from './functions.ts';

type Ordered = bigint | number | string | boolean | Date;
type List = readonly Ordered[];

/** The first of the list by an order. Throws where there is none. */
function extreme(name: string, list: List, isBetter: (a: Ordered, b: Ordered) => boolean): Ordered {
	if (list.length === 0) throw new Error(`${name} called on empty list`);
	return list.reduce((best, each) => (isBetter(each, best) ? each : best));
}

function sum(list: readonly (bigint | number)[]): bigint | number {
	if (typeof list[0] === 'number') return list.reduce<number>((total, each) => total + Number(each), 0);
	return list.reduce<bigint>((total, each) => total + BigInt(each), 0n);
}

/** Values as texts that are the same where the values are. */
export const identity = (value: unknown): string =>
	JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? '';

const indexOf = (list: readonly unknown[], value: unknown) =>
	BigInt(list.findIndex((each) => identity(each) === identity(value)));
const lastIndexOf = (list: readonly unknown[], value: unknown) =>
	BigInt(list.findLastIndex((each) => identity(each) === identity(value)));

function distinct(list: readonly unknown[]): unknown[] {
	const seen = new Map<string, unknown>();
	for (const each of list) if (!seen.has(identity(each))) seen.set(identity(each), each);
	return [...seen.values()];
}

function slice(list: readonly unknown[], start: bigint, end: bigint): unknown[] {
	if (start < 0n || end < 0n)
		throw new Error(`cannot slice(${start}, ${end}), negative indexes not supported`);
	if (start > end)
		throw new Error(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
	if (BigInt(list.length) < end)
		throw new Error(`cannot slice(${start}, ${end}), list is length ${list.length}`);
	return list.slice(Number(start), Number(end));
}

const flatten = (list: readonly unknown[], depth: bigint) => {
	if (depth < 0n) throw new Error('level must be non-negative');
	return list.flat(Number(depth));
};

const inOrder = (list: List) => [...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

export const listFunctions: FunctionLibrary = {
	functions: (optional) => ({
		'list<T>.isSorted(): bool': (list: List) =>
			list.every((each, index) => index === 0 || list[index - 1] <= each),
		'list<T>.sum(): T': sum,
		'list<T>.min(): T': (list: List) => extreme('min', list, (a, b) => a < b),
		'list<T>.max(): T': (list: List) => extreme('max', list, (a, b) => a > b),
		'list<T>.indexOf(T): int': indexOf,
		'list<T>.lastIndexOf(T): int': lastIndexOf,
		'list<T>.distinct(): list<T>': distinct,
		'list<T>.reverse(): list<T>': (list: readonly unknown[]) => [...list].reverse(),
		'list<T>.sort(): list<T>': inOrder,
		'list<T>.slice(int, int): list<T>': slice,
		'list.flatten(): list<dyn>': (list: readonly unknown[]) => list.flat(1),
		'list.flatten(int): list<dyn>': flatten,
		'list<T>.first(): optional<T>': (list: readonly unknown[]) => optional.of(list[0]),
		'list<T>.last(): optional<T>': (list: readonly unknown[]) => optional.of(list.at(-1)),
	}),
};
