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

function explain(message: VFileMessage, document: string, file: string): SourceError {
	const text = new Text(document);
	const at = text.offset(message.line ?? 1, message.column ?? 1);
	if (message.source === 'micromark-extension-mdxjs-esm') {
		return new SourceError(
			{ file, ...text.place(at) },
			'MDX reads a line that begins with `import` or `export` as JavaScript, and this is none.',
			'Begin the line with another word, or put it into a fence.',
		);
	}
	const unclosed = /for `<[^`]*` \((\d+):(\d+)/.exec(message.reason);
	const sign = /brace|expression/.test(`${message.source} ${message.reason}`) ? '{' : '<';
	// The parser points into or behind what it could not read; the sign that began it stands before that.
	const start = unclosed
		? text.offset(Number(unclosed[1]), Number(unclosed[2]))
		: Math.max(document.lastIndexOf(sign, at), 0);
	const place = { file, ...text.place(start) };
	const line = document.slice(start).split('\n', 1)[0];
	const written = (sign === '{' ? /^\{[^}]*\}?/ : /^<[^\s>]*>?/).exec(line)?.[0].slice(0, 40) ?? sign;
	if (/^\s*:{3,}/.test(text.lines[place.line - 1])) {
		return new SourceError(
			place,
			`“${written}” is malformed as a directive's attributes.`,
			'Write `:::name[Title]{attributes}`: the title first, then `#id`, `name` or `name=word`.',
		);
	}
	if (written.startsWith('<!--')) {
		return new SourceError(place, 'MDX has no HTML comments.', 'Write `{/* … */}` instead of `<!-- … -->`.');
	}
	return new SourceError(
		place,
		sign === '{'
			? `The brace of “${written}” begins a JavaScript expression in MDX, which does not parse.`
			: `The bracket of “${written}” begins an element in MDX, which does not parse or is never closed.`,
		`Put it into a code span, \`\` \`${written}\` \`\`, or write \`\\${sign}\`.`,
	);
}

/** A document's offsets and places; line and column count from 1. */
class Text {
	readonly document: string;
	readonly lines: string[];

	constructor(document: string) {
		this.document = document;
		this.lines = document.split('\n');
	}

	offset(line: number, column: number): number {
		return this.lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0) + column - 1;
	}

	place(offset: number): { line: number; column: number } {
		const before = this.document.slice(0, offset).split('\n');
		return { line: before.length, column: before.at(-1)!.length + 1 };
	}
}
