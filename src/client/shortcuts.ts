// Every shortcut of the deck and the speaker view, once. What the help says of them is help.ts's, which loads later.

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
}

export const shortcuts: readonly Shortcut[] = [
	{ action: 'next', keys: ['ArrowRight', ' ', 'PageDown'] },
	{ action: 'previous', keys: ['ArrowLeft', 'Shift+ ', 'PageUp'] },
	{ action: 'nextSlide', keys: ['ArrowDown'] },
	{ action: 'previousSlide', keys: ['ArrowUp'] },
	{ action: 'first', keys: ['Home'] },
	{ action: 'last', keys: ['End'] },
	{ action: 'run', keys: ['r'] },
	{ action: 'type', keys: ['Shift+R'] },
	{ action: 'terminal', keys: ['t'] },
	{ action: 'overview', keys: ['o'] },
	{ action: 'fullScreen', keys: ['f'] },
	{ action: 'speaker', keys: ['s'] },
	{ action: 'help', keys: ['?'] },
	{ action: 'close', keys: ['Escape'] },
];

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
	const takesKeys = target.closest(
		'.terminal, input, textarea, select, [contenteditable="true"], dialog[open]',
	);
	// A recording takes no input: who has clicked on it goes on presenting.
	if (takesKeys && !target.closest('.has-recording')) return true;
	if (target.closest('[role="separator"], [role="tab"]')) return key !== 'Escape' && key.length > 1;
	return (key === ' ' || key === 'Enter') && target.closest('button, a, summary') !== null;
}
