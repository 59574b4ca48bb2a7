import { ask } from './ask.ts';
import { create } from './create.ts';
import { newId, type Session } from './session.ts';
import { thrownAway } from './thrown-away.ts';

/** Brings the chapter's lab to where an exercise begins, once the person has agreed to lose what is there. */
export async function startHere(session: Session, element: HTMLElement): Promise<void> {
	const { exercise = '', digest = '' } = element.dataset;
	const title = element.querySelector('.exercise-title')?.textContent ?? exercise;
	const { words, cleanUp } = thrownAway(session);
	const sure = await ask({
		title: 'Start here?',
		text: [...words, create('p', {}, `Then everything before “${title}” is done for you.`)],
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
	if (!connection.send({ type: 'catch-up', id, chapter, exercise, digest, cleanUp: cleanUp() })) stop();
}
