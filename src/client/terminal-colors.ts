import type { ITheme } from '@xterm/xterm';

/** The sixteen colours of programs, chosen to read well on a light and on a dark surface. */
const palettes = {
	light: ['#1f2328', '#b3261e', '#1a6b3c', '#7a5200', '#0b57b0', '#8a2a86', '#0b6570', '#59636e'],
	dark: ['#3a4250', '#ff8a80', '#7bd88f', '#f2c55c', '#82b1ff', '#e2a0e8', '#6fd3dd', '#d7dce4'],
} as const;

const bright = {
	light: ['#59636e', '#c7362d', '#22804a', '#8f6200', '#1a6cd0', '#a03a9b', '#0e7783', '#1f2328'],
	dark: ['#8b95a5', '#ffaba4', '#9be5ab', '#f8d88a', '#a8c7ff', '#eebdf2', '#97e3ea', '#ffffff'],
} as const;

/** xterm's theme from the site's tokens, as they are at `host` now. */
export function terminalTheme(host: HTMLElement): ITheme {
	const background = color(host, '--color-surface');
	const [red, green, blue] = background;
	const tone = red * 0.299 + green * 0.587 + blue * 0.114 > 128 ? 'light' : 'dark';
	const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
	const theme: ITheme = {
		background: hex(background),
		foreground: hex(color(host, '--color-text')),
		cursor: hex(color(host, '--color-accent')),
		cursorAccent: hex(background),
		selectionBackground: `${hex(color(host, '--color-accent'))}55`,
	};
	for (const [index, name] of names.entries()) {
		theme[name] = palettes[tone][index];
		theme[`bright${name[0].toUpperCase()}${name.slice(1)}` as 'brightRed'] = bright[tone][index];
	}
	return theme;
}

/** A token's colour in red, green and blue, whatever notation the style sheet has it in. */
function color(host: HTMLElement, token: string): [number, number, number] {
	const probe = document.createElement('span');
	probe.style.color = `var(${token})`;
	host.append(probe);
	const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
	context.fillStyle = getComputedStyle(probe).color;
	probe.remove();
	context.fillRect(0, 0, 1, 1);
	const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
	return [red, green, blue];
}

function hex(channels: readonly number[]): string {
	return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
