// HCL 1 as far as agents' files use it: `key = value`, blocks, lists, strings with escapes, comments.

export type HclValue = string | number | boolean | HclValue[] | { [key: string]: HclValue };

type Token = { kind: 'name' | 'string' | 'number' | 'mark' | 'end'; text: string; line: number };

const pattern =
	/(\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("(?:[^"\\\n]|\\.)*")|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.-]*)|([={}[\],:])/y;

function tokensOf(text: string): Token[] {
	const tokens: Token[] = [];
	let line = 1;
	for (pattern.lastIndex = 0; pattern.lastIndex < text.length; ) {
		const at = pattern.lastIndex;
		const found = pattern.exec(text);
		if (!found) throw new Error(`At ${line}: illegal character ${JSON.stringify(text[at])}`);
		const [whole, , string, number, name, mark] = found;
		if (string !== undefined) tokens.push({ kind: 'string', text: string, line });
		else if (number !== undefined) tokens.push({ kind: 'number', text: number, line });
		else if (name !== undefined) tokens.push({ kind: 'name', text: name, line });
		else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, line });
		line += whole.split('\n').length - 1;
	}
	return [...tokens, { kind: 'end', text: 'end of file', line }];
}

/** Throws Error with the line. */
export function parseHcl(text: string): { [key: string]: HclValue } {
	const tokens = tokensOf(text);
	let at = 0;
	const peek = () => tokens[at];
	const take = (wanted?: string): Token => {
		const token = tokens[at];
		if (wanted !== undefined && (token.kind !== 'mark' || token.text !== wanted))
			throw new Error(`At ${token.line}: expected: ${wanted} got: ${token.text}`);
		if (token.kind !== 'end') at++;
		return token;
	};
	const isMark = (mark: string) => peek().kind === 'mark' && peek().text === mark;
	const value = (): HclValue => {
		const token = take();
		if (token.kind === 'string') return JSON.parse(token.text) as string;
		if (token.kind === 'number') return Number(token.text);
		if (token.text === 'true' || token.text === 'false') return token.text === 'true';
		if (token.kind === 'mark' && token.text === '{') return members('}');
		if (token.kind !== 'mark' || token.text !== '[')
			throw new Error(`At ${token.line}: unexpected ${token.text}`);
		const list: HclValue[] = [];
		while (!isMark(']')) {
			list.push(value());
			if (!isMark(']')) take(',');
		}
		take(']');
		return list;
	};
	const members = (end?: string): { [key: string]: HclValue } => {
		const object: { [key: string]: HclValue } = {};
		while (end === undefined ? peek().kind !== 'end' : !isMark(end)) {
			const token = take();
			if (token.kind !== 'name' && token.kind !== 'string')
				throw new Error(`At ${token.line}: object expected key, got: ${token.text}`);
			const key = token.kind === 'string' ? (JSON.parse(token.text) as string) : token.text;
			if (isMark('=') || isMark(':')) take();
			object[key] = value();
			if (isMark(',')) take();
		}
		if (end !== undefined) take(end);
		return object;
	};
	return members();
}
