// `nginx:mainline` and `80:30080` parse as text directives; they stay the text that they are.
import type { PhrasingContent, Root, RootContent, Text } from 'mdast';
import type { LeafDirective, TextDirective } from 'mdast-util-directive';
import { SKIP, visit } from 'unist-util-visit';
import { directives } from '../course/directives.ts';
import type { Source } from '../course/source.ts';

/**
 * Puts text and leaf directives back as they were written; what Markdown made of their labels stays.
 * Throws a SourceError for a container's name behind two colons: its content would be taken for plain text.
 */
export function restoreTextDirectives(tree: Root, source: Source): void {
	visit(tree, (node, index, parent) => {
		if (node.type !== 'textDirective' && node.type !== 'leafDirective') return;
		if (node.type === 'leafDirective' && Object.hasOwn(directives, node.name)) {
			throw source.error(
				node,
				`\`::${node.name}\` has two colons.`,
				`Write \`:::${node.name}\`, and \`:::\` on a line of its own at its end.`,
			);
		}
		const nodes = asWritten(node, source);
		const replacement: RootContent[] =
			node.type === 'leafDirective' ? [{ type: 'paragraph', children: nodes }] : nodes;
		(parent!.children as RootContent[]).splice(index!, 1, ...replacement);
		return [SKIP, index!];
	});
}

function asWritten(node: TextDirective | LeafDirective, source: Source): PhrasingContent[] {
	const text = (start: number, end: number): Text => ({ type: 'text', value: source.text.slice(start, end) });
	const start = node.position!.start.offset!;
	const end = node.position!.end.offset!;
	if (node.children.length === 0) return [text(start, end)];
	const first = node.children[0].position!.start.offset!;
	const last = node.children.at(-1)!.position!.end.offset!;
	return [text(start, first), ...node.children, text(last, end)];
}
