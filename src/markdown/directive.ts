// What the plugins for container directives share: finding them, and taking their title apart from their content.
import type { PhrasingContent, Root, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { visit } from 'unist-util-visit';
import { labelOf } from '../course/directives.ts';
import type { Element } from './element.ts';

/** A directive's title, as phrasing content or undefined, and what it holds. */
export interface DirectiveContent {
	title: PhrasingContent[] | undefined;
	content: RootContent[];
}

/** Replaces every directive of a name, the inner ones too. */
export function replaceDirectives(
	tree: Root,
	name: string,
	render: (directive: ContainerDirective, parts: DirectiveContent) => Element,
): void {
	visit(tree, 'containerDirective', (directive, index, parent) => {
		if (directive.name !== name) return;
		const label = labelOf(directive);
		const content = label ? directive.children.slice(1) : directive.children;
		parent!.children[index!] = render(directive, { title: label?.children, content });
		// On to what stands there now: it may hold directives of the same name.
		return index!;
	});
}
