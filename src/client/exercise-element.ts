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
