// Redirections (POSIX.1-2024, Shell Command Language, 2.7), and bash's &> and <<<.
import type { Dialect } from './dialect.ts';
import type { HereDocuments } from './here-documents.ts';
import type { Reader } from './reader.ts';
import type { Redirection } from './syntax.ts';
import type { Tokens } from './tokens.ts';

/** A redirection at the reader's place, its here-document announced; undefined where none stands there. */
export function redirectionAt(
	reader: Reader,
	tokens: Tokens,
	hereDocuments: HereDocuments,
	dialect: Dialect,
): Redirection | undefined {
	reader.skipBlanks();
	const rest = reader.source.slice(reader.at, reader.at + 12);
	const pattern = dialect.extended
		? /^(\d*)(<<<|<<-?|<>|<&|>>|>&|>\||<(?!\()|>(?!\())|^()(&>>?)/
		: /^(\d*)(<<-?|<>|<&|>>|>&|>\||<|>)/;
	const match = pattern.exec(rest);
	if (!match) return undefined;
	const text = match[2] ?? match[4];
	if (text === '<<<' && !dialect.bash) return undefined;
	reader.at += match[0].length;
	reader.skipBlanks();
	const { at } = reader;
	const target = reader.atWord() ? reader.word() : undefined;
	if (!target) throw tokens.unexpected();
	const operator = (text === '<<-' ? '<<' : text) as Redirection['operator'];
	const descriptor = match[1] ? Number(match[1]) : text.startsWith('<') ? 0 : 1;
	const redirection: Redirection = { descriptor, operator, target };
	if (operator === '<<')
		hereDocuments.expect(redirection, reader.source.slice(at, reader.at), text === '<<-');
	return redirection;
}
