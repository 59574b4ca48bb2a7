// Of perl's language, what one-liners are made of: s///, m//, tr///, print, $_, $., captures, `if` and
// `unless`. Anything else is refused by name, never guessed at.
import { classesAndRanges } from './character-sets.ts';
import { compileRegex, type Match, matchesOf, type Regex, RegexError } from './regex.ts';
import { ToolFailure } from './tool.ts';

/** What a statement works on. */
export interface State {
	/** $_ */
	line: string;
	/** $. */
	number: number;
	/** $1, $2, … and $& of the last match. */
	groups: readonly (string | undefined)[];
	/** @F of -a. */
	fields: string[];
	/** What print adds ($\ of -l). */
	recordEnd: string;
	output: string;
	/** `next` skips the rest and -p's print; `last` ends after it. */
	ended: 'next' | 'last' | undefined;
}

export type Statement = (state: State) => void;
type Condition = (state: State) => boolean;

/** The closing bracket that goes with an opening one; any other delimiter closes itself. */
const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };

class Parser {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** Throws ToolFailure for what the lab's perl does not know. */
	parse(): Statement[] {
		const statements: Statement[] = [];
		for (;;) {
			this.#skip();
			if (this.#text[this.#at] === ';') this.#at++;
			else if (this.#at >= this.#text.length) return statements;
			else statements.push(this.#statement());
		}
	}

	#skip(): void {
		for (;;) {
			const [blank] = /^(?:\s+|#[^\n]*)/.exec(this.#text.slice(this.#at)) ?? [''];
			if (blank === '') return;
			this.#at += blank.length;
		}
	}

	#take(pattern: RegExp): RegExpExecArray | undefined {
		this.#skip();
		const match = new RegExp(`^(?:${pattern.source})`, pattern.flags).exec(this.#text.slice(this.#at));
		if (match) this.#at += match[0].length;
		return match ?? undefined;
	}

	#unknown(): never {
		const rest = this.#text.slice(this.#at).split('\n')[0];
		throw new ToolFailure(
			rest === ''
				? 'syntax error at -e line 1, at EOF\nExecution of -e aborted due to compilation errors.'
				: `the lab's perl knows one-liners of s///, m//, tr///, print, next and last; it does not know: ${rest}`,
			255,
		);
	}

	#statement(): Statement {
		const body = this.#expression();
		const modifier = this.#take(/(if|unless)\b/);
		let condition: Condition | undefined;
		if (modifier) {
			const holds = this.#condition();
			condition = modifier[1] === 'if' ? holds : (state) => !holds(state);
		}
		this.#skip();
		if (this.#at < this.#text.length && this.#text[this.#at] !== ';') this.#unknown();
		return (state) => {
			if (!condition || condition(state)) body(state);
		};
	}

	#condition(): Condition {
		const parenthesis = this.#take(/\(/);
		const condition = this.#simpleCondition();
		if (parenthesis && !this.#take(/\)/)) this.#unknown();
		const more = this.#take(/(&&|\|\||and\b|or\b)/);
		if (!more) return condition;
		const right = this.#condition();
		return more[1] === '&&' || more[1] === 'and'
			? (state) => condition(state) && right(state)
			: (state) => condition(state) || right(state);
	}

	#simpleCondition(): Condition {
		if (this.#take(/!|not\b/)) {
			const inner = this.#simpleCondition();
			return (state) => !inner(state);
		}
		const number = this.#take(/\$\.\s*(==|!=|<=|>=|<|>)\s*(\d+)/);
		if (number) {
			const [, operator, text] = number;
			const value = Number(text);
			return ({ number: line }) =>
				operator === '=='
					? line === value
					: operator === '!='
						? line !== value
						: operator === '<'
							? line < value
							: operator === '>'
								? line > value
								: operator === '<='
									? line <= value
									: line >= value;
		}
		if (this.#take(/eof\b(\(\))?/)) this.#unknown();
		const negated = this.#take(/\$_\s*(=~|!~)/)?.[1] === '!~';
		if (!this.#take(/m(?=[^\w\s])/) && this.#text[this.#at] !== '/') this.#unknown();
		const pattern = this.#delimited();
		const regex = this.#regex(pattern.text, this.#take(/[a-z]*/)?.[0] ?? '');
		return (state) => {
			const match = regex.find(state.line);
			if (match) state.groups = match.groups;
			return (match !== undefined) !== negated;
		};
	}

	/** The text up to the closing delimiter, escapes as they are, and the delimiter that opened it. */
	#delimited(opening = this.#text[this.#at++]): { text: string; opening: string } {
		const close = closing[opening] ?? opening;
		let text = '';
		for (let depth = 1; ; this.#at++) {
			const character = this.#text[this.#at];
			if (character === undefined) throw new ToolFailure('Search pattern not terminated at -e line 1.', 255);
			if (character === '\\') {
				const next = this.#text[++this.#at] ?? '';
				text +=
					next === opening && /[\W_]/.test(next) && !/[.*+?^$|()[\]{}\\]/.test(next) ? next : `\\${next}`;
				continue;
			}
			if (character === close && --depth === 0) {
				this.#at++;
				return { text, opening };
			}
			if (character === opening && close !== opening) depth++;
			text += character;
		}
	}

	#regex(pattern: string, flags: string): Regex {
		if (/[^gimosx]/.test(flags))
			throw new ToolFailure(
				`Unknown regexp modifier "/${flags.replace(/[gimosx]/g, '')[0]}" at -e line 1, near "=~ "`,
				255,
			);
		// A dollar sign before a name would be a variable.
		if (/\$[a-zA-Z_]/.test(pattern))
			throw new ToolFailure("the lab's perl does not know variables in patterns", 255);
		const extended = flags.includes('x')
			? pattern.replace(/\\#|\\\s|#.*|\s+/g, (text) => (text.startsWith('\\') ? text : ''))
			: pattern;
		try {
			return compileRegex(
				extended.replace(/\\z/g, '\\z').replace(/\$$/, '(?:\\n?\\z)').replace(/\\h/g, '[ \\t]'),
				{
					perl: true,
					ignoreCase: flags.includes('i'),
					multiline: flags.includes('m'),
					dotAll: flags.includes('s'),
				},
			);
		} catch (error) {
			if (error instanceof RegexError) throw new ToolFailure(`${error.message} in regex at -e line 1.`, 255);
			throw error;
		}
	}

	#expression(): Statement {
		const target = this.#take(/\$_\s*=~/);
		const rest = this.#text.slice(this.#at).trimStart();
		if (/^s[^\w\s]/.test(rest)) return this.#substitution();
		if (/^(?:tr|y)[^\w\s]/.test(rest)) return this.#transliteration();
		if (target) this.#unknown();
		if (this.#take(/chomp\b(?:\s*\(?\s*\$_\s*\)?)?/))
			return (state) => {
				state.line = state.line.replace(/\n$/, '');
			};
		const flow = this.#take(/(next|last)\b(?:\s+LINE\b)?/);
		if (flow) {
			const [, word] = flow;
			return (state) => {
				state.ended = word as 'next' | 'last';
			};
		}
		const assigned = this.#take(/\$_\s*(\.?=)(?![=~])/);
		if (assigned) {
			const value = this.#values();
			return (state) => {
				state.line = (assigned[1] === '=' ? '' : state.line) + value(state);
			};
		}
		const print = this.#take(/(print|say)\b/);
		if (!print) return this.#unknown();
		const parenthesis = this.#take(/\(/);
		const value = this.#take(/(?=;|$|if\b|unless\b|\))/) ? (state: State) => state.line : this.#values();
		if (parenthesis && !this.#take(/\)/)) this.#unknown();
		return (state) => {
			state.output += value(state) + (print[1] === 'say' ? '\n' : state.recordEnd);
		};
	}

	/** Strings, numbers, $_, $1, $., $F[0] with `.` or `,` between them. */
	#values(): (state: State) => string {
		const parts: ((state: State) => string)[] = [];
		do {
			const variable = this.#take(/\$(_|\.|&|\d+)/);
			const field = variable ? undefined : this.#take(/\$F\[(-?\d+)\]/);
			const number = variable || field ? undefined : this.#take(/\d+/);
			if (variable) parts.push((state) => variableOf(state, variable[1]));
			else if (field) parts.push(({ fields }) => fields.at(Number(field[1])) ?? '');
			else if (number) parts.push(() => number[0]);
			else if (this.#take(/"/)) parts.push(this.#interpolated(this.#delimited('"').text));
			else if (this.#take(/'/)) {
				const { text } = this.#delimited("'");
				parts.push(() => text.replace(/\\([\\'])/g, '$1'));
			} else if (this.#take(/(uc|lc|length)\b\s*\(?\s*\$_\s*\)?/)) this.#unknown();
			else this.#unknown();
		} while (this.#take(/[.,]/));
		return (state) => parts.map((part) => part(state)).join('');
	}

	/** Text with variables and escapes, as in double quotes and replacements. */
	#interpolated(text: string): (state: State) => string {
		const unknown = /\$(?![\d&_.]|\{\d+\}|F\[)(\w+)|@(\w+)/.exec(text);
		if (unknown) throw new ToolFailure(`the lab's perl does not know the variable ${unknown[0]}`, 255);
		return (state) => {
			let mode = '';
			let result = '';
			const add = (piece: string) => {
				result += mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
			};
			for (const [whole, variable, braced, field, escaped] of text.matchAll(
				/\$(\d+|&|_|\.)|\$\{(\d+)\}|\$F\[(-?\d+)\]|\\([\s\S])|[^$\\]+|[\s\S]/g,
			)) {
				if (variable ?? braced) add(variableOf(state, variable ?? braced));
				else if (field) add(state.fields.at(Number(field)) ?? '');
				else if (escaped === undefined) add(whole);
				else if ('ULE'.includes(escaped)) mode = escaped;
				else if (/\d/.test(escaped)) add(state.groups[Number(escaped)] ?? '');
				else add({ n: '\n', t: '\t', r: '\r', '0': '\0', a: '\x07', e: '\x1b' }[escaped] ?? escaped);
			}
			return result;
		};
	}

	#substitution(): Statement {
		this.#take(/s/);
		const pattern = this.#delimited();
		if (closing[pattern.opening]) this.#skip();
		const replacement = closing[pattern.opening] ? this.#delimited() : this.#delimited(pattern.opening);
		const flags = this.#take(/[a-z]*/)?.[0] ?? '';
		if (flags.includes('e')) throw new ToolFailure("the lab's perl does not know s///e", 255);
		const regex = this.#regex(pattern.text, flags);
		const expand =
			replacement.opening === "'" ? () => replacement.text : this.#interpolated(replacement.text);
		return (state) => {
			let result = '';
			let last = 0;
			for (const match of flags.includes('g') ? matchesOf(regex, state.line) : first(regex, state.line)) {
				state.groups = match.groups;
				result += state.line.slice(last, match.start) + expand(state);
				last = match.end;
			}
			state.line = result + state.line.slice(last);
		};
	}

	#transliteration(): Statement {
		this.#take(/tr|y/);
		const from = this.#delimited();
		const to = closing[from.opening] ? this.#delimited(this.#take(/\S/)?.[0]) : this.#delimited(from.opening);
		const flags = this.#take(/[a-z]*/)?.[0] ?? '';
		if (/[^ds]/.test(flags)) throw new ToolFailure(`the lab's perl does not know tr///${flags}`, 255);
		const source = classesAndRanges(from.text);
		const target = classesAndRanges(to.text || (flags.includes('d') ? '' : from.text));
		return (state) => {
			let result = '';
			let before: string | undefined;
			for (const character of state.line) {
				const index = source.indexOf(character);
				if (index < 0) {
					result += character;
					before = undefined;
					continue;
				}
				const changed =
					flags.includes('d') && index >= target.length ? '' : target[Math.min(index, target.length - 1)];
				if (flags.includes('s') && changed === before) continue;
				before = changed;
				result += changed;
			}
			state.line = result;
		};
	}
}

function first(regex: Regex, text: string): Match[] {
	const match = regex.find(text);
	return match ? [match] : [];
}

function variableOf(state: State, name: string): string {
	if (name === '_') return state.line;
	if (name === '.') return String(state.number);
	return state.groups[name === '&' ? 0 : Number(name)] ?? '';
}

/** Throws ToolFailure for what the lab's perl does not know. */
export function parsePerl(text: string): Statement[] {
	return new Parser(text).parse();
}
