import { ask, openDialog } from './ask.ts';
import { connectionInWords } from './connection-status.ts';
import { button, create } from './create.ts';
import { newId, type Session } from './session.ts';
import { screenReaderWanted, wantScreenReader } from './terminal-tab.ts';
import { thrownAway } from './thrown-away.ts';

/** What can be done about the lab: see what it is, start it anew, clear the progress, have terminals spoken. */
export function openLabDialog(session: Session, speak: (on: boolean) => void): void {
	const status = create('p', { role: 'status' }, connectionInWords(session));
	const stop = session.on('changed', () => {
		status.textContent = connectionInWords(session);
	});
	// What has been done is seen in the dock and on the page, not here.
	const leave = (done: boolean) => {
		if (done) dialog.close();
	};
	const reset = button('Reset the lab…', () => void resetLab(session, status).then(leave));
	const clear = button('Clear the progress…', () => void clearProgress(session).then(leave));
	reset.disabled = session.connection.state.name !== 'ready' || session.lab?.kind === 'none';
	const spoken = create('input', { type: 'checkbox', checked: screenReaderWanted() });
	spoken.addEventListener('change', () => {
		wantScreenReader(spoken.checked);
		speak(spoken.checked);
	});
	const dialog = openDialog('Lab', [
		status,
		create(
			'p',
			{},
			reset,
			session.lab?.kind === 'kubeconfig'
				? ' A new working folder and new terminals for this chapter; your cluster stays as it is unless you say so.'
				: ' A new lab and a new working folder for this chapter.',
		),
		create('p', {}, clear, ' The ticks of this chapter; the lab stays as it is.'),
		create('p', {}, create('label', {}, spoken, ' Let screen readers speak what terminals show')),
	]);
	dialog.addEventListener('close', stop);
}

/** Gives whether the lab is being reset. */
async function resetLab(session: Session, status: HTMLElement): Promise<boolean> {
	const { words, cleanUp } = thrownAway(session);
	const sure = await ask({ title: 'Reset the lab?', text: words, act: 'Reset it' });
	if (!sure) return false;
	const { chapter, connection } = session;
	const sent = connection.send({ type: 'reset', id: newId(), chapter, cleanUp: cleanUp() });
	if (sent) session.progress.clear();
	else status.textContent = 'Not sent: there is no connection to the lab.';
	return sent;
}

/** Gives whether the progress was cleared. */
async function clearProgress(session: Session): Promise<boolean> {
	const text = 'All steps of this chapter are shown as not run yet.';
	const sure = await ask({ title: 'Clear the progress?', text, act: 'Clear it' });
	if (sure) session.progress.clear();
	return sure;
}
