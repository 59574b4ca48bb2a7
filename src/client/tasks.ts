/** What there is to do on a slide in this lab. */
export function tasksOf(slide: ParentNode): HTMLElement[] {
	const needed = 'slidecar-step:not([data-elsewhere], [data-optional]), slidecar-check';
	return [...slide.querySelectorAll<HTMLElement>(needed)];
}
