// POSIX regular expressions (basic and extended) in linear time: translated for re2js, which matches the
// leftmost longest as POSIX asks. What has back-references is matched otherwise (back-references.ts).
import { RE2JS } from 're2js';
import { compileBackReferences } from './back-references.ts';

/** A pattern that is wrong, or that the lab's engine does not have. */
export class RegexError extends Error {}

export interface Match {
	start: number;
	end: number;
	/** The whole match first; undefined for a group that took no part. */
	groups: (string | undefined)[];
}

export interface Regex {
	/** The first match at `from` or after it. */
	find(text: string, from?: number): Match | undefined;
	readonly groupCount: number;
	/** The steps that its searches have taken since it was last asked, beyond what any line takes. */
	takeSteps(): number;
}

const special = /[\\^$.|?*+()[\]{}]/;
const quote = (character: string) => (special.test(character) ? `\\${character}` : character);

/** A bracket expression from its `[` on, and where it ends. */
function bracket(pattern: string, start: number): { text: string; end: number } {
	let at = start + 1;
	let text = '[';
	if (pattern[at] === '^') {
		text += '^';
		at++;
	}
	for (let first = true; ; first = false) {
		const character = pattern[at];
		if (character === undefined) throw new RegexError('Unmatched [, [^, [:, [., or [=');
		if (character === ']' && !first) return { text: `${text}]`, end: at + 1 };
		if (
			character === '[' &&
			(pattern[at + 1] === ':' || pattern[at + 1] === '.' || pattern[at + 1] === '=')
		) {
			const kind = pattern[at + 1];
			const end = pattern.indexOf(`${kind}]`, at + 2);
			if (end < 0) throw new RegexError('Unmatched [, [^, [:, [., or [=');
			const name = pattern.slice(at + 2, end);
			if (kind === ':') {
				if (!/^(alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit)$/.test(name))
					throw new RegexError('Invalid character class name');
				text += `[:${name}:]`;
			} else text += quote(name);
			at = end + 2;
			continue;
		}
		text +=
			character === '\\' ||
			character === '[' ||
			character === ']' ||
			character === '^' ||
			character === '&' ||
			character === '~'
				? `\\${character}`
				: character;
		at++;
	}
}

/** Escapes that GNU adds to both kinds. */
const gnuEscapes: Record<string, string> = {
	w: '[0-9A-Za-z_]',
	W: '[^0-9A-Za-z_]',
	s: '\\s',
	S: '\\S',
	b: '\\b',
	B: '\\B',
	'<': '\\b',
	'>': '\\b',
	'`': '\\A',
	"'": '\\z',
	n: '\\n',
	t: '\\t',
	r: '\\r',
	f: '\\f',
	v: '\\v',
	a: '\\x07',
};

/** A basic or extended expression as RE2 writes it; a back-reference, which RE2 has not, stays `\1`. */
function translate(pattern: string, extended: boolean): string {
	let text = '';
	let depth = 0;
	/** How many groups are closed: those can be referred to. */
	let closed = 0;
	/** Whether something stands before that a repetition could apply to. */
	let atom = false;
	for (let at = 0; at < pattern.length; ) {
		const character = pattern[at];
		if (character === '[') {
			const { text: translated, end } = bracket(pattern, at);
			text += translated;
			at = end;
			atom = true;
			continue;
		}
		const escaped = character === '\\';
		if (escaped && at + 1 >= pattern.length) throw new RegexError('Trailing backslash');
		const letter = escaped ? pattern[at + 1] : character;
		const length = escaped ? 2 : 1;
		// In basic expressions the escaped letter is the operator, in extended ones the bare letter.
		const operator = escaped !== extended;
		if (operator && letter === '(') {
			text += '(';
			depth++;
			at += length;
			atom = false;
		} else if (operator && letter === ')' && (depth > 0 || !extended)) {
			if (depth === 0) throw new RegexError('Unmatched ) or \\)');
			text += ')';
			depth--;
			closed++;
			at += length;
			atom = true;
		} else if (operator && letter === '|') {
			text += '|';
			at += length;
			atom = false;
		} else if (operator && (letter === '+' || letter === '?') && atom) {
			text += letter;
			at += length;
		} else if (!escaped && letter === '*') {
			text += atom ? '*' : extended && text === '' ? '' : '\\*';
			atom = true;
			at++;
		} else if (operator && letter === '{' && atom) {
			const close = extended ? '}' : '\\}';
			const end = pattern.indexOf(close, at + length);
			const bounds = end < 0 ? '' : pattern.slice(at + length, end);
			if (!/^\d*(,\d*)?$/.test(bounds) || bounds === '') {
				if (!extended) throw new RegexError(end < 0 ? 'Unmatched { or \\{' : 'Invalid content of \\{\\}');
				text += '\\{';
				at += length;
				continue;
			}
			const [least, most] = bounds.split(',');
			if (most && Number(most) < Number(least || 0)) throw new RegexError('Invalid content of \\{\\}');
			if (Number(most || least) > 1000) throw new RegexError('Regular expression too big');
			text += `{${least || 0}${bounds.includes(',') ? `,${most}` : ''}}`;
			at = end + close.length;
		} else if (!escaped && letter === '.') {
			text += '.';
			at++;
			atom = true;
		} else if (!escaped && letter === '^' && (extended || text === '' || /[(|]$/.test(text))) {
			text += '^';
			at++;
			atom = false;
		} else if (
			!escaped &&
			letter === '$' &&
			(extended || at + 1 === pattern.length || /^\\[)|]/.test(pattern.slice(at + 1)))
		) {
			text += '$';
			at++;
			atom = false;
		} else if (escaped && /[1-9]/.test(letter)) {
			if (Number(letter) > closed) throw new RegexError('Invalid back reference');
			text += `\\${letter}`;
			at += 2;
			atom = true;
		} else if (escaped && Object.hasOwn(gnuEscapes, letter)) {
			text += gnuEscapes[letter];
			at += 2;
			atom = true;
		} else {
			const whole = String.fromCodePoint(pattern.codePointAt(at + length - 1) ?? 0);
			text += quote(whole);
			at += length - 1 + whole.length;
			atom = true;
		}
	}
	if (depth > 0) throw new RegexError('Unmatched ( or \\(');
	return text;
}

/** A search is linear in the text, but every character may meet the whole program. */
const instructionsPerStep = 2000;

export interface RegexOptions {
	extended?: boolean;
	ignoreCase?: boolean;
	/** ^ and $ match at lines within the text, too. */
	multiline?: boolean;
	/** The pattern is text, not an expression. */
	fixed?: boolean;
	/** Already in RE2's (or Perl's) syntax, and leftmost first instead of leftmost longest. */
	perl?: boolean;
	/** A dot matches newlines, as POSIX has it. */
	dotAll?: boolean;
}

/** Throws RegexError. */
export function compileRegex(pattern: string, options: RegexOptions = {}): Regex {
	const source = options.fixed
		? RE2JS.quote(pattern)
		: options.perl
			? pattern
			: translate(pattern, options.extended ?? false);
	if (!options.fixed && !options.perl && /(?<!\\)(?:\\\\)*\\[1-9]/.test(source))
		return compileBackReferences(source, {
			ignoreCase: options.ignoreCase ?? false,
			multiline: options.multiline ?? false,
		});
	let flags = options.perl ? 0 : RE2JS.LONGEST_MATCH;
	if (options.ignoreCase) flags |= RE2JS.CASE_INSENSITIVE;
	if (options.multiline) flags |= RE2JS.MULTILINE;
	if (options.dotAll ?? !options.perl) flags |= RE2JS.DOTALL;
	let compiled: RE2JS;
	try {
		compiled = RE2JS.compile(source, flags);
	} catch (error) {
		throw new RegexError(`Invalid regular expression: ${(error as Error).message}`);
	}
	const groupCount = compiled.groupCount();
	const size = compiled.programSize();
	let taken = 0;
	return {
		groupCount,
		takeSteps() {
			const steps = Math.floor(taken);
			taken -= steps;
			return steps;
		},
		find(text, from = 0) {
			const matcher = compiled.matcher(text);
			const found = matcher.find(from);
			const looked = (found ? matcher.end() : text.length) - from;
			taken += (looked * size) / instructionsPerStep;
			if (!found) return undefined;
			const groups: (string | undefined)[] = [];
			for (let i = 0; i <= groupCount; i++) groups.push(matcher.group(i) ?? undefined);
			return { start: matcher.start(), end: matcher.end(), groups };
		},
	};
}

/** Every match in a text, one after another; an empty one does not follow a match at its end. */
export function* matchesOf(regex: Regex, text: string): Generator<Match> {
	let lastEnd = -1;
	for (let from = 0; from <= text.length; ) {
		const match = regex.find(text, from);
		if (!match) return;
		if (match.end === match.start && match.start === lastEnd) {
			from = match.end + 1;
			continue;
		}
		yield match;
		lastEnd = match.end;
		from = match.end > match.start ? match.end : match.end + 1;
	}
}
