/** Scrolls a long file to its first blank, `???`, with two lines before it. */
export function showBlank(field: HTMLTextAreaElement): void {
	const lines = (text: string) => text.split('\n').length;
	const [before] = field.value.split('???', 1);
	field.scrollTop = (field.scrollHeight / lines(field.value)) * (lines(before) - 3);
}
