// Where one can be in a deck, and how one moves. Pure: the deck and the speaker view show what this says.

export interface DeckSlide {
	id: string;
	/** How many increments it has; 1 where it is shown at once. */
	increments: number;
	/** Skipped, unless extra slides are asked for or a link leads there. */
	extra: boolean;
}

/** A slide's index and how many of its increments are shown, from 1. */
export interface Position {
	slide: number;
	increment: number;
}

export type Move = 'next' | 'previous' | 'nextSlide' | 'previousSlide' | 'first' | 'last';

/** The address of a position: `#id`, or `#id.N` from the second increment on. */
export function hashOf(slides: readonly DeckSlide[], position: Position): string {
	const slide = slides[position.slide];
	return position.increment > 1 ? `#${slide.id}.${position.increment}` : `#${slide.id}`;
}

/** What an address's hash names, decoded. */
export function nameIn(hash: string): string {
	const name = hash.replace(/^#/, '');
	try {
		return decodeURIComponent(name);
	} catch {
		return name; // A lone % is no reason to fail.
	}
}

/** The position that `id` or `id.N` names; undefined where there is no such slide. N beyond the last is the last. */
export function positionOf(slides: readonly DeckSlide[], name: string): Position | undefined {
	const whole = slides.findIndex((slide) => slide.id === name);
	if (whole >= 0) return { slide: whole, increment: 1 };
	const [, id, number] = /^(.+)\.(\d+)$/.exec(name) ?? [];
	const index = slides.findIndex((slide) => slide.id === id);
	if (index < 0) return undefined;
	return { slide: index, increment: clamp(Number(number), 1, slides[index].increments) };
}

/** Where a move leads; the same position where there is nowhere to go. `extras` says whether extra slides count. */
export function moved(
	slides: readonly DeckSlide[],
	position: Position,
	move: Move,
	extras: boolean,
): Position {
	const shown = (index: number) => extras || !slides[index].extra;
	const following = (from: number, direction: 1 | -1) => {
		for (let index = from + direction; index >= 0 && index < slides.length; index += direction)
			if (shown(index)) return index;
		return undefined;
	};
	const { slide, increment } = position;
	switch (move) {
		case 'next':
			if (increment < slides[slide].increments) return { slide, increment: increment + 1 };
			return at(following(slide, 1), () => 1);
		case 'previous':
			if (increment > 1) return { slide, increment: increment - 1 };
			// Going back shows a slide as it was left: whole.
			return at(following(slide, -1), (index) => slides[index].increments);
		case 'nextSlide':
			return at(following(slide, 1), () => 1);
		case 'previousSlide':
			return at(following(slide, -1), () => 1);
		case 'first':
			return at(following(-1, 1), () => 1);
		case 'last':
			return at(following(slides.length, -1), (index) => slides[index].increments);
	}

	function at(index: number | undefined, incrementThere: (index: number) => number): Position {
		return index === undefined ? position : { slide: index, increment: incrementThere(index) };
	}
}

/** A slide's place among those that count, from 1, and how many those are; an extra one that was linked to counts. */
export function placeOf(slides: readonly DeckSlide[], index: number, extras: boolean) {
	const counted = slides.map((slide, at) => extras || !slide.extra || at === index);
	return {
		number: counted.slice(0, index + 1).filter(Boolean).length,
		count: counted.filter(Boolean).length,
	};
}

function clamp(value: number, low: number, high: number): number {
	return Math.min(Math.max(value, low), high);
}
