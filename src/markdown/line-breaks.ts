// Expressive Code puts each line of code into a block without a line break: its text would run together.
import type { ExpressiveCodePlugin } from '@astrojs/starlight/expressive-code';
import { toString as textOf } from 'hast-util-to-string';

/** Ends every line's element with a line break, so that the text of a `<pre>` is the code: to copy, save and search. */
export const lineBreaks: ExpressiveCodePlugin = {
	name: 'line breaks',
	hooks: {
		postprocessRenderedLine({ renderData: { lineAst } }) {
			if (!textOf(lineAst).endsWith('\n')) lineAst.children.push({ type: 'text', value: '\n' });
		},
	},
};
