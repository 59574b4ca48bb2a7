// One conversion of printf's format (fprintf(3)), as printf, awk, seq and git have it.
import { systemError } from '../errors.ts';

export interface Conversion {
	flags: string;
	width: number | undefined;
	precision: number | undefined;
	letter: string;
}

/** One conversion of a format: flags, width, precision, letter. */
export const conversionPattern = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d*))?[hlLqjzt]*([a-zA-Z%])/y;

/** Wider than this, C's printf has no memory for it either. */
const widest = 2 ** 26;

/** A number or text after one conversion. Throws SystemError ENOMEM for a width beyond all measure. */
export function convert(
	{ flags, width, precision, letter }: Conversion,
	value: string | number | bigint,
): string {
	if ((width ?? 0) > widest || (precision ?? 0) > widest) throw systemError('ENOMEM');
	const left = flags.includes('-');
	const pad = (text: string, zero: boolean) => {
		if (width === undefined || text.length >= width) return text;
		if (left) return text.padEnd(width);
		if (!zero) return text.padStart(width);
		const sign = /^(?:[-+ ]|0[xX])+/.exec(text)?.[0] ?? '';
		return sign + text.slice(sign.length).padStart(width - sign.length, '0');
	};
	const signed = (text: string, negative: boolean) =>
		negative ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
	if (letter === 's')
		return pad(
			precision === undefined ? String(value) : [...String(value)].slice(0, precision).join(''),
			false,
		);
	if (letter === 'c') return pad([...String(value)][0] ?? '', false);
	const zero = flags.includes('0');
	if ('diouxX'.includes(letter)) {
		const number = typeof value === 'bigint' ? value : Number(value);
		if (typeof number === 'number' && !Number.isFinite(number)) return pad(String(number), false);
		const whole = typeof number === 'bigint' ? number : BigInt(Math.trunc(number));
		const hasSign = 'di'.includes(letter);
		const magnitude = whole >= 0n ? whole : hasSign ? -whole : BigInt.asUintN(64, whole);
		let digits = magnitude.toString(letter === 'o' ? 8 : 'xX'.includes(letter) ? 16 : 10);
		if (precision !== undefined) digits = digits.padStart(precision, '0');
		if (flags.includes('#') && letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
		if (flags.includes('#') && 'xX'.includes(letter) && magnitude !== 0n) digits = `0x${digits}`;
		if (letter === 'X') digits = digits.toUpperCase();
		const text = hasSign ? signed(whole < 0n ? `-${digits}` : digits, whole < 0n) : digits;
		return pad(text, zero && precision === undefined);
	}
	const number = Number(value);
	const text = signed(
		floating(letter, number, precision ?? 6, flags.includes('#')),
		number < 0 || Object.is(number, -0),
	);
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
			text = fixed(number, precision);
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
					: fixed(number, Math.max(0, digits - 1 - exponent));
			if (!alternative && text.includes('.')) text = text.replace(/\.?0+(?=e|$)/, '');
		}
	}
	return letter === letter.toUpperCase() ? text.toUpperCase() : text;
}

/** C's %f: toFixed knows 100 digits, and rounds a tie up, C to the even digit. */
function fixed(number: number, precision: number): string {
	const digits = Math.min(precision, 100);
	const missing = '0'.repeat(precision - digits);
	if (Math.abs(number) >= 1e21) return `${BigInt(number)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`;
	if ((Math.abs(number) * 10 ** digits) % 1 === 0.5) {
		// The digits to the end show whether it is a tie.
		const exact = number.toFixed(100);
		const end = exact.indexOf('.') + 1 + digits;
		const kept = exact.slice(0, digits === 0 ? end - 1 : end);
		if (/^50*$/.test(exact.slice(end)) && /[02468]$/.test(kept)) return kept + missing;
	}
	const text = number.toFixed(digits);
	return (Object.is(number, -0) ? `-${text}` : text) + missing;
}
