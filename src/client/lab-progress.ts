import { button, create } from './create.ts';
import { type LabProgress, newId, type Session } from './session.ts';

/**
 * How far a reset or a catch-up of the chapter's lab is, with the way to cancel it; or why it did not come to its
 * end, until that has been read. Hidden while there is nothing to say.
 */
export function labProgress(session: Session): HTMLElement {
	const words = create('span', { role: 'status' });
	const bar = create('progress', { 'aria-label': 'Progress of the lab' });
	/** The failure that has been read. */
	let read: LabProgress | undefined;
	const act = button('Cancel', () => {
		if (session.labProgress?.state !== 'failed')
			session.connection.send({ type: 'cancel', id: newId(), chapter: session.chapter });
		read = session.labProgress;
		show();
	});
	const element = create('div', { class: 'lab-progress', hidden: true }, words, bar, act);
	const show = () => {
		const { labProgress: lab, connection } = session;
		const progress = lab?.state === 'starting' ? lab.progress : undefined;
		const failed = lab?.state === 'failed' && lab !== read;
		element.hidden = !(progress || failed) || connection.state.name !== 'ready';
		element.toggleAttribute('data-failed', failed);
		bar.hidden = !progress;
		act.textContent = failed ? 'Close' : 'Cancel';
		if (progress) {
			bar.max = progress.total;
			bar.value = progress.done;
		}
		if (!lab || element.hidden) return;
		const text = progress ? `${lab.message} (${progress.done} of ${progress.total})` : lab.message;
		if (words.textContent !== text) words.textContent = text;
		words.title = progress ? text : '';
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
