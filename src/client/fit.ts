/** Text is not made smaller than this: what does not fit then is scrolled. Pixels. */
const leastText = 14;
/** Narrower than this, a slide is read like a page: it scrolls. Pixels. */
const narrow = 600;

/**
 * Sizes a slide's text (`--fit`) so that the slide fits its box, by halving: the text's layout is not linear in its
 * size. Leaves a slide that does not fit at the least size to scroll.
 */
export function fitSlide(section: HTMLElement): void {
	fitText(section);
	// What scrolls is reached by Tab, so that the keyboard can scroll it.
	section.tabIndex = section.scrollHeight > section.clientHeight + 1 ? 0 : -1;
}

function fitText(section: HTMLElement): void {
	const fits = (scale: number) => {
		section.style.setProperty('--fit', String(scale));
		return section.scrollHeight <= section.clientHeight + 1 && section.scrollWidth <= section.clientWidth + 1;
	};
	if (section.clientWidth < narrow || fits(1)) {
		section.style.setProperty('--fit', '1');
		return;
	}
	let [low, high] = [Math.min(1, leastText / Number.parseFloat(getComputedStyle(section).fontSize)), 1];
	for (let round = 0; round < 6; round++) {
		const middle = (low + high) / 2;
		if (fits(middle)) low = middle;
		else high = middle;
	}
	section.style.setProperty('--fit', String(low));
}
