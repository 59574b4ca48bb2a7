// Light or dark: the choice is kept where the reading pages (Starlight) keep theirs, so that it is one choice.
import { store } from './store.ts';

const storageKey = 'starlight-theme';

/** Switches between light and dark, and remembers it for all pages. */
export function switchTheme(): void {
	const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
	document.documentElement.dataset.theme = theme;
	store.setItem(storageKey, theme);
}

/** Follows a switch in another window. */
export function followTheme(): void {
	addEventListener('storage', (event) => {
		if (event.key === storageKey && event.newValue) document.documentElement.dataset.theme = event.newValue;
	});
}

/** Prints light, since paper is: printers leave backgrounds out, and dark pages have light letters. */
export function printLight(): void {
	const { dataset } = document.documentElement;
	let shown: string | undefined;
	addEventListener('beforeprint', () => {
		shown = dataset.theme;
		dataset.theme = 'light';
	});
	addEventListener('afterprint', () => {
		dataset.theme = shown;
	});
}
