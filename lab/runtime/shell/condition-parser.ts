// The inside of bash's [[ … ]]: no field splitting, && and ||, patterns and regular expressions.
import type { Reader } from './reader.ts';
import { type Condition, SyntaxFailure, type Word } from './syntax.ts';

const binary = /^(==|=~|=|!=|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))(?=\s)/;
const unary = /^-[a-zA-Z](?=\s)/;

/** Reads from after `[[` to after `]]`. Throws SyntaxFailure. */
export function conditionOf(reader: Reader): Condition {
	const skip = () => {
		reader.skipBlanks();
		while (reader.peek() === '\n') {
			reader.next();
			reader.skipBlanks();
		}
	};
	const take = (text: string) => {
		skip();
		if (!reader.startsWith(text)) return false;
		reader.at += text.length;
		return true;
	};
	const fail = () => {
		const token = /^\S+/.exec(reader.source.slice(reader.at))?.[0];
		return new SyntaxFailure(reader.line, token);
	};
	const word = (): Word => {
		skip();
		const found = reader.startsWith(']]') ? undefined : reader.word();
		if (!found) throw fail();
		return found;
	};
	/** A regular expression may hold parentheses and bars. */
	const pattern = (): Word => {
		skip();
		const found = reader.word(' \t\n');
		if (!found) throw fail();
		return found;
	};
	const primary = (): Condition => {
		skip();
		if (/^!\s/.test(reader.source.slice(reader.at))) {
			reader.at++;
			return { type: 'not', operand: primary() };
		}
		if (take('(')) {
			const inner = or();
			if (!take(')')) throw fail();
			return inner;
		}
		const operator = unary.exec(reader.source.slice(reader.at, reader.at + 4))?.[0];
		if (operator) {
			reader.at += operator.length;
			return { type: 'unary', operator, operand: word() };
		}
		const left = word();
		reader.skipBlanks();
		const between = binary.exec(reader.source.slice(reader.at, reader.at + 5))?.[0];
		if (!between) return { type: 'unary', operator: '-n', operand: left };
		reader.at += between.length;
		const right = between === '=~' ? pattern() : word();
		return { type: 'binary', operator: between, left, right };
	};
	const and = (): Condition => {
		let left = primary();
		while (take('&&')) left = { type: 'and', left, right: primary() };
		return left;
	};
	const or = (): Condition => {
		let left = and();
		while (take('||')) left = { type: 'or', left, right: and() };
		return left;
	};
	const expression = or();
	if (!take(']]')) throw fail();
	return expression;
}
