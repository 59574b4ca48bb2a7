// awk's values: text, numbers, and text from input that may be either.
import { conversionPattern, convert } from './printf-conversion.ts';

/** Text from input that looks like a number compares as one (POSIX' numeric string). */
export class NumericText {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
}

export type Value = string | number | NumericText;
export type AwkArray = Map<string, Value>;

const looksNumeric = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;
export const fromInput = (text: string): Value => (looksNumeric.test(text) ? new NumericText(text) : text);

export function toNumber(value: Value): number {
	if (typeof value === 'number') return value;
	const text = typeof value === 'string' ? value : value.text;
	return Number(/^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(text)?.[1] ?? 0);
}

function formatNumber(value: number, format: string): string {
	if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
	if (Number.isNaN(value)) return 'nan';
	if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
	return sprintf(format, [value]);
}

export function toText(value: Value, format = '%.6g'): string {
	return typeof value === 'string'
		? value
		: typeof value === 'number'
			? formatNumber(value, format)
			: value.text;
}

export const truth = (value: Value): boolean =>
	typeof value === 'string' ? value !== '' : toNumber(value) !== 0;

export function sprintf(template: string, args: readonly Value[]): string {
	let text = '';
	let next = 0;
	for (let at = 0; at < template.length; ) {
		if (template[at] !== '%') {
			text += template[at++];
			continue;
		}
		conversionPattern.lastIndex = at;
		const match = conversionPattern.exec(template);
		if (!match) {
			text += template[at++];
			continue;
		}
		at += match[0].length;
		if (match[4] === '%') {
			text += '%';
			continue;
		}
		const number = (given: string | undefined) =>
			given === undefined ? undefined : given === '*' ? toNumber(args[next++] ?? 0) : Number(given || 0);
		let flags = match[1];
		let width = number(match[2]);
		if (width !== undefined && width < 0) {
			flags += '-';
			width = -width;
		}
		const precision = number(match[3]);
		const value = args[next++] ?? '';
		const letter = match[4];
		const given =
			letter === 's'
				? toText(value)
				: letter === 'c'
					? typeof value === 'number'
						? String.fromCodePoint(Math.max(0, Math.trunc(value)))
						: toText(value)
					: toNumber(value);
		text += convert({ flags, width, precision, letter }, given);
	}
	return text;
}

export function arithmetic(operator: string, a: number, b: number): number {
	switch (operator) {
		case '+':
			return a + b;
		case '-':
			return a - b;
		case '*':
			return a * b;
		case '/':
			return a / b;
		case '%':
			return a % b;
		default:
			return a ** b;
	}
}

/** Escapes in -v's values are expanded. */
export function unescaped(text: string): string {
	return text.replace(
		/\\([ntr\\"/])/g,
		(_, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter,
	);
}
