import { openDialog } from './ask.ts';
import { create } from './create.ts';
import { tallyInWords, tallyOf } from './page-progress.ts';
import type { ShownSlide } from './slides.ts';
import { tasksOf } from './tasks.ts';

export interface OverviewEvents {
	choose(slide: number): void;
	extras(shown: boolean): void;
}

/** The dialog with all slides by their titles and the state of their steps. */
export function openOverview(
	slides: readonly ShownSlide[],
	current: number,
	extras: boolean,
	events: OverviewEvents,
): HTMLDialogElement {
	const list = create('ol', { class: 'overview' });
	const numbers = slides.map(() => create('span', { class: 'overview-number' }));
	number(numbers, slides, extras);
	for (const [index, slide] of slides.entries()) {
		const link = create(
			'a',
			{ href: `#${slide.id}`, 'aria-current': index === current ? 'step' : undefined },
			numbers[index],
			create('span', { class: 'overview-title' }, slide.title),
			create('span', { class: 'overview-note' }, ...noteOf(slide)),
		);
		link.addEventListener('click', (event) => {
			event.preventDefault();
			dialog.close();
			events.choose(index);
		});
		list.append(create('li', { 'data-extra': slide.extra }, link));
	}
	const dialog = openDialog('Overview', [list], 'overview-dialog');
	if (slides.some((slide) => slide.extra)) {
		const toggle = create('input', { type: 'checkbox', checked: extras });
		toggle.addEventListener('change', () => {
			number(numbers, slides, toggle.checked);
			events.extras(toggle.checked);
		});
		dialog.append(create('label', {}, toggle, ' Extra slides come in their turn'));
	}
	list.addEventListener('keydown', (event) => moveFocus(list, event));
	list.querySelector<HTMLElement>('[aria-current]')?.focus();
	return dialog;
}

/** Gives each slide the number that the deck shows for it: extra slides have none while they are passed over. */
function number(numbers: readonly HTMLElement[], slides: readonly ShownSlide[], extras: boolean): void {
	let counted = 0;
	for (const [index, { extra }] of slides.entries())
		numbers[index].textContent = extra && !extras ? '+' : String(++counted);
}

function noteOf(slide: ShownSlide): (Node | string)[] {
	const counted = tallyOf(slide.section);
	const ticks = tasksOf(slide.section).map((task) =>
		create('span', { class: 'tick', 'data-tick': task.dataset.state ?? 'idle', 'aria-hidden': 'true' }),
	);
	const words = [slide.extra ? 'extra' : '', tallyInWords(counted)].filter(Boolean).join(', ');
	return [...ticks, create('span', {}, words)];
}

/** Arrows move among the slides as they lie in the grid. */
function moveFocus(list: HTMLElement, event: KeyboardEvent): void {
	const links = [...list.querySelectorAll<HTMLElement>('a')];
	const at = links.indexOf(document.activeElement as HTMLElement);
	const columns = getComputedStyle(list).gridTemplateColumns.split(' ').length;
	const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns }[
		event.key
	];
	if (to === undefined) return;
	event.preventDefault();
	links[to]?.focus();
}
