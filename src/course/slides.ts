// Where slides and increments begin: `---` and `--` alone, at the top of a chapter.
import { slug } from 'github-slugger';
import type { Heading, Root, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { toString as textOf } from 'mdast-util-to-string';
import type { Slide } from './manifest.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** A slide with its content, one list of nodes for each increment. */
export interface SlideContent extends Slide {
	heading?: Heading;
	parts: RootContent[][];
}

/** Nodes that are not content: imports, exports and definitions belong to the file, not to a slide. */
const unseen = ['mdxjsEsm', 'definition', 'footnoteDefinition', 'yaml'];

export function isUnseen(node: RootContent): boolean {
	return unseen.includes(node.type);
}

function isSlideBreak(node: RootContent, source: Source): boolean {
	return node.type === 'thematicBreak' && /^-{3,}$/.test(source.textOf(node).trim());
}

function isIncrementBreak(node: RootContent, source: Source): boolean {
	return node.type === 'paragraph' && source.textOf(node).trim() === '--';
}

function split(nodes: RootContent[], isBreak: (node: RootContent) => boolean): RootContent[][] {
	const groups: RootContent[][] = [[]];
	for (const node of nodes) {
		if (isBreak(node)) groups.push([]);
		else groups.at(-1)!.push(node);
	}
	return groups;
}

/** An `extra` that is all of its slide makes whole slides: what it holds, split like the chapter itself. */
function soleExtra(nodes: RootContent[]): ContainerDirective | undefined {
	const [first, second] = nodes;
	return first?.type === 'containerDirective' && first.name === 'extra' && !second ? first : undefined;
}

/** A chapter's slides in order. Throws a SourceError where a break stands inside a directive or beside text. */
export function readSlides(tree: Root, source: Source): SlideContent[] {
	const isBreak = (node: RootContent) => isSlideBreak(node, source);
	const content = tree.children.filter((node) => !isUnseen(node));
	const groups = split(content, isBreak)
		.filter((nodes) => nodes.length > 0)
		.flatMap((nodes) => {
			const extra = soleExtra(nodes);
			if (!extra) return [{ nodes, extra: false }];
			return split(extra.children, isBreak)
				.filter((inner) => inner.length > 0)
				.map((inner) => ({ nodes: inner, extra: true }));
		});

	if (groups.length === 0) {
		throw new SourceError(
			{ file: source.file, line: source.lines.length, column: 1 },
			'The chapter has no slide.',
			'Write one behind the frontmatter: `## Its heading`, and text.',
		);
	}

	const taken = new Set<string>();
	return groups.map(({ nodes, extra }, index) => {
		for (const node of nodes) refuseInnerBreaks(node, source);
		const heading = nodes.find((node): node is Heading => node.type === 'heading');
		const title = heading ? textOf(heading).trim() : '';
		const parts = split(nodes, (node) => isIncrementBreak(node, source));
		const slide: SlideContent = {
			id: unused(slug(title) || `slide-${index + 1}`, taken),
			title,
			increments: parts.length,
			extra,
			parts,
		};
		if (heading) slide.heading = heading;
		return slide;
	});
}

/** The id, or the id with -2, -3, … where another slide has it. */
function unused(id: string, taken: Set<string>): string {
	let candidate = id;
	for (let number = 2; taken.has(candidate); number++) candidate = `${id}-${number}`;
	taken.add(candidate);
	return candidate;
}

/** A break that Markdown put somewhere else than the author meant. */
function refuseInnerBreaks(node: RootContent, source: Source, inside = ''): void {
	if (node.type === 'paragraph') {
		const lines = source
			.textOf(node)
			.split('\n')
			.map((line) => line.trim());
		if (lines.length > 1 && (lines[0] === '--' || lines.at(-1) === '--')) {
			throw source.error(node, '`--` stands beside text.', 'Put a blank line above and below it.');
		}
	}
	if (inside && (isIncrementBreak(node, source) || isSlideBreak(node, source))) {
		const slide = node.type === 'thematicBreak';
		throw source.error(
			node,
			`${slide ? 'A slide' : 'An increment'} cannot start inside ${inside}.`,
			`Close that first, or take the \`${slide ? '---' : '--'}\` out.`,
		);
	}
	if (!('children' in node)) return;
	const name = node.type === 'containerDirective' ? `\`:::${node.name}\`` : inside || nameOf[node.type];
	for (const child of node.children) refuseInnerBreaks(child as RootContent, source, name);
}

const nameOf: Partial<Record<RootContent['type'], string>> = { list: 'a list', blockquote: 'a quotation' };
