import { openDialog } from './ask.ts';
import { create } from './create.ts';
import { shortcuts, terminalShortcuts } from './shortcuts.ts';

/** The dialog that lists the shortcuts. */
export function openHelp(): HTMLDialogElement {
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
		list(shortcuts),
		create('h3', {}, 'Terminals'),
		list(terminalShortcuts),
		create('p', { class: 'quiet' }, 'On a touch screen, swipe to the left and to the right.'),
	]);
}
