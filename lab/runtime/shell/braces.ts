// bash's brace expansion: {a,b} and {1..5}, before every other expansion and on the words' syntax alone.
import type { Word, WordPart } from './syntax.ts';

/** A longer range stays as it is written: bash would ask for more memory than a container has. */
const mostInRange = 2 ** 21;

type Token = WordPart | '{' | '}' | ',';

/** The words that a word stands for; itself where it has no braces to expand. */
export function expandBraces(word: Word): Word[] {
	if (!word.parts.some((part) => part.type === 'literal' && part.text.includes('{'))) return [word];
	return alternatives(tokensOf(word)).map((parts) => ({ parts: parts.map(asPart) }));
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

function alternatives(tokens: Token[]): Token[][] {
	const open = tokens.indexOf('{');
	if (open < 0) return [tokens];
	const close = closing(tokens, open);
	const before = tokens.slice(0, open);
	const inside = close < 0 ? undefined : choices(tokens.slice(open + 1, close));
	if (!inside) {
		const rest = alternatives(tokens.slice(open + 1));
		return rest.map((tail) => [...before, asPart('{'), ...tail]);
	}
	const after = alternatives(tokens.slice(close + 1));
	return inside.flatMap((choice) => after.map((tail) => [...before, ...choice, ...tail]));
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
function choices(inside: Token[]): Token[][] | undefined {
	const parts: Token[][] = [[]];
	let depth = 0;
	for (const token of inside) {
		if (token === '{') depth++;
		if (token === '}') depth--;
		if (token === ',' && depth === 0) parts.push([]);
		else parts.at(-1)!.push(token);
	}
	if (parts.length > 1) return parts.flatMap(alternatives);
	const text = inside
		.map((token) => (typeof token === 'object' && token.type === 'literal' ? token.text : '\0'))
		.join('');
	return range(text)?.map((value) => [{ type: 'literal', text: value }]);
}

function range(text: string): string[] | undefined {
	const match = /^(?:(-?\d+)\.\.(-?\d+)|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d+))?$/.exec(text);
	if (!match) return undefined;
	const [, first, last, from, to, increment] = match;
	const start = first === undefined ? from.codePointAt(0)! : Number(first);
	const end = last === undefined ? to.codePointAt(0)! : Number(last);
	const step = Math.abs(Number(increment ?? 1)) || 1;
	const width = [first, last].some((bound) => /^-?0\d/.test(bound ?? ''))
		? Math.max(first.length, last.length)
		: 0;
	if (Math.abs(end - start) / step > mostInRange) return undefined;
	const values: string[] = [];
	for (let count = 0; count <= Math.abs(end - start) / step; count++) {
		const value = start + count * step * (end < start ? -1 : 1);
		values.push(first === undefined ? String.fromCodePoint(value) : String(value).padStart(width, '0'));
	}
	return values;
}
