// `:::hint[Title]{for=exercise}`: help that is closed until a learner asks for it.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import { readingOf } from './chapter.ts';
import { replaceDirectives } from './directive.ts';
import { element } from './element.ts';

/** remark plugin: makes each hint `<details class="hint">`. */
export const remarkHint: Plugin<[], Root> = () => (tree, file) => {
	const reading = readingOf(file);
	if (!reading) return;
	replaceDirectives(tree, 'hint', (directive, { title, content }) =>
		element('details', { className: 'hint', dataFor: reading.aidFor.get(directive) }, [
			element('summary', {}, title ?? ['Hint']),
			...content,
		]),
	);
};
