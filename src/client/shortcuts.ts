// Every shortcut of the deck and the speaker view, once: the keys, and what the help says of them.

export type Action =
	| 'next'
	| 'previous'
	| 'nextSlide'
	| 'previousSlide'
	| 'first'
	| 'last'
	| 'overview'
	| 'fullScreen'
	| 'speaker'
	| 'help'
	| 'run'
	| 'type'
	| 'terminal'
	| 'close';

export interface Shortcut {
	action: Action;
	/** Values of KeyboardEvent.key; `Shift+` before one asks for the Shift key, where it matters. */
	keys: string[];
	/** How the help names the keys. */
	shown: string;
	label: string;
}

export const shortcuts: readonly Shortcut[] = [
	{ action: 'next', keys: ['ArrowRight', ' ', 'PageDown'], shown: '→  Space  Page Down', label: 'Next' },
	{
		action: 'previous',
		keys: ['ArrowLeft', 'Shift+ ', 'PageUp'],
		shown: '←  Shift+Space  Page Up',
		label: 'Previous',
	},
	{ action: 'nextSlide', keys: ['ArrowDown'], shown: '↓', label: 'Next slide, past its increments' },
	{ action: 'previousSlide', keys: ['ArrowUp'], shown: '↑', label: 'Previous slide' },
	{ action: 'first', keys: ['Home'], shown: 'Home', label: 'First slide' },
	{ action: 'last', keys: ['End'], shown: 'End', label: 'Last slide' },
	{ action: 'run', keys: ['r'], shown: 'r', label: 'Run the next step' },
	{ action: 'type', keys: ['Shift+R'], shown: 'Shift+r', label: 'Type the next step, without Enter' },
	{ action: 'terminal', keys: ['t'], shown: 't', label: 'Open or close the terminal' },
	{ action: 'overview', keys: ['o'], shown: 'o', label: 'Overview' },
	{ action: 'fullScreen', keys: ['f'], shown: 'f', label: 'Full screen' },
	{ action: 'speaker', keys: ['s'], shown: 's', label: 'Speaker view in a new window' },
	{ action: 'help', keys: ['?'], shown: '?', label: 'This help' },
	{ action: 'close', keys: ['Escape'], shown: 'Esc', label: 'Close what is open' },
];

/** What is said of the keys in a terminal, where all others belong to the shell. */
export const terminalShortcuts = [
	{ shown: 'Ctrl+M', label: 'Leave the terminal; Tab goes on from there' },
	{ shown: 'Shift+click on Run', label: 'Type the command, without Enter' },
] as const;

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>;

/** The shortcut's action for a key press; undefined for any other key, and whenever Ctrl, Alt or Meta is held. */
export function actionFor(event: Key): Action | undefined {
	if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
	// With Caps Lock on, `r` comes as `R` without Shift.
	const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
	const matches = (wanted: string) => {
		const shift = wanted.startsWith('Shift+');
		const name = shift ? wanted.slice('Shift+'.length) : wanted;
		// `?` is typed with Shift on most keyboards, and without on others.
		const shiftMatters = /^[a-z ]$/i.test(name);
		return name.toLowerCase() === key.toLowerCase() && (!shiftMatters || shift === event.shiftKey);
	};
	return shortcuts.find((shortcut) => shortcut.keys.some(matches))?.action;
}

/** Whether a key pressed there belongs to what has the focus (a terminal, a field, a button) and not to the deck. */
export function belongsToTarget(target: Element, key: string): boolean {
	if (target.closest('.terminal, input, textarea, select, [contenteditable="true"], dialog[open]'))
		return true;
	if (target.closest('[role="separator"], [role="tab"]')) return key !== 'Escape' && key.length > 1;
	return (key === ' ' || key === 'Enter') && target.closest('button, a, summary') !== null;
}
