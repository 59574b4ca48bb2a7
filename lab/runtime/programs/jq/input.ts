// The JSON texts that stand one after another in jq's input.
import type { Json } from './syntax.ts';

/** What is no JSON, in jq's words. */
export class ParseError extends Error {}

const literal = /[^\s[\]{},:"]+/y;

/** Where the value that begins at `start` ends. */
function endOf(text: string, start: number): number {
	let depth = 0;
	for (let at = start; at < text.length; at++) {
		const character = text[at];
		if (character === '"') {
			at++;
			while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
			if (depth === 0) return at + 1;
		} else if (character === '[' || character === '{') depth++;
		else if (character === ']' || character === '}') {
			if (--depth <= 0) return at + 1;
		} else if (depth === 0) {
			literal.lastIndex = at;
			const match = literal.exec(text);
			return match ? literal.lastIndex : at + 1;
		}
	}
	return text.length;
}

/** One value after another; throws ParseError for what is none. */
export function* valuesIn(text: string): Generator<Json> {
	for (let at = 0; ; ) {
		while (at < text.length && /\s/.test(text[at])) at++;
		if (at >= text.length) return;
		const end = endOf(text, at);
		const source = text.slice(at, end);
		let value: Json;
		try {
			value = JSON.parse(source) as Json;
		} catch {
			const lines = text.slice(0, end).split('\n');
			const where = `line ${lines.length}, column ${lines.at(-1)!.length}`;
			throw new ParseError(
				end >= text.length && /^[[{"]/.test(source)
					? `Unfinished JSON term at EOF at ${where}`
					: `Invalid ${/^[A-Za-z]/.test(source) ? 'literal' : 'numeric literal'} at ${where}`,
			);
		}
		yield value;
		at = end;
	}
}
