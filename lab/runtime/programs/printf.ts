// printf(1), and the conversions that awk's printf shares with it.
import { byteText } from './echo.ts';
import type { Tool } from './tool.ts';

export interface Conversion {
	flags: string;
	width: number | undefined;
	precision: number | undefined;
	letter: string;
}

/** A number or text after one conversion (fprintf(3)). */
export function convert({ flags, width, precision, letter }: Conversion, value: string | number): string {
	const left = flags.includes('-');
	const pad = (text: string, zero: boolean) => {
		if (width === undefined || text.length >= width) return text;
		if (left) return text.padEnd(width);
		if (!zero) return text.padStart(width);
		const sign = /^(?:[-+ ]|0[xX])+/.exec(text)?.[0] ?? '';
		return sign + text.slice(sign.length).padStart(width - sign.length, '0');
	};
	const signed = (text: string, number: number) =>
		number < 0 || Object.is(number, -0)
			? text
			: flags.includes('+')
				? `+${text}`
				: flags.includes(' ')
					? ` ${text}`
					: text;
	if (letter === 's')
		return pad(
			precision === undefined ? String(value) : [...String(value)].slice(0, precision).join(''),
			false,
		);
	if (letter === 'c') return pad(String(value).slice(0, 1), false);
	const number = Number(value);
	const zero = flags.includes('0');
	if ('diouxX'.includes(letter)) {
		if (!Number.isFinite(number)) return pad(String(number), false);
		const whole = Math.trunc(number);
		const unsigned =
			whole < 0 && !'di'.includes(letter) ? BigInt.asUintN(64, BigInt(whole)) : BigInt(Math.abs(whole));
		let digits = unsigned.toString(letter === 'o' ? 8 : 'xX'.includes(letter) ? 16 : 10);
		if (precision !== undefined) digits = digits.padStart(precision, '0');
		if (flags.includes('#') && unsigned !== 0n)
			digits = (letter === 'o' ? '0' : 'xX'.includes(letter) ? '0x' : '') + digits;
		if (letter === 'X') digits = digits.toUpperCase();
		const text = 'di'.includes(letter) ? signed(whole < 0 ? `-${digits}` : digits, whole) : digits;
		return pad(text, zero && precision === undefined);
	}
	const text = signed(floating(letter, number, precision ?? 6, flags.includes('#')), number);
	return pad(text, zero && Number.isFinite(number));
}

function floating(letter: string, number: number, precision: number, alternative: boolean): string {
	if (!Number.isFinite(number)) {
		const text = Number.isNaN(number) ? 'nan' : number < 0 ? '-inf' : 'inf';
		return letter === letter.toUpperCase() ? text.toUpperCase() : text;
	}
	const exponential = (digits: number) =>
		number.toExponential(Math.min(digits, 100)).replace(/e([-+])(\d)$/, 'e$10$2');
	let text: string;
	switch (letter.toLowerCase()) {
		case 'f':
			text = number.toFixed(Math.min(precision, 100));
			break;
		case 'e':
			text = exponential(precision);
			break;
		default: {
			const digits = precision === 0 ? 1 : precision;
			const exponent =
				number === 0 ? 0 : Number(number.toExponential(Math.min(digits - 1, 100)).split('e')[1]);
			text =
				exponent < -4 || exponent >= digits
					? exponential(digits - 1)
					: number.toFixed(Math.min(Math.max(0, digits - 1 - exponent), 100));
			if (!alternative && text.includes('.')) text = text.replace(/\.?0+(?=e|$)/, '');
		}
	}
	return letter === letter.toUpperCase() ? text.toUpperCase() : text;
}

/** One conversion of a format: flags, width, precision, letter. */
export const conversionPattern = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d*))?[hlLqjzt]*([a-zA-Z%])/y;

const escapes: Record<string, string> = {
	'\\': '\\',
	'"': '"',
	"'": "'",
	a: '\x07',
	b: '\b',
	e: '\x1b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

/** Expands one escape at `at` (the backslash), as printf's formats have them. */
export function escapeAt(text: string, at: number): { text: string; length: number } {
	const rest = text.slice(at + 1);
	const octal = /^0?[0-7]{1,3}/.exec(rest)?.[0];
	if (octal) return { text: byteText(Number.parseInt(octal, 8) & 0xff), length: 1 + octal.length };
	const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
	if (hex) return { text: byteText(Number.parseInt(hex[1], 16)), length: 1 + hex[0].length };
	const unicode = /^u([0-9a-fA-F]{1,4})|^U([0-9a-fA-F]{1,8})/.exec(rest);
	if (unicode) {
		const code = Number.parseInt(unicode[1] ?? unicode[2], 16);
		return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: 1 + unicode[0].length };
	}
	const letter = rest[0] ?? '';
	return Object.hasOwn(escapes, letter)
		? { text: escapes[letter], length: 2 }
		: { text: `\\${letter}`, length: 1 + letter.length };
}

/** A number as printf's arguments give it: decimal, 0x…, 0…, or 'c for a character's code. */
function argumentNumber(text: string): { value: number; valid: boolean } {
	if (/^['"]/.test(text)) return { value: text.codePointAt(1) ?? 0, valid: true };
	const trimmed = text.trim();
	if (/^[-+]?0[0-7]+$/.test(trimmed)) return { value: Number.parseInt(trimmed, 8), valid: true };
	if (/^[-+]?0x[0-9a-f]+$/i.test(trimmed)) return { value: Number.parseInt(trimmed, 16), valid: true };
	const value = Number.parseFloat(trimmed);
	return {
		value: Number.isNaN(value) ? 0 : value,
		valid: trimmed === '' || /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed),
	};
}

/** Formats arguments, using the format again while there are some left; `invalid` lists those that are no numbers. */
export function format(
	template: string,
	args: readonly string[],
): { text: string; invalid: string[]; unknown?: string } {
	let text = '';
	const invalid: string[] = [];
	let next = 0;
	const take = () => args[next++] ?? '';
	const number = () => {
		const given = take();
		const { value, valid } = argumentNumber(given);
		if (!valid) invalid.push(given);
		return value;
	};
	do {
		const before = next;
		for (let at = 0; at < template.length; ) {
			const character = template[at];
			if (character === '\\') {
				if (template[at + 1] === 'c') return { text, invalid };
				const sequence = escapeAt(template, at);
				text += sequence.text;
				at += sequence.length;
				continue;
			}
			if (character !== '%') {
				text += character;
				at++;
				continue;
			}
			conversionPattern.lastIndex = at;
			const match = conversionPattern.exec(template);
			if (!match || !/[%bcdiouxXeEfFgGaAsq]/.test(match[4]))
				return { text, invalid, unknown: template.slice(at, at + (match?.[0].length ?? 1)) };
			at += match[0].length;
			if (match[4] === '%') {
				text += '%';
				continue;
			}
			let flags = match[1];
			let width = match[2] === '*' ? number() : match[2] === undefined ? undefined : Number(match[2]);
			if (width !== undefined && width < 0) {
				flags += '-';
				width = -width;
			}
			const precision =
				match[3] === undefined ? undefined : match[3] === '*' ? number() : Number(match[3] || 0);
			const letter = match[4];
			if (letter === 'b') {
				let expanded = '';
				const given = take();
				for (let i = 0; i < given.length; ) {
					if (given[i] !== '\\') expanded += given[i++];
					else if (given[i + 1] === 'c') return { text: text + expanded, invalid };
					else {
						const sequence = escapeAt(given, i);
						expanded += sequence.text;
						i += sequence.length;
					}
				}
				text += convert({ flags, width, precision, letter: 's' }, expanded);
			} else if (letter === 'q') text += convert({ flags, width, precision, letter: 's' }, quoted(take()));
			else text += convert({ flags, width, precision, letter }, 'sc'.includes(letter) ? take() : number());
		}
		if (next === before) break;
	} while (next < args.length);
	return { text, invalid };
}

/** A word as a shell takes it back. */
function quoted(text: string): string {
	if (text === '') return "''";
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export const printf: Tool = {
	name: 'printf',
	usage: 'FORMAT [ARG]...',
	async run(call) {
		const [template, ...args] = call.args[0] === '--' ? call.args.slice(1) : call.args;
		if (template === undefined) throw call.usageFailure('missing operand');
		const { text, invalid, unknown } = format(template, args);
		await call.print(text);
		for (const given of invalid)
			await call.complain(
				call.busybox
					? `invalid number '${given}'`
					: /^[-+]?\d/.test(given)
						? `‘${given}’: value not completely converted`
						: `‘${given}’: expected a numeric value`,
			);
		if (unknown !== undefined)
			return call.fail(
				call.busybox ? `${unknown}: invalid format` : `${unknown}: invalid conversion specification`,
			);
		return invalid.length > 0 ? 1 : 0;
	},
};
