// What jq makes of JSON values: their order, their types, what can be had of them.
import { type Json, RunError } from './syntax.ts';

export type PathPart = string | number | { start: number | null; end: number | null };
export type Path = readonly PathPart[];

export function typeOf(value: Json): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return typeof value;
}

export const isObject = (value: Json): value is { [key: string]: Json } => typeOf(value) === 'object';
export const isTrue = (value: Json): boolean => value !== null && value !== false;

const order = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];
const rank = (value: Json) => order.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
const byCodePoint = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** null, false, true, numbers, strings, arrays, objects; objects first by their keys. */
export function compare(one: Json, other: Json): number {
	const difference = rank(one) - rank(other);
	if (difference !== 0) return difference;
	if (typeof one === 'number') return one - (other as number);
	if (typeof one === 'string') return byCodePoint(one, other as string);
	if (Array.isArray(one)) {
		const others = other as Json[];
		for (let at = 0; at < Math.min(one.length, others.length); at++) {
			const found = compare(one[at], others[at]);
			if (found !== 0) return found;
		}
		return one.length - others.length;
	}
	if (!isObject(one) || !isObject(other)) return 0;
	const [keys, others] = [Object.keys(one).sort(), Object.keys(other).sort()];
	return (
		compare(keys, others) ||
		compare(
			keys.map((key) => one[key]),
			keys.map((key) => other[key]),
		)
	);
}

/** As error messages show a value: at most 11 bytes of it. */
export function shown(value: Json): string {
	const text = JSON.stringify(value);
	return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}

/** Throws RunError where such a value has no such part. */
export function partOf(value: Json, part: PathPart): Json {
	if (typeof part === 'object') {
		if (value === null) return null;
		if (typeof value !== 'string' && !Array.isArray(value))
			throw new RunError(`Cannot index ${typeOf(value)} with object`);
		if ([part.start, part.end].some((bound) => bound !== null && typeof bound !== 'number'))
			throw new RunError(`Start and end indices of an ${typeOf(value)} slice must be numbers`);
		return value.slice(part.start ?? 0, part.end ?? value.length) as Json;
	}
	if (value === null) return null;
	if (typeof part === 'string' && isObject(value)) return Object.hasOwn(value, part) ? value[part] : null;
	if (typeof part === 'number' && Array.isArray(value)) {
		const at = Math.floor(part);
		return value[at < 0 ? value.length + at : at] ?? null;
	}
	const key = typeof part === 'string' ? `"${part}"` : 'number';
	throw new RunError(`Cannot index ${typeOf(value)} with ${key}`);
}

export function atPath(value: Json, path: Path): Json {
	return path.reduce<Json>((found, part) => (found === null ? null : partOf(found, part)), value);
}

/** The value with another at a path; what lacks on the way is made. */
export function withPath(value: Json, path: Path, replaced: Json): Json {
	if (path.length === 0) return replaced;
	const [part, ...rest] = path;
	if (typeof part === 'string') {
		if (value !== null && !isObject(value))
			throw new RunError(`Cannot index ${typeOf(value)} with "${part}"`);
		const own = value !== null && Object.hasOwn(value, part) ? value[part] : null;
		return { ...value, [part]: withPath(own, rest, replaced) };
	}
	if (value !== null && !Array.isArray(value))
		throw new RunError(
			`Cannot index ${typeOf(value)} with ${typeof part === 'number' ? 'number' : 'object'}`,
		);
	const items = [...(value ?? [])];
	if (typeof part === 'object') {
		const [start, end] = [part.start ?? 0, part.end ?? items.length];
		const changed = withPath(items.slice(start, end), rest, replaced);
		if (!Array.isArray(changed)) throw new RunError('A slice of an array can only be assigned another array');
		items.splice(start, Math.max(0, end - start), ...changed);
		return items;
	}
	const at = part < 0 ? items.length + part : part;
	if (at < 0) throw new RunError('Out of bounds negative array index');
	while (items.length < at) items.push(null);
	items[at] = withPath(items[at] ?? null, rest, replaced);
	return items;
}

/** The value without what is at the paths. */
export function withoutPaths(value: Json, paths: readonly Path[]): Json {
	const last = [...paths].sort((one, other) => compare(other as Json, one as Json));
	return last.reduce<Json>((left, path) => withoutPath(left, path), value);
}

function withoutPath(value: Json, path: Path): Json {
	if (value === null || path.length === 0) return null;
	const [part, ...rest] = path;
	const inner = partOf(value, part);
	if (rest.length > 0) return inner === null ? value : withPath(value, [part], withoutPath(inner, rest));
	if (isObject(value) && typeof part === 'string') {
		const { [part]: _, ...others } = value;
		return others;
	}
	if (!Array.isArray(value))
		throw new RunError(`Cannot delete field at ${typeof part} index of ${typeOf(value)}`);
	if (typeof part === 'object') return withPath(value, [part], []);
	const at = (part as number) < 0 ? value.length + (part as number) : part;
	return value.filter((_, index) => index !== at);
}

function merged(one: { [key: string]: Json }, other: { [key: string]: Json }): Json {
	const result = { ...one };
	for (const [key, value] of Object.entries(other)) {
		const own = result[key];
		result[key] = own !== undefined && isObject(own) && isObject(value) ? merged(own, value) : value;
	}
	return result;
}

function add(left: Json, right: Json): Json | undefined {
	if (left === null) return right;
	if (right === null) return left;
	if (typeof left === 'number' && typeof right === 'number') return left + right;
	if (typeof left === 'string' && typeof right === 'string') return left + right;
	if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
	return isObject(left) && isObject(right) ? { ...left, ...right } : undefined;
}

function multiply(left: Json, right: Json): Json | undefined {
	if (typeof left === 'number' && typeof right === 'string') return multiply(right, left);
	if (typeof left === 'string' && typeof right === 'number') return right > 0 ? left.repeat(right) : null;
	if (typeof left === 'number' && typeof right === 'number') return left * right;
	return isObject(left) && isObject(right) ? merged(left, right) : undefined;
}

function divide(left: Json, right: Json, operator: string): Json | undefined {
	if (typeof left === 'string' && typeof right === 'string' && operator === '/')
		return left === '' ? [] : left.split(right);
	if (typeof left !== 'number' || typeof right !== 'number') return undefined;
	const divisor = operator === '%' ? Math.trunc(right) : right;
	if (divisor === 0)
		throw new RunError(`${shown(left)} and ${shown(right)} cannot be divided because the divisor is zero`);
	return operator === '/' ? left / divisor : Math.trunc(left) % Math.abs(divisor);
}

function subtract(left: Json, right: Json): Json | undefined {
	if (typeof left === 'number' && typeof right === 'number') return left - right;
	if (!Array.isArray(left) || !Array.isArray(right)) return undefined;
	return left.filter((item) => !right.some((other) => compare(item, other) === 0));
}

const verbs: Readonly<Record<string, string>> = {
	'+': 'added',
	'-': 'subtracted',
	'*': 'multiplied',
	'/': 'divided',
	'%': 'divided',
};

/** Throws RunError where the operator has no meaning for such values. */
export function operate(operator: string, left: Json, right: Json): Json {
	const order = () => compare(left, right);
	switch (operator) {
		case '==':
			return order() === 0;
		case '!=':
			return order() !== 0;
		case '<':
			return order() < 0;
		case '<=':
			return order() <= 0;
		case '>':
			return order() > 0;
		case '>=':
			return order() >= 0;
	}
	const result =
		operator === '+'
			? add(left, right)
			: operator === '-'
				? subtract(left, right)
				: operator === '*'
					? multiply(left, right)
					: divide(left, right, operator);
	if (result === undefined)
		throw new RunError(`${shown(left)} and ${shown(right)} cannot be ${verbs[operator]}`);
	return result;
}
