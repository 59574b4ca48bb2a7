// The slides of a document, as the navigation knows them, and what both the deck and the speaker view do with them.
import type { DeckSlide, Position } from './navigation.ts';
import type { SlidecarStep } from './step-element.ts';

export interface ShownSlide extends DeckSlide {
	section: HTMLElement;
	title: string;
}

export function slidesIn(root: ParentNode): ShownSlide[] {
	return [...root.querySelectorAll<HTMLElement>('[data-slide]')].map((section) => ({
		section,
		id: section.id,
		title: section.querySelector('h1, h2, h3')?.textContent?.trim() ?? section.id,
		increments: Math.max(1, Number(section.dataset.increments) || 1),
		extra: section.dataset.extra !== undefined,
	}));
}

/** Shows the increments up to `increment`, and hides those after it without taking their room away. */
export function showIncrements(section: HTMLElement, increment: number): void {
	for (const part of section.querySelectorAll<HTMLElement>('[data-increment]')) {
		const hidden = Number(part.dataset.increment) > increment;
		part.toggleAttribute('data-ahead', hidden);
		part.inert = hidden;
	}
}

/** Where a link to something within the deck leads: the slide and the increment that hold it. */
export function positionHolding(slides: readonly ShownSlide[], target: Element | null): Position | undefined {
	const slide = slides.findIndex(({ section }) => section.contains(target));
	if (slide < 0 || !target) return undefined;
	const part = target.closest<HTMLElement>('[data-increment]');
	return { slide, increment: Number(part?.dataset.increment ?? 1) };
}

/** The step that `r` is for: the first on the slide, as far as it is shown, that has not passed, runs or was played. */
export function nextStep(section: HTMLElement): SlidecarStep | undefined {
	const steps = section.querySelectorAll<SlidecarStep>('slidecar-step:not([data-elsewhere], [data-played])');
	return [...steps].find(
		(step) => ['idle', 'failed'].includes(step.dataset.state ?? 'idle') && !step.closest('[data-ahead]'),
	);
}
