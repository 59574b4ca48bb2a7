import { button, create } from './create.ts';
import { newId, type Session } from './session.ts';

/** How far a reset or a catch-up of the chapter's lab is, with the way to cancel it; hidden while there is none. */
export function labProgress(session: Session): HTMLElement {
	const words = create('span', { role: 'status' });
	const bar = create('progress', { 'aria-label': 'Progress of the lab' });
	const cancel = button('Cancel', () => {
		session.connection.send({ type: 'cancel', id: newId(), chapter: session.chapter });
	});
	const element = create('div', { class: 'lab-progress', hidden: true }, words, bar, cancel);
	const show = () => {
		const { labProgress: lab, connection } = session;
		const progress = lab?.state === 'starting' ? lab.progress : undefined;
		element.hidden = !progress || connection.state.name !== 'ready';
		if (!lab || !progress) return;
		bar.max = progress.total;
		bar.value = progress.done;
		const text = `${lab.message} (${progress.done} of ${progress.total})`;
		if (words.textContent !== text) words.textContent = text;
		words.title = text;
	};
	session.on('changed', show);
	session.on('message', (message) => {
		// What was done in a lab that is gone is not done.
		if (message.type === 'lab' && message.chapter === session.chapter && message.state === 'none')
			session.progress.clear();
	});
	show();
	return element;
}
