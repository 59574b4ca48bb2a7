/** Scrolls a long file to its first blank, `???`, with two lines before it: once it is seen, as a hidden field cannot scroll. */
export function showBlank(field: HTMLTextAreaElement): void {
	const lines = (text: string) => text.split('\n').length;
	const observer = new IntersectionObserver(([{ isIntersecting }]) => {
		if (!isIntersecting) return;
		observer.disconnect();
		const [before, after] = field.value.split('???', 2);
		if (after !== undefined)
			field.scrollTop = (field.scrollHeight / lines(field.value)) * (lines(before) - 3);
	});
	observer.observe(field);
}
