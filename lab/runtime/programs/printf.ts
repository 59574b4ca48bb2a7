// printf(1) (POSIX.1-2024, printf), as executables and shells have it.
import { joinedBytes } from '../byte-text.ts';
import { escapeAt, resolveEscapes } from './escapes.ts';
import { conversionPattern, convert } from './printf-conversion.ts';
import type { Tool } from './tool.ts';
import { type Wording, wordingOf } from './wording.ts';

const largest = 2n ** 63n - 1n;

export interface Formatted {
	text: string;
	/** What it says of its arguments and format, without its name. */
	complaints: string[];
	failed: boolean;
}

/** A format applied to its arguments, again and again until they are used up. */
export function format(template: string, args: readonly string[], wording: Wording): Formatted {
	const formatter = new Formatter(template, args, wording);
	formatter.run();
	return formatter.result;
}

class Formatter {
	readonly result: Formatted = { text: '', complaints: [], failed: false };
	readonly #template: string;
	readonly #args: readonly string[];
	readonly #wording: Wording;
	#next = 0;

	constructor(template: string, args: readonly string[], wording: Wording) {
		this.#template = template;
		this.#args = args;
		this.#wording = wording;
	}

	run(): void {
		do {
			const before = this.#next;
			if (!this.#once() || this.#next === before) break;
		} while (this.#next < this.#args.length);
		this.result.text = joinedBytes(this.result.text);
	}

	/** Goes through the format; false where the output ends with that. */
	#once(): boolean {
		const template = this.#template;
		for (let at = 0; at < template.length; ) {
			if (template[at] === '\\') {
				const sequence = escapeAt(template, at, 'format', this.#wording);
				this.result.text += sequence.text;
				if (sequence.stop) return false;
				at += sequence.length;
			} else if (template[at] === '%') {
				conversionPattern.lastIndex = at;
				const match = conversionPattern.exec(template);
				if (!match || !this.#knows(match[4])) return this.#unknown(template.slice(at), match);
				at += match[0].length;
				if (!this.#conversion(match)) return false;
			} else this.result.text += template[at++];
		}
		return true;
	}

	#knows(letter: string): boolean {
		if (letter === 'q') return this.#wording === 'bash' || this.#wording === 'gnu';
		return '%bcdiouxXeEfFgGaAs'.includes(letter);
	}

	#unknown(rest: string, match: RegExpExecArray | null): false {
		const given = match?.[0] ?? '%';
		this.result.failed = true;
		this.result.complaints.push(
			{
				bash: match ? `\`${match[4]}': invalid format character` : `\`${rest}': missing format character`,
				dash: `${given}: invalid directive`,
				busybox: `${rest}: invalid format`,
				gnu: `${given}: invalid conversion specification`,
			}[this.#wording],
		);
		return false;
	}

	#conversion([, givenFlags, widthText, precisionText, letter]: RegExpExecArray): boolean {
		const { result } = this;
		if (letter === '%') {
			result.text += '%';
			return true;
		}
		const number = (text: string | undefined) =>
			text === '*' ? Number(this.#integer(this.#take())) : text === undefined ? undefined : Number(text || 0);
		let flags = givenFlags;
		let width = number(widthText);
		if (width !== undefined && width < 0) {
			flags += '-';
			width = -width;
		}
		let precision = number(precisionText);
		if (precision !== undefined && precision < 0) precision = undefined;
		const argument = this.#take();
		const text = { flags, width, precision, letter: 's' };
		if (letter === 'b') {
			const resolved = resolveEscapes(argument ?? '', '%b', this.#wording);
			result.text += convert(text, resolved.text);
			return !resolved.stopped;
		}
		if (letter === 'q') result.text += convert(text, quoted(argument ?? '', this.#wording));
		else if (letter === 's' || letter === 'c') result.text += convert({ ...text, letter }, argument ?? '');
		else {
			const value = 'diouxX'.includes(letter) ? this.#integer(argument) : this.#float(argument);
			result.text += convert({ ...text, letter }, value);
		}
		return true;
	}

	#take(): string | undefined {
		return this.#next < this.#args.length ? this.#args[this.#next++] : undefined;
	}

	/** A whole number: decimal, 0x…, 0…, or 'c for a character's code. */
	#integer(argument: string | undefined): bigint {
		if (argument === undefined) return 0n;
		const text = argument.trimStart();
		if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
		if (text === '' && this.#wording !== 'busybox') return 0n;
		const [match, sign, digits] = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text) ?? [''];
		if (match !== text || text === '') this.#invalid(argument, match !== '');
		if (digits === undefined) return 0n;
		const isOctal = /^0[0-7]+$/.test(digits);
		const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits.replace(/^0+(?=\d)/, ''));
		if (value > largest && match === text) this.#outOfRange(argument);
		if (value > largest && this.#wording === 'busybox') return 0n;
		const inRange = value > largest ? largest : value;
		return sign === '-' ? -inRange : inRange;
	}

	#float(argument: string | undefined): number {
		if (argument === undefined) return 0;
		const text = argument.trim();
		if (/^['"]/.test(text)) return text.codePointAt(1) ?? 0;
		const named = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
		if (named) {
			const value = /^nan/i.test(named[2]) ? Number.NaN : Number.POSITIVE_INFINITY;
			return named[1] === '-' ? -value : value;
		}
		if (/^[-+]?0x[0-9a-f]+$/i.test(text))
			return text[0] === '-' ? -Number(text.slice(1)) : Number(text.replace('+', ''));
		const [match] = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text) ?? [''];
		if (match !== text) this.#invalid(argument, match !== '');
		return Number(match || 0);
	}

	#invalid(argument: string, partly: boolean): void {
		this.result.failed = true;
		this.result.complaints.push(
			{
				bash: `${argument}: invalid number`,
				dash: `${argument}: ${partly ? 'not completely converted' : 'expected numeric value'}`,
				busybox: `invalid number '${argument}'`,
				gnu: `‘${argument}’: ${partly ? 'value not completely converted' : 'expected a numeric value'}`,
			}[this.#wording],
		);
	}

	#outOfRange(argument: string): void {
		// bash only warns of it.
		this.result.failed ||= this.#wording !== 'bash';
		this.result.complaints.push(
			{
				bash: `warning: ${argument}: Numerical result out of range`,
				dash: `${argument}: Numerical result out of range`,
				busybox: `invalid number '${argument}'`,
				gnu: `‘${argument}’: Numerical result out of range`,
			}[this.#wording],
		);
	}
}

/** A word as a shell takes it back: bash with backslashes, GNU's printf with quotes. */
function quoted(text: string, wording: Wording): string {
	if (text === '') return "''";
	if (wording === 'bash') return text.replace(/[^\w@%+=:,./-]/g, '\\$&');
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export const printf: Tool = {
	name: 'printf',
	usage: 'FORMAT [ARG]...',
	async run(call) {
		const [template, ...args] = call.args[0] === '--' ? call.args.slice(1) : call.args;
		if (template === undefined) throw call.usageFailure('missing operand');
		const { text, complaints, failed } = format(template, args, wordingOf(call.flavour));
		await call.print(text);
		for (const complaint of complaints) await call.complain(complaint);
		return failed ? 1 : 0;
	},
};
