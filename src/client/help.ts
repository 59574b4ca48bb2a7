import { openDialog } from './ask.ts';
import { create } from './create.ts';
import { type Action, shortcuts } from './shortcuts.ts';

interface Words {
	/** How the keys are named, two spaces between them. */
	shown: string;
	label: string;
}

const words: Record<Action, Words> = {
	next: { shown: '→  Space  Page Down', label: 'Next' },
	previous: { shown: '←  Shift+Space  Page Up', label: 'Previous' },
	nextSlide: { shown: '↓', label: 'Next slide, past its increments' },
	previousSlide: { shown: '↑', label: 'Previous slide' },
	first: { shown: 'Home', label: 'First slide' },
	last: { shown: 'End', label: 'Last slide' },
	run: { shown: 'r', label: 'Run the next step' },
	type: { shown: 'Shift+r', label: 'Type the next step, without Enter' },
	terminal: { shown: 't', label: 'Open or close the terminal' },
	overview: { shown: 'o', label: 'Overview' },
	fullScreen: { shown: 'f', label: 'Full screen' },
	speaker: { shown: 's', label: 'Speaker view in a new window' },
	help: { shown: '?', label: 'This help' },
	close: { shown: 'Esc', label: 'Close what is open' },
};

/** What is said of the keys in a terminal, where all others belong to the shell. */
const inTerminals: readonly Words[] = [
	{ shown: 'Ctrl+M', label: 'Leave the terminal; Tab goes on from there' },
	{ shown: 'Shift+click on Run', label: 'Type the command, without Enter' },
];

/** The dialog that lists the shortcuts, as far as the view has what they do. */
export function openHelp(has: (action: Action) => boolean): HTMLDialogElement {
	const list = (rows: readonly Words[]) =>
		create(
			'dl',
			{ class: 'shortcuts' },
			...rows.flatMap(({ shown, label }) => [
				create('dt', {}, ...shown.split('  ').map((key) => create('kbd', {}, key))),
				create('dd', {}, label),
			]),
		);
	return openDialog('Keyboard', [
		list(shortcuts.filter(({ action }) => has(action)).map(({ action }) => words[action])),
		create('h3', {}, 'Terminals'),
		list(inTerminals),
		create('p', { class: 'quiet' }, 'On a touch screen, swipe to the left and to the right.'),
	]);
}
