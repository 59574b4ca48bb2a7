/** Puts text on the clipboard; false where the browser does not let us. */
async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const { copyBySelection } = await import('./copy-by-selection.ts');
		return copyBySelection(text);
	}
}

/** Copies for a button, which says for a moment how it went. */
export async function copyFrom(button: HTMLButtonElement, text: string): Promise<void> {
	const copied = await copyText(text);
	const label = button.textContent;
	button.textContent = copied ? 'Copied' : 'Not copied';
	setTimeout(() => {
		button.textContent = label;
	}, 1500);
}
