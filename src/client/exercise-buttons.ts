import { startHere } from './catch-up.ts';
import { session } from './session.ts';
import { fillIn } from './solution.ts';

/** What a button of an exercise or a solution does. */
export function act(button: HTMLButtonElement): void {
	if (button.dataset.useSolution !== undefined) fillIn(button);
	else void startHere(session(), button.closest<HTMLElement>('slidecar-exercise')!);
}
