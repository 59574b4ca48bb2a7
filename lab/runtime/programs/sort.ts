// sort, uniq and comm: lines in order, and what that makes plain.

import { decode, encode } from '../byte-text.ts';
import { mergeSort } from './merge-sort.ts';
import { type Call, cannotOpen, type Tool } from './tool.ts';
import { inTurns } from './work.ts';

interface Ordering {
	numeric: boolean;
	general: boolean;
	human: boolean;
	version: boolean;
	month: boolean;
	random: boolean;
	fold: boolean;
	dictionary: boolean;
	reverse: boolean;
	blanks: boolean;
}

interface Key extends Ordering {
	fromField: number;
	fromCharacter: number;
	toField?: number;
	toCharacter?: number;
}

const flagNames: Record<string, keyof Ordering> = {
	n: 'numeric',
	g: 'general',
	h: 'human',
	V: 'version',
	M: 'month',
	R: 'random',
	f: 'fold',
	d: 'dictionary',
	r: 'reverse',
	b: 'blanks',
};
const noOrdering: Ordering = {
	numeric: false,
	general: false,
	human: false,
	version: false,
	month: false,
	random: false,
	fold: false,
	dictionary: false,
	reverse: false,
	blanks: false,
};
const units = 'KMGTPEZY';
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function orderingOf(flags: string, base: Ordering = noOrdering): Ordering {
	const ordering = { ...base };
	for (const flag of flags) if (Object.hasOwn(flagNames, flag)) ordering[flagNames[flag]] = true;
	return ordering;
}

function parseKey(call: Call, text: string, global: Ordering): Key {
	const [, f1, c1, flags1, f2, c2, flags2] =
		/^(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghiMnRrV]*))?$/.exec(text) ?? [];
	if (f1 === undefined)
		return call.fail(`invalid number at field start: invalid count at start of ‘${text}’`, 2);
	if (Number(f1) === 0) return call.fail(`-: invalid field specification ‘${text}’`, 2);
	const flags = (flags1 ?? '') + (flags2 ?? '');
	return {
		...orderingOf(flags, flags === '' ? global : noOrdering),
		fromField: Number(f1),
		fromCharacter: Number(c1 ?? 1),
		toField: f2 === undefined ? undefined : Number(f2),
		toCharacter: c2 === undefined || Number(c2) === 0 ? undefined : Number(c2),
	};
}

/** Where each field begins and ends; without a separator a field has the blanks before it. */
function fieldsOf(line: string, separator: string | undefined): { start: number; end: number }[] {
	const fields: { start: number; end: number }[] = [];
	if (separator !== undefined) {
		for (let start = 0; ; ) {
			const end = line.indexOf(separator, start);
			fields.push({ start, end: end < 0 ? line.length : end });
			if (end < 0) return fields;
			start = end + separator.length;
		}
	}
	for (const match of line.matchAll(/[ \t]*[^ \t]+|[ \t]+$/g))
		fields.push({ start: match.index, end: match.index + match[0].length });
	return fields;
}

function keyText(line: string, key: Key, separator: string | undefined): string {
	const fields = fieldsOf(line, separator);
	const first = fields[key.fromField - 1];
	if (!first) return '';
	let start = first.start;
	if (key.blanks) while (start < line.length && /[ \t]/.test(line[start])) start++;
	start += key.fromCharacter - 1;
	let end = line.length;
	if (key.toField !== undefined) {
		const last = fields[key.toField - 1];
		if (last)
			end = key.toCharacter === undefined ? last.end : Math.min(last.end, last.start + key.toCharacter);
	}
	return line.slice(start, Math.max(start, end));
}

const leadingNumber = (text: string) => Number(/^[ \t]*(-?\d*\.?\d+)/.exec(text)?.[1] ?? 0);

function humanNumber(text: string): number {
	const [, number, unit] = /^[ \t]*(-?\d*\.?\d+)([KMGTPEZYk]?)/.exec(text) ?? [];
	return Number(number ?? 0) * 1024 ** (unit ? units.indexOf(unit.toUpperCase()) + 1 : 0);
}

/** Bytes in order, as in the C locale that containers have. */
export function compareBytes(a: string, b: string): number {
	if (a === b) return 0;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII compares as it is
	if (/^[\x00-\x7f]*$/.test(a) && /^[\x00-\x7f]*$/.test(b)) return a < b ? -1 : 1;
	const left = encode(a);
	const right = encode(b);
	for (let i = 0; i < Math.min(left.length, right.length); i++)
		if (left[i] !== right[i]) return left[i] - right[i];
	return left.length - right.length;
}

/** Numbers within names by value: `a9` before `a10` (sort -V). */
function compareVersions(a: string, b: string): number {
	const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
	const left = parts(a);
	const right = parts(b);
	for (let i = 0; i < Math.min(left.length, right.length); i++) {
		const both = /^\d/.test(left[i]) && /^\d/.test(right[i]);
		const order = both ? Number(left[i]) - Number(right[i]) : compareBytes(left[i], right[i]);
		if (order !== 0) return order;
	}
	return left.length - right.length;
}

/** A number for a line, another one for each salt: equal lines stay together in an order that means nothing. */
function scattered(text: string, salt: number): number {
	let hash = salt;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
	return (hash ^ (hash >>> 13)) >>> 0;
}

function compareBy(ordering: Ordering, a: string, b: string, salt: number): number {
	let order: number;
	if (ordering.numeric) order = leadingNumber(a) - leadingNumber(b);
	else if (ordering.human) order = humanNumber(a) - humanNumber(b);
	else if (ordering.general) order = (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0);
	else if (ordering.random) order = scattered(a, salt) - scattered(b, salt);
	else if (ordering.version) order = compareVersions(a, b);
	else if (ordering.month) {
		const month = (text: string) => months.indexOf(text.trim().slice(0, 3).toUpperCase());
		order = month(a) - month(b);
	} else {
		const prepared = (text: string) => {
			const bare = ordering.blanks ? text.replace(/^[ \t]+/, '') : text;
			const letters = ordering.dictionary ? bare.replace(/[^\w \t]|_/g, '') : bare;
			return ordering.fold ? letters.toUpperCase() : letters;
		};
		order = compareBytes(prepared(a), prepared(b));
	}
	return ordering.reverse ? -order : order;
}

/** What a line takes beside its text. */
const lineBytes = 32;

export const sort: Tool = {
	name: 'sort',
	usage: '[-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...',
	async run(call) {
		const options = call.options(
			{
				short: `bcCdfghik:Mmno:rsS:t:T:uVz${call.busybox ? '' : 'R'}`,
				long: {
					'ignore-leading-blanks': 'b',
					'dictionary-order': 'd',
					'ignore-case': 'f',
					'general-numeric-sort': 'g',
					'human-numeric-sort': 'h',
					'key=': 'k',
					'month-sort': 'M',
					'numeric-sort': 'n',
					...(call.busybox ? {} : { 'random-sort': 'R' }),
					'output=': 'o',
					reverse: 'r',
					stable: 's',
					'field-separator=': 't',
					unique: 'u',
					'version-sort': 'V',
					'zero-terminated': 'z',
					check: 'c',
					merge: 'm',
				},
			},
			2,
		);
		const global = orderingOf(options.given.map(([name]) => (name.length === 1 ? name : '')).join(''));
		const separator = options.value('t')?.replace('\\0', '\0').replace('\\t', '\t');
		if (separator !== undefined && separator.length !== 1)
			return call.fail(separator === '' ? 'empty tab' : `multi-character tab ‘${separator}’`, 2);
		const keys = options.values('k').map((text) => parseKey(call, text, global));
		const end = options.has('z') ? '\0' : '\n';
		const lines: string[] = [];
		const complaint = (path: string, error: Error) =>
			call.busybox ? `${path}: ${error.message}` : `cannot read: ${path}: ${error.message}`;
		const code = await call.eachFile(options.operands, complaint, async (path) => {
			for await (const { text } of call.lines(path, end.charCodeAt(0))) {
				lines.push(text);
				call.process.allocate(text.length + lineBytes);
				const wait = call.process.step();
				if (wait) await wait;
			}
		});
		if (code !== 0) return 2;
		const salt = Math.floor(call.process.random() * 2 ** 32);
		const compareKeys = (a: string, b: string) => {
			if (keys.length === 0) return compareBy(global, a, b, salt);
			for (const key of keys) {
				const order = compareBy(key, keyText(a, key, separator), keyText(b, key, separator), salt);
				if (order !== 0) return order;
			}
			return 0;
		};
		const unique = options.has('u');
		// Lines with equal keys are compared as a whole at last, unless -s or -u.
		const compare = (a: string, b: string) => {
			const order = compareKeys(a, b);
			if (order !== 0 || unique || options.has('s')) return order;
			return global.reverse ? compareBytes(b, a) : compareBytes(a, b);
		};
		if (options.has('c', 'C')) {
			for (let i = 1; i < lines.length; i++) {
				const order = compare(lines[i - 1], lines[i]);
				if (order < 0 || (order === 0 && !unique)) continue;
				if (options.has('c'))
					await (call.busybox
						? call.process.write(
								2,
								`Check line ${i}
`,
							)
						: call.complain(`${options.operands[0] ?? '-'}:${i + 1}: disorder: ${lines[i]}`));
				return 1;
			}
			return 0;
		}
		const sorted = await inTurns(call.process, mergeSort(lines, compare));
		const isFirst = (line: string, i: number) => i === 0 || compareKeys(sorted[i - 1], line) !== 0;
		const kept = unique ? sorted.filter(isFirst) : sorted;
		const output = options.value('o');
		if (output !== undefined) {
			call.process.files.writeFile(output, encode(kept.map((line) => line + end).join('')));
			return 0;
		}
		for (const line of kept) await call.print(line + end);
		return 0;
	},
};

export const uniq: Tool = {
	name: 'uniq',
	usage: '[-cdui] [-f,s,w N] [FILE [OUTFILE]]',
	async run(call) {
		const options = call.options({
			short: 'cduDif:s:w:z',
			long: {
				count: 'c',
				repeated: 'd',
				unique: 'u',
				'ignore-case': 'i',
				'skip-fields=': 'f',
				'skip-chars=': 's',
				'check-chars=': 'w',
			},
		});
		const fields = Number(options.value('f') ?? 0);
		const skipped = Number(options.value('s') ?? 0);
		const checked = options.value('w');
		const keyOf = (line: string) => {
			let rest = line;
			for (let i = 0; i < fields; i++) rest = rest.replace(/^[ \t]*[^ \t]*/, '');
			const key = rest.slice(skipped, checked === undefined ? undefined : skipped + Number(checked));
			return options.has('i') ? key.toLowerCase() : key;
		};
		let current: { text: string; key: string; count: number } | undefined;
		const output: string[] = [];
		const emit = async (text: string) => {
			if (options.operands[1] !== undefined) output.push(text);
			else await call.print(text);
		};
		const finish = async () => {
			if (!current) return;
			const { text, count } = current;
			if ((options.has('d') && count < 2) || (options.has('u') && count > 1)) return;
			await emit(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${text}\n`);
		};
		const input = options.operands[0] ?? '-';
		const code = await call.eachFile([input], cannotOpen(call), async (path) => {
			for await (const { text } of call.lines(path)) {
				const key = keyOf(text);
				if (current?.key === key) current.count++;
				else {
					await finish();
					current = { text, key, count: 1 };
				}
				if (options.has('D') && current.count >= 2)
					await emit(`${current.count === 2 ? `${current.text}\n` : ''}${text}\n`);
			}
		});
		if (!options.has('D')) await finish();
		if (options.operands[1] !== undefined) call.process.files.writeFile(options.operands[1], output.join(''));
		return code;
	},
};

export const comm: Tool = {
	name: 'comm',
	usage: '[-123] FILE1 FILE2',
	async run(call) {
		const options = call.options({ short: '123' });
		const [first, second] = options.operands;
		if (second === undefined)
			throw call.usageFailure(first === undefined ? 'missing operand' : `missing operand after ‘${first}’`);
		const read = async (path: string) =>
			decode(await call.readAll(path))
				.split('\n')
				.slice(0, -1);
		const [left, right] = [await read(first), await read(second)];
		const column = (which: '1' | '2' | '3', line: string) => {
			if (options.has(which)) return '';
			const before = which === '1' ? [] : which === '2' ? ['1'] : ['1', '2'];
			return `${'\t'.repeat(before.filter((other) => !options.has(other)).length)}${line}\n`;
		};
		let i = 0;
		let j = 0;
		while (i < left.length || j < right.length) {
			const order = i >= left.length ? 1 : j >= right.length ? -1 : compareBytes(left[i], right[j]);
			if (order === 0) j++;
			await call.print(
				order < 0 ? column('1', left[i]) : order > 0 ? column('2', right[j]) : column('3', left[i]),
			);
			if (order <= 0) i++;
			else j++;
		}
		return 0;
	},
};
