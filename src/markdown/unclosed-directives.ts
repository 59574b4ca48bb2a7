// `:::` that closes nothing or is never closed: Markdown takes either without a word.
import type { Root } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { visit } from 'unist-util-visit';
import type { Source } from '../course/source.ts';
import { SourceError } from '../course/source-error.ts';

/** Throws a SourceError for a directive without an end, and for a line of colons that is no part of a directive. */
export function refuseUnclosedDirectives(tree: Root, source: Source): void {
	visit(tree, (node) => {
		if (node.type === 'containerDirective') refuseUnclosed(node, source);
		if (node.type !== 'paragraph' || !node.position || node.data?.directiveLabel) return;
		for (let line = node.position.start.line; line <= node.position.end.line; line++) {
			const text = source.lines[line - 1];
			const colons = /^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?(:{3,})(.*)$/.exec(text);
			if (!colons) continue;
			const place = { file: source.file, line, column: text.indexOf(colons[1]) + 1 };
			if (colons[2].trim() === '') {
				throw new SourceError(
					place,
					`This \`${colons[1]}\` closes nothing.`,
					`Take it out; or, where it should close a directive that holds another, open the outer one with more colons (\`${colons[1]}:\`).`,
				);
			}
			throw new SourceError(
				place,
				`“${colons[1]}${colons[2].trim()}” is malformed, and so no directive.`,
				'Write `:::name[Title]{attributes}` on a line of its own, without spaces between the three.',
			);
		}
	});
}

function refuseUnclosed(directive: ContainerDirective, source: Source): void {
	const { start, end } = directive.position!;
	const opening = /^:+/.exec(source.lines[start.line - 1].slice(start.column - 1))![0];
	const closing = /^[\s>]*(:{3,})\s*$/.exec(source.lines[end.line - 1]);
	if (end.line > start.line && closing && closing[1].length >= opening.length) return;
	throw source.error(
		directive,
		`\`${opening}${directive.name}\` is never closed.`,
		`Put \`${opening}\` on a line of its own behind it; one that holds another directive needs more colons than that.`,
	);
}
