/** For pages by plain HTTP from another machine, which have no clipboard API. */
export function copyBySelection(text: string): boolean {
	const field = document.createElement('textarea');
	const focused = document.activeElement;
	field.value = text;
	field.style.position = 'fixed';
	field.style.opacity = '0';
	document.body.append(field);
	field.select();
	const copied = document.execCommand('copy');
	field.remove();
	if (focused instanceof HTMLElement) focused.focus();
	return copied;
}
