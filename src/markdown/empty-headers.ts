// The empty corner of a table heads nothing: as a header cell, screen readers would announce it without a name.

import type { Root } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import type { Plugin } from 'unified';
import { visit } from 'unist-util-visit';

/** remark plugin: makes the empty cells of a table's first row `<td>`. */
export const remarkEmptyHeaders: Plugin<[], Root> = () => (tree) => {
	visit(tree, 'table', (table) => {
		for (const cell of table.children[0].children) {
			if (textOf(cell).trim() === '') cell.data = { ...cell.data, hName: 'td' };
		}
	});
};
