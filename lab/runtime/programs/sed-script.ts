// The commands of a sed script, as read from its text.
import { compileRegex, type Regex, RegexError } from './regex.ts';

export type Address =
	| { kind: 'line'; number: number }
	| { kind: 'last' }
	| { kind: 'regex'; regex?: Regex }
	| { kind: 'step'; first: number; step: number }
	| { kind: 'offset'; lines: number }
	| { kind: 'multiple'; of: number };

export interface Command {
	addresses: Address[];
	negated: boolean;
	name: string;
	/** Of a, i, c, r, w, y; a label of b, t, T and :. */
	text: string;
	/** Of s. */
	substitute?: {
		regex?: Regex;
		replacement: string;
		global: boolean;
		number: number;
		print: boolean;
		file?: string;
	};
	translation?: Map<string, string>;
	/** Index of the command after the block's end, for `{`. */
	end: number;
	/** For a range: whether it has begun, and its last line. */
	active: boolean;
	lastLine: number;
}

/** A script that sed refuses; `message` is in GNU's words. */
export class ScriptError extends Error {}

class Parser {
	readonly #text: string;
	readonly #extended: boolean;
	#at = 0;
	readonly commands: Command[] = [];

	constructor(text: string, extended: boolean) {
		this.#text = text;
		this.#extended = extended;
	}

	#fail(message: string): never {
		throw new ScriptError(`-e expression #1, char ${this.#at}: ${message}`);
	}

	#skip(pattern: RegExp): void {
		while (this.#at < this.#text.length && pattern.test(this.#text[this.#at])) this.#at++;
	}

	/** Up to an unescaped delimiter, which is taken along; an escaped delimiter stands for itself. */
	#delimited(delimiter: string, what: string, regex: boolean): string {
		let text = '';
		let inBracket = false;
		for (; this.#at < this.#text.length; this.#at++) {
			const character = this.#text[this.#at];
			if (character === '\\' && !inBracket) {
				const next = this.#text[++this.#at];
				if (next === delimiter)
					text +=
						/[\W_]/.test(delimiter) && regex && /[.*[\]^$+?(){}|\\]/.test(delimiter)
							? `\\${delimiter}`
							: delimiter;
				else if (next === 'n' && regex) text += '\\n';
				else text += `\\${next ?? ''}`;
				continue;
			}
			if (regex && character === '[' && !inBracket) {
				inBracket = true;
				text += character;
				// A bracket right after the opening one (or its ^) is a member.
				if (this.#text[this.#at + 1] === '^') text += this.#text[++this.#at];
				if (this.#text[this.#at + 1] === ']') text += this.#text[++this.#at];
				continue;
			}
			if (inBracket && character === ']') inBracket = false;
			if (character === delimiter && !inBracket) {
				this.#at++;
				return text;
			}
			text += character;
		}
		return this.#fail(what);
	}

	#regex(text: string, flags: string): Regex | undefined {
		if (text === '') return undefined;
		try {
			return compileRegex(text, {
				extended: this.#extended,
				ignoreCase: /[iI]/.test(flags),
				multiline: /[mM]/.test(flags),
			});
		} catch (error) {
			if (error instanceof RegexError) return this.#fail(error.message);
			throw error;
		}
	}

	#address(): Address | undefined {
		const rest = this.#text.slice(this.#at);
		const [number] = /^\d+/.exec(rest) ?? [];
		if (number !== undefined) {
			this.#at += number.length;
			if (this.#text[this.#at] !== '~') return { kind: 'line', number: Number(number) };
			const [, step] = /^~(\d+)/.exec(this.#text.slice(this.#at)) ?? [];
			this.#at += 1 + (step?.length ?? 0);
			return { kind: 'step', first: Number(number), step: Number(step ?? 0) };
		}
		if (rest[0] === '$') {
			this.#at++;
			return { kind: 'last' };
		}
		if (rest[0] !== '/' && rest[0] !== '\\') return undefined;
		const delimiter = rest[0] === '/' ? '/' : rest[1];
		this.#at += rest[0] === '/' ? 1 : 2;
		const text = this.#delimited(delimiter, 'unterminated address regex', true);
		const [flags] = /^[IM]*/.exec(this.#text.slice(this.#at)) ?? [''];
		this.#at += flags.length;
		return { kind: 'regex', regex: this.#regex(text, flags) };
	}

	parse(): Command[] {
		const open: Command[] = [];
		for (;;) {
			this.#skip(/[\s;]/);
			if (this.#at >= this.#text.length) break;
			if (this.#text[this.#at] === '#') {
				this.#skip(/[^\n]/);
				continue;
			}
			const command = this.#command();
			if (command.name === '}') {
				const start = open.pop();
				if (!start) this.#fail("unexpected `}'");
				start.end = this.commands.length;
				continue;
			}
			this.commands.push(command);
			if (command.name === '{') open.push(command);
		}
		if (open.length > 0) throw new ScriptError("-e expression #1, char 0: unmatched `{'");
		for (const { name, text } of this.commands)
			if (
				'btT'.includes(name) &&
				text !== '' &&
				!this.commands.some((other) => other.name === ':' && other.text === text)
			)
				throw new ScriptError(
					`-e expression #1, char ${this.#text.length}: can't find label for jump to \`${text}'`,
				);
		return this.commands;
	}

	#command(): Command {
		const addresses: Address[] = [];
		const first = this.#address();
		if (first) {
			addresses.push(first);
			this.#skip(/[ \t]/);
			if (this.#text[this.#at] === ',') {
				this.#at++;
				this.#skip(/[ \t]/);
				const [, sign, number] = /^([+~])(\d+)/.exec(this.#text.slice(this.#at)) ?? [];
				if (sign) {
					this.#at += 1 + number.length;
					addresses.push(
						sign === '+'
							? { kind: 'offset', lines: Number(number) }
							: { kind: 'multiple', of: Number(number) },
					);
				} else addresses.push(this.#address() ?? this.#fail("unexpected `,'"));
			}
		}
		this.#skip(/[ \t]/);
		let negated = false;
		while (this.#text[this.#at] === '!') {
			negated = true;
			this.#at++;
			this.#skip(/[ \t]/);
		}
		const name = this.#text[this.#at++];
		const command: Command = { addresses, negated, name, text: '', end: 0, active: false, lastLine: 0 };
		if (name === undefined) this.#fail('missing command');
		if ('aic'.includes(name)) command.text = this.#lines();
		else if ('rRwW'.includes(name))
			command.text = this.#rest().trim() || this.#fail('missing filename in r/R/w/W commands');
		else if ('btT:'.includes(name)) {
			const [label] = /^[^\n;}]*/.exec(this.#text.slice(this.#at)) ?? [''];
			this.#at += label.length;
			command.text = label.trim();
		} else if (name === 's') this.#substitute(command);
		else if (name === 'y') this.#transliterate(command);
		else if ('qQl'.includes(name)) {
			const [, number] = /^[ \t]*(\d+)/.exec(this.#text.slice(this.#at)) ?? [];
			if (number) this.#skip(/[ \t\d]/);
			command.text = number ?? '';
		} else if (!'{}dDgGhHnNpPxz=F'.includes(name)) this.#fail(`unknown command: \`${name}'`);
		if (!'aicrRwW:{}'.includes(name)) {
			this.#skip(/[ \t]/);
			if (this.#at < this.#text.length && !/[\n;}#]/.test(this.#text[this.#at])) {
				this.#at++;
				this.#fail(name === 's' ? "unknown option to `s'" : 'extra characters after command');
			}
		}
		return command;
	}

	#rest(): string {
		const [text] = /^[^\n]*/.exec(this.#text.slice(this.#at)) ?? [''];
		this.#at += text.length;
		return text;
	}

	/** The text of a, i, c: after a backslash and newline, or on the same line; a backslash continues it. */
	#lines(): string {
		this.#skip(/[ \t]/);
		if (this.#text[this.#at] === '\\') {
			this.#at++;
			this.#skip(/[ \t]/);
			if (this.#text[this.#at] === '\n') this.#at++;
		}
		if (this.#at >= this.#text.length) this.#fail("expected \\ after `a', `c' or `i'");
		let text = '';
		for (; this.#at < this.#text.length && this.#text[this.#at] !== '\n'; this.#at++) {
			if (this.#text[this.#at] !== '\\') text += this.#text[this.#at];
			else if (this.#text[this.#at + 1] !== undefined)
				text += this.#text[++this.#at] === 't' ? '\t' : this.#text[this.#at];
		}
		return `${text}\n`;
	}

	#substitute(command: Command): void {
		const delimiter = this.#text[this.#at++];
		if (delimiter === undefined || delimiter === '\n' || delimiter === '\\')
			this.#fail("unterminated `s' command");
		const pattern = this.#delimited(delimiter, "unterminated `s' command", true);
		const replacement = this.#delimited(delimiter, "unterminated `s' command", false);
		const [flags] = /^[gpiImMe\d]*/.exec(this.#text.slice(this.#at)) ?? [''];
		this.#at += flags.length;
		let file: string | undefined;
		if (this.#text[this.#at] === 'w') {
			this.#at++;
			file = this.#rest().trim();
		}
		const regex = this.#regex(pattern, flags);
		const highest = Math.max(0, ...[...replacement.matchAll(/\\(\d)/g)].map(([, digit]) => Number(digit)));
		if (regex && highest > regex.groupCount)
			this.#fail(`invalid reference \\${highest} on \`s' command's RHS`);
		if (flags.includes('e')) this.#fail('the e flag is not supported by the lab');
		command.substitute = {
			regex,
			replacement,
			global: flags.includes('g'),
			number: Number(/\d+/.exec(flags)?.[0] ?? 1),
			print: flags.includes('p'),
			file,
		};
	}

	#transliterate(command: Command): void {
		const delimiter = this.#text[this.#at++];
		const charactersOf = (text: string) => [
			...text.replace(/\\([\\nt])/g, (_, c: string) => ({ '\\': '\\', n: '\n', t: '\t' })[c] ?? c),
		];
		const from = charactersOf(this.#delimited(delimiter, "unterminated `y' command", false));
		const to = charactersOf(this.#delimited(delimiter, "unterminated `y' command", false));
		if (from.length !== to.length) this.#fail("strings for `y' command are different lengths");
		command.translation = new Map(from.map((character, i) => [character, to[i]]));
	}
}

/** Reads a script. Throws ScriptError. */
export function parseScript(text: string, extended: boolean): Command[] {
	return new Parser(text, extended).parse();
}
