/** Makes an element with attributes and children; an attribute that is `true` is empty, one that is undefined is left out. */
export function create<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Record<string, string | number | boolean | undefined> = {},
	...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
	const element = document.createElement(name);
	for (const [attribute, value] of Object.entries(attributes))
		if (value !== undefined && value !== false)
			element.setAttribute(attribute, value === true ? '' : String(value));
	element.append(...children);
	return element;
}

/** A button with words; `icon` is drawn before them, and `iconOnly` leaves the words to screen readers and the tooltip. */
export function button(
	label: string,
	act: (event: MouseEvent) => void,
	options: { icon?: IconName; iconOnly?: boolean; attributes?: Record<string, string | boolean> } = {},
): HTMLButtonElement {
	const made = create('button', { type: 'button', ...options.attributes });
	if (options.icon) made.append(icon(options.icon));
	if (options.iconOnly) {
		made.setAttribute('aria-label', label);
		made.title = label;
	} else made.append(label);
	made.addEventListener('click', act);
	return made;
}

/** Outlines on a grid of 24, drawn with a stroke of the text's colour. */
const icons = {
	previous: 'M15 5l-7 7 7 7',
	next: 'M9 5l7 7-7 7',
	overview: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
	terminal: 'M3 5h18v14H3zM7 9l3 3-3 3M12.5 15H17',
	speaker: 'M3 5h18v10H3zM12 15v4M8 20h8',
	help: 'M9 9a3 3 0 1 1 4.2 2.75c-.8.4-1.2 1-1.2 2M12 17.2v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
	theme: 'M12 3a9 9 0 1 0 0 18zM12 21a9 9 0 0 0 0-18',
	lab: 'M9 3h6M10 3v6l-5 9a2 2 0 0 0 1.8 3h10.4a2 2 0 0 0 1.8-3l-5-9V3M7.5 15h9',
	close: 'M6 6l12 12M18 6L6 18',
	add: 'M12 5v14M5 12h14',
	beside: 'M4 4h16v16H4zM14 4v16',
	fullScreen: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
} as const;

export type IconName = keyof typeof icons;

function icon(name: IconName): SVGElement {
	const space = 'http://www.w3.org/2000/svg';
	const svg = document.createElementNS(space, 'svg');
	const path = document.createElementNS(space, 'path');
	svg.setAttribute('viewBox', '0 0 24 24');
	svg.setAttribute('class', 'icon');
	svg.setAttribute('aria-hidden', 'true');
	path.setAttribute('d', icons[name]);
	svg.append(path);
	return svg;
}
