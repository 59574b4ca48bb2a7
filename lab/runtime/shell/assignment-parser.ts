// Assignments in front of a command: name=value, name+=value, name[subscript]=value, name=(…).
import type { Dialect } from './dialect.ts';
import type { Reader } from './reader.ts';
import type { ArrayElement, Assignment, Word } from './syntax.ts';
import type { Tokens } from './tokens.ts';

/** An assignment at the reader's place; undefined where none stands there. */
export function assignmentAt(reader: Reader, tokens: Tokens, dialect: Dialect): Assignment | undefined {
	const start = { at: reader.at, line: reader.line };
	const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(reader.source.slice(reader.at, reader.at + 200))?.[0];
	if (!name) return undefined;
	reader.at += name.length;
	let subscript: Word | undefined;
	if (dialect.bash && reader.peek() === '[') {
		reader.at++;
		subscript = reader.word(']\n') ?? { parts: [] };
		reader.at++;
	}
	const [operator] = /^(\+?=)?/.exec(reader.source.slice(reader.at, reader.at + 2))!;
	if (operator === '' || (operator === '+=' && !dialect.bash)) {
		Object.assign(reader, start);
		return undefined;
	}
	reader.at += operator.length;
	const append = operator === '+=';
	if (dialect.bash && reader.peek() === '(')
		return { name, subscript, append, value: arrayAt(reader, tokens) };
	return { name, subscript, append, value: (reader.atWord() ? reader.word() : undefined) ?? { parts: [] } };
}

function arrayAt(reader: Reader, tokens: Tokens): ArrayElement[] {
	const elements: ArrayElement[] = [];
	reader.at++;
	while (true) {
		tokens.linebreak();
		if (reader.peek() === ')') break;
		const subscript = subscriptAt(reader);
		const value = reader.atWord() ? reader.word() : subscript && { parts: [] };
		if (!value) throw tokens.unexpected(')');
		elements.push({ subscript, value });
	}
	reader.at++;
	return elements;
}

/** `[subscript]=` in front of an element's value; undefined where that does not stand there. */
function subscriptAt(reader: Reader): Word | undefined {
	if (reader.peek() !== '[') return undefined;
	const start = { at: reader.at, line: reader.line };
	reader.at++;
	const subscript = reader.word(']\n');
	if (subscript && reader.startsWith(']=')) {
		reader.at += ']='.length;
		return subscript;
	}
	Object.assign(reader, start);
	return undefined;
}
