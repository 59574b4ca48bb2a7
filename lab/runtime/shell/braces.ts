// bash's brace expansion: {a,b} and {1..5}, before every other expansion and on the words' syntax alone.
import { ShellError } from './control-flow.ts';
import type { Word, WordPart } from './syntax.ts';

/**
 * Bash would ask for more memory than a container has. A longer range stays as it is written; where braces that
 * follow each other make more words, the expansion fails.
 */
const mostWords = 2 ** 21;

type Token = WordPart | '{' | '}' | ',';

/** The words that a word stands for; itself where it has no braces to expand. Throws ShellError. */
export function* expandBraces(word: Word): Generator<Word> {
	if (!word.parts.some((part) => part.type === 'literal' && part.text.includes('{'))) {
		yield word;
		return;
	}
	let count = 0;
	for (const parts of alternatives(tokensOf(word))) {
		if (++count > mostWords) throw new ShellError('brace expansion: cannot allocate memory');
		yield { parts: parts.map(asPart) };
	}
}

const asPart = (token: Token): WordPart =>
	typeof token === 'string' ? { type: 'literal', text: token } : token;

function tokensOf(word: Word): Token[] {
	return word.parts.flatMap((part): Token[] => {
		if (part.type !== 'literal') return [part];
		return part.text
			.split(/([{},])/)
			.filter((text) => text !== '')
			.map((text) => (text === '{' || text === '}' || text === ',' ? text : { type: 'literal', text }));
	});
}

/** One by one, since a range may have millions. */
function* alternatives(tokens: Token[]): Generator<Token[]> {
	const open = tokens.indexOf('{');
	if (open < 0) {
		yield tokens;
		return;
	}
	const close = closing(tokens, open);
	const before = tokens.slice(0, open);
	const inside = close < 0 ? undefined : choices(tokens.slice(open + 1, close));
	if (!inside) {
		for (const tail of alternatives(tokens.slice(open + 1))) yield [...before, asPart('{'), ...tail];
		return;
	}
	const rest = tokens.slice(close + 1);
	for (const choice of inside) for (const tail of alternatives(rest)) yield [...before, ...choice, ...tail];
}

function closing(tokens: Token[], open: number): number {
	let depth = 0;
	for (let at = open; at < tokens.length; at++) {
		if (tokens[at] === '{') depth++;
		if (tokens[at] === '}' && --depth === 0) return at;
	}
	return -1;
}

/** What stands between two braces: a list, or a range; undefined where it is neither. */
function choices(inside: Token[]): Iterable<Token[]> | undefined {
	const parts: Token[][] = [[]];
	let depth = 0;
	for (const token of inside) {
		if (token === '{') depth++;
		if (token === '}') depth--;
		if (token === ',' && depth === 0) parts.push([]);
		else parts.at(-1)!.push(token);
	}
	if (parts.length > 1) return eachOf(parts);
	const text = inside
		.map((token) => (typeof token === 'object' && token.type === 'literal' ? token.text : '\0'))
		.join('');
	return range(text);
}

function* eachOf(parts: Token[][]): Generator<Token[]> {
	for (const part of parts) yield* alternatives(part);
}

function range(text: string): Iterable<Token[]> | undefined {
	const match = /^(?:(-?\d+)\.\.(-?\d+)|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d+))?$/.exec(text);
	if (!match) return undefined;
	const [, first, last, from, to, increment] = match;
	const start = first === undefined ? from.codePointAt(0)! : Number(first);
	const end = last === undefined ? to.codePointAt(0)! : Number(last);
	const step = Math.abs(Number(increment ?? 1)) || 1;
	const width = [first, last].some((bound) => /^-?0\d/.test(bound ?? ''))
		? Math.max(first.length, last.length)
		: 0;
	const count = Math.floor(Math.abs(end - start) / step) + 1;
	if (count > mostWords) return undefined;
	const change = end < start ? -step : step;
	const valueAt = (index: number): Token[] => {
		const value = start + index * change;
		const text = first === undefined ? String.fromCodePoint(value) : padded(value, width);
		return [{ type: 'literal', text }];
	};
	return (function* () {
		for (let index = 0; index < count; index++) yield valueAt(index);
	})();
}

/** A number of a range that has leading zeros; its sign counts. */
function padded(value: number, width: number): string {
	const digits = String(Math.abs(value));
	return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
}
