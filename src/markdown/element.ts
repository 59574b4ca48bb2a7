// Elements in a Markdown tree: nodes that become the HTML element that they name.
import type { ElementContent, Properties } from 'hast';
import type { Parent, RootContent, Text } from 'mdast';

/** A node that remark-rehype turns into `hName` with `hProperties`. */
export interface Element extends Parent {
	type: 'element';
	data: { hName: string; hProperties: Properties; hChildren?: ElementContent[] };
	children: RootContent[];
}

declare module 'mdast' {
	interface RootContentMap {
		element: Element;
	}
	interface BlockContentMap {
		element: Element;
	}
}

/** Makes an element; strings among its children become text. Attributes whose value is undefined are left out. */
export function element(
	name: string,
	attributes: Record<string, string | number | undefined>,
	children: readonly (RootContent | string)[] = [],
): Element {
	const hProperties = Object.fromEntries(
		Object.entries(attributes).filter(([, value]) => value !== undefined),
	) as Properties;
	return {
		type: 'element',
		data: { hName: name, hProperties },
		children: children.map((child) =>
			typeof child === 'string' ? ({ type: 'text', value: child } satisfies Text) : child,
		),
	};
}
