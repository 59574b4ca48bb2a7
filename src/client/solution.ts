import type { SlidecarExercise } from './exercise-element.ts';

/** Puts the file of the solution that the button stands in into the exercise's field for that file. */
export function fillIn(button: HTMLButtonElement): void {
	const exercise = button.closest<HTMLElement>('details.solution')?.dataset.for ?? '';
	const fence = button.closest<HTMLElement>('[data-solution-file]');
	const holder = document.getElementById(`exercise-${exercise}`) as SlidecarExercise | null;
	if (fence) holder?.fileStep(fence.dataset.solutionFile ?? '')?.fill(textOf(fence));
}

/** A fence's text: highlighted, its lines are elements of their own, without the breaks between them. */
function textOf(fence: HTMLElement): string {
	const lines = [...fence.querySelectorAll('.ec-line .code')].map((line) =>
		line.textContent?.replace(/\n$/, ''),
	);
	const text = lines.length > 0 ? lines.join('\n') : (fence.querySelector('pre')?.textContent ?? '');
	return text.endsWith('\n') ? text : `${text}\n`;
}
