import { openDialog } from './ask.ts';
import { create } from './create.ts';
import { type Action, shortcuts, terminalShortcuts } from './shortcuts.ts';

/** The dialog that lists the shortcuts, as far as the view has what they do. */
export function openHelp(has: (action: Action) => boolean): HTMLDialogElement {
	const list = (rows: readonly { shown: string; label: string }[]) =>
		create(
			'dl',
			{ class: 'shortcuts' },
			...rows.flatMap(({ shown, label }) => [
				create('dt', {}, ...shown.split('  ').map((key) => create('kbd', {}, key))),
				create('dd', {}, label),
			]),
		);
	return openDialog('Keyboard', [
		list(shortcuts.filter(({ action }) => has(action))),
		create('h3', {}, 'Terminals'),
		list(terminalShortcuts),
		create('p', { class: 'quiet' }, 'On a touch screen, swipe to the left and to the right.'),
	]);
}
