import { button } from './create.ts';

type Choice = 'interrupt' | 'another';

/** Puts, in place of a step's Run, what to do about a terminal that runs something else; or Run back again. */
export function offerChoice(step: HTMLElement, offer: boolean, choose: (choice: Choice) => void): void {
	const run = step.querySelector<HTMLButtonElement>('[data-run]');
	const offered = step.querySelectorAll<HTMLButtonElement>('[data-busy]');
	if (!run || offer === offered.length > 0) return;
	const focused = step.contains(document.activeElement);
	run.hidden = offer;
	for (const old of offered) old.remove();
	if (offer) {
		const made = (label: string, busy: Choice, title: string) =>
			button(label, () => choose(busy), { attributes: { 'data-busy': busy, title } });
		run.after(
			made('^C and run', 'interrupt', 'Ends what runs in the terminal, then runs this'),
			made('Another terminal', 'another', 'Runs it beside what runs in the terminal'),
		);
	}
	if (focused) step.querySelector<HTMLButtonElement>(offer ? '[data-busy]' : '[data-run]')?.focus();
}
