// How each shell words what does not parse.
import type { Dialect } from './dialect.ts';
import type { SyntaxFailure } from './syntax.ts';

/** A syntax error in the words of each shell. */
export function syntaxWords(dialect: Dialect, { token, expected }: SyntaxFailure): string {
	const quote = expected !== undefined && ['"', "'", '`'].includes(expected);
	if (expected === 'Bad substitution')
		return dialect.name === 'bash' ? 'bad substitution' : 'Bad substitution';
	if (dialect.name === 'bash') {
		if (quote && token === undefined) return `unexpected EOF while looking for matching \`${expected}'`;
		return token === undefined
			? 'syntax error: unexpected end of file'
			: `syntax error near unexpected token \`${token}'`;
	}
	const isWord =
		token !== undefined &&
		!/^(newline|[;&|<>()]+|if|then|elif|else|fi|do|done|case|esac|while|until|for|in|[{}!])$/.test(token);
	const found =
		token === undefined ? 'end of file' : isWord ? 'word' : token === 'newline' ? token : `"${token}"`;
	const hint = expected ? ` (expecting "${expected}")` : '';
	if (dialect.name === 'ash') {
		if (quote) return 'syntax error: unterminated quoted string';
		return `syntax error: unexpected ${found}${hint}`;
	}
	if (quote) return 'Syntax error: Unterminated quoted string';
	return `Syntax error: ${found} unexpected${hint}`;
}
