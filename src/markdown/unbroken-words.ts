// Browsers break lines behind hyphens, which tears `--restart=Never` and `nginx-0` apart.
import type { ExpressiveCodePlugin } from '@astrojs/starlight/expressive-code';
import type { Element, Nodes } from 'hast';

/** Longer words may still be broken: on a phone there is no room for them on one line. */
const longest = 32;

/** Marks the words with hyphens in highlighted code, so that lines break between them (exercise.css). */
export const unbrokenWords: ExpressiveCodePlugin = {
	name: 'unbroken words',
	hooks: {
		postprocessRenderedLine: ({ renderData }) => markWords(renderData.lineAst),
	},
};

/** Gives every element whose whole text is a word with a hyphen `data-word`; a class would take its colour. */
export function markWords(node: Element): void {
	const [only, ...others] = node.children;
	const word = others.length === 0 && isText(only) && /^\S*-\S*$/.test(only.value) ? only.value : '';
	if (word !== '' && word.length <= longest) node.properties.dataWord = '';
	for (const child of node.children) if (child.type === 'element') markWords(child);
}

function isText(node: Nodes | undefined): node is Extract<Nodes, { type: 'text' }> {
	return node?.type === 'text';
}
