// `:::exercise[Title]{#id}`: a group of steps.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import { readingOf } from './chapter.ts';
import { replaceDirectives } from './directive.ts';
import { element } from './element.ts';
import { button } from './step.ts';

/** remark plugin: makes each exercise `<slidecar-exercise>`, labelled by its title. */
export const remarkExercise: Plugin<[], Root> = () => (tree, file) => {
	const reading = readingOf(file);
	if (!reading) return;
	replaceDirectives(tree, 'exercise', (directive, { title, content }) => {
		const exercise = reading.exerciseOf.get(directive)!;
		const heading = `exercise-${exercise.id}-title`;
		const attributes = {
			className: 'exercise',
			id: `exercise-${exercise.id}`,
			dataExercise: exercise.id,
			dataDigest: exercise.digest,
			role: 'group',
			ariaLabelledBy: heading,
		};
		return element('slidecar-exercise', attributes, [
			element('p', { className: 'exercise-title', id: heading }, title ?? [exercise.title]),
			button('catchUp', 'Start here'),
			...content,
		]);
	});
};
