// `---` or `--` directly under text makes a heading in Markdown (CommonMark 0.31, section 4.3).
import type { Root } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Source } from '../course/source.ts';
import { SourceError } from '../course/source-error.ts';

/** Throws a SourceError for a heading made by dashes under text: a slide or increment break was meant. */
export function refuseSetextHeadings(tree: Root, source: Source): void {
	visit(tree, 'heading', (heading) => {
		const end = heading.position!.end;
		const line = source.lines[end.line - 1];
		const dashes = /^[\s>]*(-+)\s*$/.exec(line);
		if (!dashes || end.line === heading.position!.start.line) return;
		throw new SourceError(
			{ file: source.file, line: end.line, column: line.indexOf('-') + 1 },
			`\`${dashes[1]}\` directly under text makes that text a heading.`,
			`Put a blank line above it${dashes[1].length > 1 ? ` to start ${dashes[1] === '--' ? 'an increment' : 'a slide'}` : ''}, or write the heading with \`##\`.`,
		);
	});
}
