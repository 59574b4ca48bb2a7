// `--` alone is an increment: what follows it appears one key press later.
import type { RootContent } from 'mdast';
import type { SlideContent } from '../course/slides.ts';
import { element } from './element.ts';

/** A slide's content: the first part as it is, each later one in `<div class="increment">`, numbered from 2. */
export function increments({ id, parts: [first, ...later] }: SlideContent): RootContent[] {
	return [
		...first,
		...later.map((nodes, index) => {
			const number = index + 2;
			return element('div', { className: 'increment', dataIncrement: number, id: `${id}.${number}` }, nodes);
		}),
	];
}
