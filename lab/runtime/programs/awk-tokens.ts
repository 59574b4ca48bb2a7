// The words of an awk program.

export class AwkSyntaxError extends Error {}

export interface Token {
	kind: 'number' | 'string' | 'regex' | 'name' | 'function' | 'operator' | 'newline' | 'end';
	text: string;
	line: number;
	/** Whether blanks stood before it: a call of one's own function has none. */
	spaced: boolean;
}

export const keywords = new Set(
	'BEGIN END function func if else while for do in next exit return break continue delete print printf getline'.split(
		' ',
	),
);
const operators = [
	'**=',
	'&&',
	'||',
	'==',
	'!=',
	'<=',
	'>=',
	'+=',
	'-=',
	'*=',
	'/=',
	'%=',
	'^=',
	'**',
	'++',
	'--',
	'>>',
	'!~',
	'{',
	'}',
	'(',
	')',
	'[',
	']',
	';',
	',',
	'+',
	'-',
	'*',
	'/',
	'%',
	'^',
	'!',
	'>',
	'<',
	'|',
	'?',
	':',
	'~',
	'$',
	'=',
];
const escapes: Record<string, string> = {
	n: '\n',
	t: '\t',
	r: '\r',
	'\\': '\\',
	'"': '"',
	'/': '/',
	a: '\x07',
	b: '\b',
	f: '\f',
	v: '\v',
};

/** Throws AwkSyntaxError. */
export function tokensOf(text: string): Token[] {
	const tokens: Token[] = [];
	let line = 1;
	let spaced = false;
	const push = (kind: Token['kind'], value: string) => {
		tokens.push({ kind, text: value, line, spaced });
		spaced = false;
	};
	for (let at = 0; at < text.length; ) {
		const rest = text.slice(at);
		const skipped = /^(?:[ \t\r]+|\\\r?\n|#[^\n]*)/.exec(rest)?.[0];
		if (skipped) {
			if (skipped.includes('\n')) line++;
			spaced = true;
			at += skipped.length;
			continue;
		}
		if (rest[0] === '\n') {
			push('newline', '\n');
			line++;
			at++;
			continue;
		}
		const number = /^(?:0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest)?.[0];
		const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
		if (number) {
			push('number', number);
			at += number.length;
		} else if (name) {
			push('name', name);
			at += name.length;
		} else if (rest[0] === '"') {
			let value = '';
			let end = 1;
			for (; rest[end] !== '"'; end++) {
				if (rest[end] === undefined || rest[end] === '\n')
					throw new AwkSyntaxError(`line ${line}: unterminated string`);
				if (rest[end] !== '\\') value += rest[end];
				else {
					const octal = /^[0-7]{1,3}/.exec(rest.slice(end + 1))?.[0];
					if (octal) {
						value += String.fromCharCode(Number.parseInt(octal, 8));
						end += octal.length;
					} else {
						const letter = rest[++end] ?? '';
						value += escapes[letter] ?? `\\${letter}`;
					}
				}
			}
			push('string', value);
			at += end + 1;
		} else if (rest[0] === '/' && regexMayStart(tokens.at(-1))) {
			let end = 1;
			let bracket = false;
			for (; rest[end] !== '/' || bracket; end++) {
				if (rest[end] === undefined || rest[end] === '\n')
					throw new AwkSyntaxError(`line ${line}: unterminated regexp`);
				if (rest[end] === '\\') end++;
				else if (rest[end] === '[' && !bracket) {
					bracket = true;
					if (rest[end + 1] === '^') end++;
					if (rest[end + 1] === ']') end++;
				} else if (rest[end] === ']') bracket = false;
			}
			push('regex', rest.slice(1, end).replaceAll('\\/', '/'));
			at += end + 1;
		} else {
			const operator = operators.find((each) => rest.startsWith(each));
			if (!operator) throw new AwkSyntaxError(`line ${line}: syntax error at or near ${rest[0]}`);
			push('operator', operator);
			at += operator.length;
		}
	}
	push('end', 'end of file');
	return tokens;
}

/** A slash begins a regular expression where no value stands before it. */
function regexMayStart(before: Token | undefined): boolean {
	if (!before) return true;
	if (before.kind === 'name') return keywords.has(before.text);
	return (
		before.kind === 'newline' ||
		(before.kind === 'operator' && ![')', ']', '$', '++', '--'].includes(before.text))
	);
}
