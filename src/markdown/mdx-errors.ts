// MDX that does not parse: which brace or bracket it is, and how to write it.
import type { Root } from 'mdast';
import type { Parser, Plugin } from 'unified';
import type { VFileMessage } from 'vfile-message';
import { SourceError } from '../course/source-error.ts';
import type { ChapterOptions } from './chapter.ts';

/** remark plugin: replaces the errors of MDX's parser by SourceErrors that an author understands. */
export const remarkMdxErrors: Plugin<[ChapterOptions], Root> = function ({ surroundings }) {
	const parse = this.parser as Parser<Root>;
	this.parser = (document, file) => {
		try {
			return parse(document, file);
		} catch (error) {
			const around = surroundings(file.path);
			throw around && isMessage(error) ? explain(error, document, around.file) : error;
		}
	};
};

function isMessage(error: unknown): error is VFileMessage {
	return error instanceof Error && 'reason' in error && 'place' in error;
}

function explain(message: VFileMessage, document: string, name: string): SourceError {
	const { line = 1, column = 1 } = message;
	const lines = document.split('\n');
	const before = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0) + column - 1;
	const statement = /^(?:import|export)\b/.exec(lines[line - 1] ?? '');
	if (message.ruleId === 'acorn' && message.source === 'micromark-extension-mdxjs-esm') {
		return new SourceError(
			{ file: name, line, column },
			`MDX reads a line that begins with \`${statement?.[0] ?? 'import'}\` as JavaScript, and this is none.`,
			'Begin the line with another word, or put it into a fence.',
		);
	}
	const brace = /expression/.test(message.source ?? '') || /brace|expression/.test(message.reason);
	const sign = brace ? '{' : '<';
	// The parser points into or behind what it could not read: the sign that began it stands before that.
	const found =
		/^`?<|tag/.test(message.reason) && message.place && 'start' in message.place
			? (message.place.start.offset ?? before)
			: document.lastIndexOf(sign, before);
	const at = found < 0 ? before : found;
	const upTo = document.slice(0, at).split('\n');
	const written = document.slice(at).split(/\n/, 1)[0];
	const piece = brace ? /^\{[^}]*\}?/.exec(written)?.[0] : /^<[^\s>]*>?/.exec(written)?.[0];
	const shown = (piece ?? written).slice(0, 40);
	return new SourceError(
		{ file: name, line: upTo.length, column: upTo.at(-1)!.length + 1 },
		brace
			? `The brace of “${shown}” begins a JavaScript expression in MDX, which does not parse.`
			: `The bracket of “${shown}” begins an element in MDX, which does not parse or is never closed.`,
		`Put it into a code span (\`\` \`${shown}\` \`\`), or write \`\\${sign}\`.`,
	);
}
