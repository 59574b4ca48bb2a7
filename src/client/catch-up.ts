import { ask } from './ask.ts';
import { newId, type Session } from './session.ts';

/** Brings the chapter's lab to where an exercise begins, once the person has agreed to lose what is there. */
export async function startHere(session: Session, element: HTMLElement): Promise<void> {
	const { exercise = '', digest = '' } = element.dataset;
	const title = element.querySelector('.exercise-title')?.textContent ?? exercise;
	// A cluster of one's own is nobody's to throw away.
	const lab =
		session.lab?.kind === 'kubeconfig'
			? 'Your cluster stays as it is; the working folder and the terminals of this chapter are made anew.'
			: 'The lab, the working folder and the terminals of this chapter are made anew: what is in them now is thrown away.';
	const sure = await ask({
		title: 'Start here?',
		text: `${lab} Then everything before “${title}” is done for you. Text in the fields stays.`,
		act: 'Start here',
	});
	if (!sure) return;
	const { chapter, connection } = session;
	const id = newId();
	const stop = session.on('message', (message) => {
		if (!('id' in message) || message.id !== id) return;
		stop();
		if (message.type !== 'lab') return;
		session.progress.clear();
		// From here on it is seen: the terminals, how far it is, and the way to cancel it.
		void session.terminalHost?.prepare('main').catch(() => undefined);
	});
	if (!connection.send({ type: 'catch-up', id, chapter, exercise, digest })) stop();
}
