// `:::extra`: what a room skips unless it asks for it. An extra that is all of its slide makes extra slides instead.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import { replaceDirectives } from './directive.ts';
import { element } from './element.ts';

/** remark plugin: makes an extra inside a slide `<div class="extra" data-extra>`. */
export const remarkExtra: Plugin<[], Root> = () => (tree) => {
	replaceDirectives(tree, 'extra', (_directive, { content }) =>
		element('div', { className: 'extra', dataExtra: '' }, content),
	);
};
