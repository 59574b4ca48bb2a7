// printf's format (POSIX.1-2024, printf).
import type { Dialect } from './dialect.ts';
import { resolveEscapes } from './escapes.ts';

const conversion = /%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d*))?([a-zA-Z]))/;

export interface Formatted {
	text: string;
	complaints: string[];
	failed: boolean;
}

/** The format applied to the arguments, again and again until they are used up. */
export function formatted(format: string, args: readonly string[], dialect: Dialect): Formatted {
	const result: Formatted = { text: '', complaints: [], failed: false };
	let left = [...args];
	do {
		const before = left.length;
		const { rest, stopped } = once(format, left, dialect, result);
		left = rest;
		if (stopped || left.length === before) break;
	} while (left.length > 0);
	return result;
}

function once(
	format: string,
	args: string[],
	dialect: Dialect,
	result: Formatted,
): { rest: string[]; stopped: boolean } {
	const rest = [...args];
	let remaining = format;
	while (remaining !== '') {
		const match = conversion.exec(remaining);
		const plain = match ? remaining.slice(0, match.index) : remaining;
		result.text += resolveEscapes(plain, 'format', dialect).text;
		if (!match) break;
		remaining = remaining.slice(match.index + match[0].length);
		if (match[0] === '%%') {
			result.text += '%';
			continue;
		}
		const [, flags, widthText, precisionText, type] = match;
		const number = (text: string | undefined) =>
			text === undefined ? undefined : Number(text === '*' ? (rest.shift() ?? 0) : text);
		const width = number(widthText);
		const precision = number(precisionText);
		const argument = rest.shift();
		if (type === 'b') {
			const { text, stopped } = resolveEscapes(argument ?? '', '%b', dialect);
			result.text += pad(text, width, flags);
			if (stopped) return { rest: [], stopped: true };
			continue;
		}
		const text = convert(type, argument, flags, precision, dialect, result);
		if (text === undefined) {
			result.failed = true;
			result.complaints.push(
				dialect.name === 'bash' ? `\`${type}': invalid format character` : `%${type}: invalid directive`,
			);
			return { rest: [], stopped: true };
		}
		const numeric = /[diouxXeEfFgG]/.test(type);
		const zero =
			numeric &&
			flags.includes('0') &&
			!flags.includes('-') &&
			(precision === undefined || /[eEfFgG]/.test(type));
		result.text += zero ? padZero(text, width) : pad(text, width, flags);
	}
	return { rest, stopped: false };
}

function convert(
	type: string,
	argument: string | undefined,
	flags: string,
	precision: number | undefined,
	dialect: Dialect,
	result: Formatted,
): string | undefined {
	switch (type) {
		case 's':
			return precision === undefined ? (argument ?? '') : [...(argument ?? '')].slice(0, precision).join('');
		case 'c':
			return (argument ?? '').slice(0, 1);
		case 'q':
			if (dialect.name !== 'bash') return undefined;
			return (argument ?? '') === '' ? "''" : (argument ?? '').replace(/[^\w@%+=:,./-]/g, '\\$&');
		case 'd':
		case 'i':
		case 'u':
		case 'o':
		case 'x':
		case 'X':
			return integer(type, argument, flags, precision, dialect, result);
		case 'e':
		case 'E':
		case 'f':
		case 'F':
		case 'g':
		case 'G':
			return float(type, argument, flags, precision, dialect, result);
		default:
			return undefined;
	}
}

function complain(argument: string, partly: boolean, dialect: Dialect, result: Formatted): void {
	result.failed = true;
	if (dialect.name === 'bash') result.complaints.push(`${argument}: invalid number`);
	else if (dialect.name === 'ash') result.complaints.push(`invalid number '${argument}'`);
	else
		result.complaints.push(`${argument}: ${partly ? 'not completely converted' : 'expected numeric value'}`);
}

function integer(
	type: string,
	argument: string | undefined,
	flags: string,
	precision: number | undefined,
	dialect: Dialect,
	result: Formatted,
): string {
	let value = 0n;
	const text = (argument ?? '').trimStart();
	if (/^['"]/.test(text)) value = BigInt(text.codePointAt(1) ?? 0);
	else if (argument !== undefined && (text !== '' || dialect.name === 'ash')) {
		const [match, sign, digits] = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text) ?? [''];
		if (digits !== undefined) {
			const octal = /^0[0-7]+$/.test(digits);
			value = BigInt(octal ? `0o${digits.slice(1)}` : digits.replace(/^0+(?=\d)/, ''));
			if (sign === '-') value = -value;
		}
		if (match !== text || text === '') complain(argument, match !== '', dialect, result);
	}
	const unsigned = value < 0n && type !== 'd' && type !== 'i' ? BigInt.asUintN(64, value) : value;
	const radix = type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10;
	let digits = (unsigned < 0n ? -unsigned : unsigned).toString(radix).padStart(precision ?? 1, '0');
	if (type === 'X') digits = digits.toUpperCase();
	if (flags.includes('#') && type === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
	if (flags.includes('#') && radix === 16 && unsigned !== 0n) digits = `0${type}${digits}`;
	const sign = unsigned < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
	return (radix === 10 ? sign : '') + digits;
}

function float(
	type: string,
	argument: string | undefined,
	flags: string,
	precision: number | undefined,
	dialect: Dialect,
	result: Formatted,
): string {
	const text = (argument ?? '').trim();
	const [match] = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text) ?? [''];
	if (argument !== undefined && match !== text) complain(argument, match !== '', dialect, result);
	const value = Number(match || 0);
	const digits = precision ?? 6;
	const exponential = (number: number, count: number) =>
		number.toExponential(count).replace(/e([-+])(\d)$/, 'e$10$2');
	let shown: string;
	if (/[fF]/.test(type)) shown = fixed(value, digits);
	else if (/[eE]/.test(type)) shown = exponential(value, digits);
	else {
		const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
		const significant = Math.max(1, digits);
		shown =
			exponent < -4 || exponent >= significant
				? exponential(value, significant - 1).replace(/\.?0+e/, 'e')
				: String(Number(value.toPrecision(significant)));
	}
	if (/[EG]/.test(type)) shown = shown.toUpperCase();
	return value >= 0 && flags.includes('+')
		? `+${shown}`
		: value >= 0 && flags.includes(' ')
			? ` ${shown}`
			: shown;
}

/** C's %f: toFixed rounds a tie up, C to the even digit. */
function fixed(value: number, digits: number): string {
	const scaled = Math.abs(value) * 10 ** digits;
	if (digits > 15 || scaled % 1 !== 0.5 || Math.floor(scaled) % 2 !== 0) return value.toFixed(digits);
	return ((Math.sign(value) * Math.floor(scaled)) / 10 ** digits).toFixed(digits);
}

function pad(text: string, width: number | undefined, flags: string): string {
	if (width === undefined) return text;
	return flags.includes('-') || width < 0 ? text.padEnd(Math.abs(width)) : text.padStart(width);
}

function padZero(text: string, width: number | undefined): string {
	const [, sign, digits] = /^([-+ ]?)(.*)$/.exec(text)!;
	return sign + digits.padStart((width ?? 0) - sign.length, '0');
}
