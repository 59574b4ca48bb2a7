// Exercises on a page: their elements, their buttons.
import { SlidecarCheck } from './check-element.ts';
import { SlidecarExercise } from './exercise-element.ts';
import { SlidecarStep } from './step-element.ts';

/** Brings the exercises of this page to life. */
export function defineExercises(): void {
	customElements.define('slidecar-exercise', SlidecarExercise);
	customElements.define('slidecar-step', SlidecarStep);
	customElements.define('slidecar-check', SlidecarCheck);
	wireButtons(document);
}

/** The buttons of exercises and solutions that are no step's. */
function wireButtons(root: Document): void {
	root.addEventListener('click', ({ target }) => {
		const button = (target as Element).closest<HTMLButtonElement>('[data-use-solution], [data-catch-up]');
		if (button) void import('./exercise-buttons.ts').then(({ act }) => act(button));
	});
}
