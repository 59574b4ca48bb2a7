import { create } from './create.ts';
import type { TerminalScreen } from './terminal-screen.ts';

/** The keys that a phone's keyboard lacks; shown on touch screens only. */
export function keyBar(screen: TerminalScreen): HTMLElement {
	const bar = create('div', { class: 'key-bar', role: 'toolbar', 'aria-label': 'Terminal keys' });
	const key = (label: string, shown: string, press: () => void) => {
		const made = create('button', { type: 'button', 'aria-label': label }, shown);
		// The screen keeps the focus, and with it the phone's keyboard stays.
		made.addEventListener('pointerdown', (event) => event.preventDefault());
		made.addEventListener('click', press);
		bar.append(made);
		return made;
	};
	key('Escape', 'Esc', () => screen.type('\x1b'));
	key('Tab', 'Tab', () => screen.type('\t'));
	const control = key('Control, for the next key', 'Ctrl', () => screen.toggleControl());
	screen.controlChanged = (held) => control.setAttribute('aria-pressed', String(held));
	screen.controlChanged(false);
	key('Left', '←', () => screen.arrow('D'));
	key('Up', '↑', () => screen.arrow('A'));
	key('Down', '↓', () => screen.arrow('B'));
	key('Right', '→', () => screen.arrow('C'));
	key('Interrupt', '^C', () => screen.type('\x03'));
	return bar;
}
