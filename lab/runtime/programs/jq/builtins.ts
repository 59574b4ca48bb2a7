// jq's own functions that are not written in jq (prelude.ts has those).
import { encode } from '../../byte-text.ts';
import { compileRegex, matchesOf, RegexError } from '../regex.ts';
import type { Environment } from './environment.ts';
import type { Evaluation, Output, Outputs } from './evaluation.ts';
import { textOf } from './formats.ts';
import { type Expression, type Json, RunError } from './syntax.ts';
import {
	atPath,
	compare,
	isObject,
	isTrue,
	type Path,
	shown,
	typeOf,
	withoutPaths,
	withPath,
} from './values.ts';

export interface BuiltinCall {
	evaluation: Evaluation;
	given: readonly Expression[];
	input: Output;
	environment: Environment;
}

export type Builtin = (call: BuiltinCall) => Outputs;

/** A function of its input and of every combination of its arguments' values; those of the first change the fastest. */
const plain =
	(compute: (input: Json, ...values: Json[]) => Json): Builtin =>
	({ evaluation, given, input, environment }) => {
		async function* combined(count: number, values: Json[]): Outputs {
			if (count === 0) {
				yield { value: compute(input.value, ...values) };
				return;
			}
			for await (const { value } of evaluation.values(given[count - 1], input, environment))
				yield* combined(count - 1, [value, ...values]);
		}
		return combined(given.length, []);
	};

const array = (value: Json, what: string): Json[] => {
	if (Array.isArray(value)) return value;
	throw new RunError(`${shown(value)} ${what}`);
};

const string = (value: Json, what: string): string => {
	if (typeof value === 'string') return value;
	throw new RunError(`${shown(value)} ${what}`);
};

function length(value: Json): Json {
	if (typeof value === 'boolean') throw new RunError(`${shown(value)} has no length`);
	if (typeof value === 'number') return Math.abs(value);
	if (typeof value === 'string') return [...value].length;
	return value === null ? 0 : Array.isArray(value) ? value.length : Object.keys(value).length;
}

function keys(value: Json): Json {
	if (Array.isArray(value)) return [...value.keys()];
	if (isObject(value)) return Object.keys(value).sort();
	throw new RunError(`${shown(value)} has no keys`);
}

function contains(value: Json, part: Json): boolean {
	if (isObject(value) && isObject(part))
		return Object.entries(part).every(
			([key, each]) => Object.hasOwn(value, key) && contains(value[key], each),
		);
	if (Array.isArray(value) && Array.isArray(part))
		return part.every((each) => value.some((own) => contains(own, each)));
	if (typeof value === 'string' && typeof part === 'string') return value.includes(part);
	if (typeOf(value) === typeOf(part)) return compare(value, part) === 0;
	throw new RunError(`${shown(value)} and ${shown(part)} cannot have their containment checked`);
}

function toNumber(value: Json): Json {
	if (typeof value === 'number') return value;
	const text = string(value, 'cannot be parsed as a number');
	const number = Number(text);
	if (text.trim() === '' || Number.isNaN(number)) throw new RunError(`Cannot parse '${text}' as JSON`);
	return number;
}

function fromJson(value: Json): Json {
	const text = string(value, 'cannot be parsed as JSON');
	try {
		return JSON.parse(text) as Json;
	} catch {
		throw new RunError(`${text} (while parsing '${text}')`);
	}
}

function flatten(value: Json, depth: Json = Number.POSITIVE_INFINITY): Json {
	const items: readonly unknown[] = array(value, 'cannot be flattened');
	return items.flat(depth as number) as Json[];
}

/** Items with their keys, in order of the keys. */
function keyed(value: Json, found: Json): { item: Json; key: Json }[] {
	const sorting = found as Json[];
	return array(value, 'cannot be sorted, as it is not an array')
		.map((item, index) => ({ item, key: sorting[index] }))
		.sort((one, other) => compare(one.key, other.key));
}

function grouped(value: Json, found: Json): { item: Json; key: Json }[][] {
	const groups: { item: Json; key: Json }[][] = [];
	for (const entry of keyed(value, found)) {
		const last = groups.at(-1);
		if (last && compare(last[0].key, entry.key) === 0) last.push(entry);
		else groups.push([entry]);
	}
	return groups;
}

function indices(value: Json, part: Json): Json {
	if (value === null) return null;
	if (typeof value === 'string' && typeof part === 'string') {
		const found: number[] = [];
		for (let at = value.indexOf(part); at >= 0 && part !== ''; at = value.indexOf(part, at + 1))
			found.push(at);
		return found;
	}
	const items = array(value, 'cannot be searched');
	const wanted = Array.isArray(part) ? part : [part];
	return [...items.keys()].filter(
		(at) =>
			wanted.length > 0 &&
			wanted.every((each, offset) => at + offset < items.length && compare(items[at + offset], each) === 0),
	);
}

function matches(value: Json, pattern: Json, flags: Json): Json {
	const text = string(value, 'cannot be matched, as it is not a string');
	const options = typeof flags === 'string' ? flags : '';
	try {
		const regex = compileRegex(string(pattern, 'cannot be matched, as it is not a string'), {
			perl: true,
			ignoreCase: options.includes('i'),
			dotAll: options.includes('s'),
		});
		const all = options.includes('g')
			? [...matchesOf(regex, text)]
			: [regex.find(text)].flatMap((found) => found ?? []);
		const names = [...(pattern as string).matchAll(/\((?!\?)|\(\?P?<([A-Za-z_]\w*)>/g)].map(
			([, name]) => name ?? null,
		);
		return all.map(({ start, end, groups }) => ({
			offset: start,
			length: end - start,
			string: text.slice(start, end),
			captures: groups.slice(1).map((group, index) => ({ string: group ?? null, name: names[index] })),
		}));
	} catch (error) {
		if (!(error instanceof RegexError)) throw error;
		throw new RunError(`${pattern as string} (at offset 0) is not a valid regex: ${error.message}`);
	}
}

function isoTime(value: Json): Json {
	if (typeof value !== 'number') throw new RunError('strftime/1 requires parsed datetime inputs');
	return new Date(value * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function secondsOf(value: Json): Json {
	const at = Date.parse(string(value, 'cannot be parsed as a date'));
	if (Number.isNaN(at))
		throw new RunError(`date "${value as string}" does not match format "%Y-%m-%dT%H:%M:%SZ"`);
	return Math.floor(at / 1000);
}

const numeric = (compute: (value: number) => number) =>
	plain((value) => {
		if (typeof value !== 'number') throw new RunError(`${shown(value)} number required`);
		return compute(value);
	});

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const upper = (text: string) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
const isText = (value: Json, part: Json, name: string) => {
	if (typeof value !== 'string' || typeof part !== 'string')
		throw new RunError(`${name}() requires string inputs`);
	return [value, part] as const;
};

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
	['empty/0', async function* () {}],
	['not/0', plain((value) => !isTrue(value))],
	['length/0', plain(length)],
	['utf8bytelength/0', plain((value) => encode(string(value, 'only strings have UTF-8 byte length')).length)],
	['keys/0', plain(keys)],
	['keys_unsorted/0', plain((value) => (isObject(value) ? Object.keys(value) : keys(value)))],
	[
		'has/1',
		plain((value, key) => {
			if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key);
			if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length;
			throw new RunError(
				`Cannot check whether ${typeOf(value)} has a ${typeof key === 'string' ? 'string' : typeOf(key)} key`,
			);
		}),
	],
	['contains/1', plain(contains)],
	['type/0', plain(typeOf)],
	['tostring/0', plain(textOf)],
	['tonumber/0', plain(toNumber)],
	['tojson/0', plain((value) => JSON.stringify(value))],
	['fromjson/0', plain(fromJson)],
	['floor/0', numeric(Math.floor)],
	['ceil/0', numeric(Math.ceil)],
	['round/0', numeric(Math.round)],
	['sqrt/0', numeric(Math.sqrt)],
	['fabs/0', numeric(Math.abs)],
	['log/0', numeric(Math.log)],
	['exp/0', numeric(Math.exp)],
	['pow/2', plain((_, base, exponent) => (base as number) ** (exponent as number))],
	['infinite/0', plain(() => Number.MAX_VALUE)],
	['sort/0', plain((value) => [...array(value, 'cannot be sorted, as it is not an array')].sort(compare))],
	['_sort_by/1', plain((value, found) => keyed(value, found).map(({ item }) => item))],
	[
		'_group_by/1',
		plain((value, found) => grouped(value, found).map((group) => group.map(({ item }) => item))),
	],
	['_unique_by/1', plain((value, found) => grouped(value, found).map(([{ item }]) => item))],
	['_min_by/1', plain((value, found) => keyed(value, found)[0]?.item ?? null)],
	['_max_by/1', plain((value, found) => keyed(value, found).at(-1)?.item ?? null)],
	[
		'reverse/0',
		plain((value) =>
			typeof value === 'string'
				? [...value].reverse().join('')
				: value === null
					? []
					: [...array(value, 'cannot be reversed')].reverse(),
		),
	],
	['flatten/0', plain((value) => flatten(value))],
	['flatten/1', plain(flatten)],
	['indices/1', plain(indices)],
	[
		'startswith/1',
		plain((value, part) => {
			const [text, start] = isText(value, part, 'startswith');
			return text.startsWith(start);
		}),
	],
	[
		'endswith/1',
		plain((value, part) => {
			const [text, end] = isText(value, part, 'endswith');
			return text.endsWith(end);
		}),
	],
	[
		'ltrimstr/1',
		plain((value, part) =>
			typeof value === 'string' && typeof part === 'string' && value.startsWith(part)
				? value.slice(part.length)
				: value,
		),
	],
	[
		'rtrimstr/1',
		plain((value, part) =>
			typeof value === 'string' && typeof part === 'string' && part !== '' && value.endsWith(part)
				? value.slice(0, -part.length)
				: value,
		),
	],
	['trim/0', plain((value) => string(value, 'cannot be trimmed').trim())],
	['ltrim/0', plain((value) => string(value, 'cannot be trimmed').trimStart())],
	['rtrim/0', plain((value) => string(value, 'cannot be trimmed').trimEnd())],
	[
		'split/1',
		plain((value, by) => {
			const [text, separator] = isText(value, by, 'split');
			return text === '' ? [] : text.split(separator);
		}),
	],
	[
		'join/1',
		plain((value, by) =>
			array(value, 'cannot be iterated over')
				.map((item) => (item === null ? '' : textOf(item)))
				.join(string(by, 'is no separator')),
		),
	],
	['ascii_downcase/0', plain((value) => lower(string(value, 'cannot be ascii_downcased')))],
	['ascii_upcase/0', plain((value) => upper(string(value, 'cannot be ascii_upcased')))],
	[
		'explode/0',
		plain((value) => [...string(value, 'cannot be exploded')].map((character) => character.codePointAt(0)!)),
	],
	['implode/0', plain((value) => String.fromCodePoint(...(array(value, 'cannot be imploded') as number[])))],
	['_match/2', plain(matches)],
	['getpath/1', plain((value, path) => atPath(value, array(path, 'is no path') as Path))],
	[
		'setpath/2',
		plain((value, path, replaced) => withPath(value, array(path, 'is no path') as Path, replaced)),
	],
	['delpaths/1', plain((value, paths) => withoutPaths(value, array(paths, 'are no paths') as Path[]))],
	[
		'error/0',
		plain((value) => {
			throw new RunError(value);
		}),
	],
	[
		'error/1',
		plain((_, value) => {
			throw new RunError(value);
		}),
	],
	['todate/0', plain(isoTime)],
	['fromdate/0', plain(secondsOf)],
	['fromdateiso8601/0', plain(secondsOf)],
	['todateiso8601/0', plain(isoTime)],
	[
		'now/0',
		async function* ({ evaluation }) {
			yield { value: evaluation.host.now() / 1000 };
		},
	],
	[
		'input/0',
		async function* ({ evaluation }) {
			const value = await evaluation.host.next();
			if (value === undefined) throw new RunError('No more inputs');
			yield { value };
		},
	],
	[
		'inputs/0',
		async function* ({ evaluation }) {
			for (
				let value = await evaluation.host.next();
				value !== undefined;
				value = await evaluation.host.next()
			)
				yield { value };
		},
	],
	[
		'path/1',
		async function* ({ evaluation, given: [expression], input, environment }) {
			for await (const path of evaluation.paths(expression, input, environment))
				yield { value: [...path] as Json };
		},
	],
	[
		'range/2',
		async function* ({ evaluation, given: [from, to], input, environment }) {
			for await (const start of evaluation.values(from, input, environment))
				for await (const end of evaluation.values(to, input, environment))
					for (let at = start.value as number; at < (end.value as number); at++) {
						const wait = evaluation.host.step();
						if (wait) await wait;
						yield { value: at };
					}
		},
	],
	[
		'limit/2',
		async function* ({ evaluation, given: [count, expression], input, environment }) {
			for await (const { value } of evaluation.values(count, input, environment))
				yield* evaluation.limited(value as number, expression, input, environment);
		},
	],
	[
		'first/1',
		({ evaluation, given: [expression], input, environment }) =>
			evaluation.limited(1, expression, input, environment),
	],
	[
		'splits/1',
		async function* ({ evaluation, given: [pattern], input, environment }) {
			for await (const { value } of evaluation.values(pattern, input, environment)) {
				const text = string(input.value, 'cannot be matched, as it is not a string');
				let last = 0;
				for (const found of matches(text, value, 'g') as { offset: number; length: number }[]) {
					yield { value: text.slice(last, found.offset) };
					last = found.offset + found.length;
				}
				yield { value: text.slice(last) };
			}
		},
	],
]);
