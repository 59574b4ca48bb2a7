import { create } from './create.ts';
import { largestShare, leastShare, type Side } from './dock-size.ts';

const keyStep = 0.03;

/** The bar that resizes the dock, by pointer and by keyboard (arrows, Home, End). `resize` is given the dock's new share. */
export function separator(resize: (share: number) => void) {
	const element = create('div', {
		class: 'dock-separator',
		role: 'separator',
		tabindex: 0,
		'aria-label': 'Size of the terminals',
		'aria-valuemin': leastShare * 100,
		'aria-valuemax': largestShare * 100,
	});
	let side: Side = 'below';
	let share = 0;

	element.addEventListener('pointerdown', (event) => {
		event.preventDefault();
		element.setPointerCapture(event.pointerId);
		element.focus();
	});
	element.addEventListener('pointermove', (event) => {
		if (!element.hasPointerCapture(event.pointerId)) return;
		const moved = side === 'below' ? 1 - event.clientY / innerHeight : 1 - event.clientX / innerWidth;
		resize(moved);
	});
	element.addEventListener('keydown', (event) => {
		const larger = side === 'below' ? 'ArrowUp' : 'ArrowLeft';
		const smaller = side === 'below' ? 'ArrowDown' : 'ArrowRight';
		const target = {
			[larger]: share + keyStep,
			[smaller]: share - keyStep,
			Home: leastShare,
			End: largestShare,
		}[event.key];
		if (target === undefined) return;
		event.preventDefault();
		resize(target);
	});

	return {
		element,
		/** Tells where the dock stands, and its share of the window. */
		show(now: Side, shareNow: number): void {
			side = now;
			share = shareNow;
			// A separator's orientation is its own: one above a lower dock lies.
			element.setAttribute('aria-orientation', side === 'below' ? 'horizontal' : 'vertical');
			element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
		},
	};
}
