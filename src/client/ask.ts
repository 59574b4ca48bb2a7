import { button, create } from './create.ts';

/** Asks before something that cannot be taken back; true where the person wants it. */
export function ask(question: {
	title: string;
	text: string | (string | Node)[];
	act: string;
}): Promise<boolean> {
	const { text } = question;
	return new Promise((resolve) => {
		const dialog = openDialog(question.title, typeof text === 'string' ? [create('p', {}, text)] : text);
		dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
		dialog.append(
			create(
				'div',
				{ class: 'dialog-buttons' },
				button('Cancel', () => dialog.close(), { attributes: { autofocus: true } }),
				button(question.act, () => dialog.close('yes'), { attributes: { class: 'danger' } }),
			),
		);
	});
}

/** A modal dialog with a title, closed by Escape, its button or a click beside it; gone once it is closed. */
export function openDialog(title: string, content: (string | Node)[], className = ''): HTMLDialogElement {
	const id = `dialog-${document.querySelectorAll('dialog').length + 1}`;
	const dialog = create('dialog', { class: `slidecar-dialog ${className}`, 'aria-labelledby': id });
	dialog.append(
		create(
			'header',
			{},
			create('h2', { id }, title),
			button('Close', () => dialog.close(), { icon: 'close', iconOnly: true }),
		),
		...content,
	);
	dialog.addEventListener('click', (event) => {
		if (event.target === dialog) dialog.close();
	});
	dialog.addEventListener('close', () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
	return dialog;
}
