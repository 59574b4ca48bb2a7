import type { SlidecarStep } from './step-element.ts';
import { tasksOf } from './tasks.ts';

/** `<slidecar-exercise>`: its steps together; `data-done` once all of them have passed. */
export class SlidecarExercise extends HTMLElement {
	connectedCallback(): void {
		this.addEventListener('slidecar:state', this.#judge);
		this.#judge();
	}

	disconnectedCallback(): void {
		this.removeEventListener('slidecar:state', this.#judge);
	}

	/** The file step that saves to that path. */
	fileStep(file: string): SlidecarStep | undefined {
		const steps = this.querySelectorAll<SlidecarStep>('slidecar-step[data-file]');
		return [...steps].find((step) => step.dataset.file === file);
	}

	#judge = (): void => {
		const states = tasksOf(this).map((step) => step.dataset.state);
		this.toggleAttribute('data-done', states.length > 0 && states.every((state) => state === 'passed'));
	};
}

/** The buttons in solutions that put a solution's file into the exercise's field; the person saves it. */
export function wireSolutions(root: ParentNode): void {
	for (const use of root.querySelectorAll<HTMLButtonElement>('button[data-use-solution]'))
		use.addEventListener('click', () => {
			const exercise = use.closest<HTMLElement>('details.solution')?.dataset.for ?? '';
			const fence = use.closest<HTMLElement>('[data-solution-file]');
			const holder = document.getElementById(`exercise-${exercise}`) as SlidecarExercise | null;
			if (fence) holder?.fileStep(fence.dataset.solutionFile ?? '')?.fill(textOf(fence));
		});
}

/** A fence's text: highlighted, its lines are elements of their own, without the breaks between them. */
function textOf(fence: HTMLElement): string {
	const lines = [...fence.querySelectorAll('.ec-line .code')].map((line) =>
		line.textContent?.replace(/\n$/, ''),
	);
	const text = lines.length > 0 ? lines.join('\n') : (fence.querySelector('pre')?.textContent ?? '');
	return text.endsWith('\n') ? text : `${text}\n`;
}
