// `:::check[Title]{for=exercise}`: a button that tells a learner whether the exercise is done.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import { readingOf } from './chapter.ts';
import { replaceDirectives } from './directive.ts';
import { element } from './element.ts';
import { button, status } from './step.ts';

/** remark plugin: makes each check `<slidecar-check>`; its commands are in the manifest alone. */
export const remarkCheck: Plugin<[], Root> = () => (tree, file) => {
	const reading = readingOf(file);
	if (!reading) return;
	replaceDirectives(tree, 'check', (directive, { title, content }) => {
		const check = reading.checkOf.get(directive)!;
		const attributes = {
			className: 'check',
			dataState: 'idle',
			dataCheck: check.id,
			dataFor: check.for,
			dataDigest: check.digest,
		};
		return element('slidecar-check', attributes, [
			element('span', { className: 'check-title' }, title ?? [check.title]),
			button('run', 'Check'),
			status(),
			...(content.length > 0 ? [element('div', { className: 'check-text' }, content)] : []),
		]);
	});
};
