// The words of a jq program.
import { CompileError } from './syntax.ts';

export type Token =
	| { kind: 'number'; value: number }
	/** Text, and the source of what is interpolated. */
	| { kind: 'string'; parts: (string | { source: string })[] }
	| { kind: 'word' | 'field' | 'variable' | 'format' | 'symbol'; text: string }
	| { kind: 'end' };

const pattern =
	/\s+|#[^\n]*|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(\.[A-Za-z_]\w*)|(\$(?:__loc__|[A-Za-z_]\w*(?:::\w+)*))|(@[a-z0-9]+)|([A-Za-z_]\w*(?:::\w+)*)|(\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?$])/y;

export function tokensOf(source: string): Token[] {
	const tokens: Token[] = [];
	for (let at = 0; at < source.length; ) {
		if (source[at] === '"') {
			const read = readString(source, at + 1);
			tokens.push({ kind: 'string', parts: read.parts });
			at = read.end;
			continue;
		}
		pattern.lastIndex = at;
		const match = pattern.exec(source);
		if (!match) throw new CompileError(`syntax error, unexpected INVALID_CHARACTER`);
		at = pattern.lastIndex;
		const [, number, field, variable, format, word, symbol] = match;
		if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) });
		else if (field) tokens.push({ kind: 'field', text: field.slice(1) });
		else if (variable) tokens.push({ kind: 'variable', text: variable.slice(1) });
		else if (format) tokens.push({ kind: 'format', text: format });
		else if (word) tokens.push({ kind: 'word', text: word });
		else if (symbol) tokens.push({ kind: 'symbol', text: symbol });
	}
	return [...tokens, { kind: 'end' }];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function readString(source: string, start: number): { parts: (string | { source: string })[]; end: number } {
	const parts: (string | { source: string })[] = [];
	let text = '';
	for (let at = start; at < source.length; at++) {
		const character = source[at];
		if (character === '"') return { parts: [...parts, text], end: at + 1 };
		if (character !== '\\') {
			text += character;
			continue;
		}
		const next = source[++at] ?? '';
		if (next === 'u') {
			text += String.fromCharCode(Number.parseInt(source.slice(at + 1, at + 5), 16));
			at += 4;
		} else if (next === '(') {
			const end = closing(source, at + 1);
			parts.push(text, { source: source.slice(at + 1, end) });
			text = '';
			at = end;
		} else text += escapes[next] ?? next;
	}
	throw new CompileError('syntax error, unexpected end of file');
}

/** Where the parenthesis of an interpolation closes. */
function closing(source: string, start: number): number {
	let depth = 1;
	for (let at = start; at < source.length; at++) {
		if (source[at] === '"') at = readString(source, at + 1).end - 1;
		else if (source[at] === '(') depth++;
		else if (source[at] === ')' && --depth === 0) return at;
	}
	throw new CompileError('syntax error, unexpected end of file');
}
