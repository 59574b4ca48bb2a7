import { ask, openDialog } from './ask.ts';
import { connectionInWords } from './connection-status.ts';
import { button, create } from './create.ts';
import type { Session } from './session.ts';
import { screenReaderWanted, wantScreenReader } from './terminal-tab.ts';

/** What can be done about the lab: see what it is, start it anew, clear the progress, have terminals spoken. */
export function openLabDialog(session: Session, speak: (on: boolean) => void): void {
	const status = create('p', { role: 'status' }, connectionInWords(session));
	const stop = session.on('changed', () => {
		status.textContent = connectionInWords(session);
	});
	const reset = button('Reset the lab…', () => void resetLab(session, status));
	const clear = button('Clear the progress…', () => void clearProgress(session));
	reset.disabled = session.connection.state.name !== 'ready' || session.lab?.kind === 'none';
	const spoken = create('input', { type: 'checkbox', checked: screenReaderWanted() });
	spoken.addEventListener('change', () => {
		wantScreenReader(spoken.checked);
		speak(spoken.checked);
	});
	const dialog = openDialog('Lab', [
		status,
		create('p', {}, reset, ' A new lab and a new working folder for this chapter.'),
		create('p', {}, clear, ' The ticks of this chapter; the lab stays as it is.'),
		create('p', {}, create('label', {}, spoken, ' Let screen readers speak what terminals show')),
	]);
	dialog.addEventListener('close', stop);
}

async function resetLab(session: Session, status: HTMLElement): Promise<void> {
	const sure = await ask({
		title: 'Reset the lab?',
		text: 'Everything in this chapter’s lab, its terminals, saved files and ticks are thrown away. Text in the fields stays.',
		act: 'Reset it',
	});
	if (!sure) return;
	if (session.reset()) session.progress.clear();
	else status.textContent = 'Not sent: there is no connection to the lab.';
}

async function clearProgress(session: Session): Promise<void> {
	const text = 'All steps of this chapter are shown as not run yet.';
	if (await ask({ title: 'Clear the progress?', text, act: 'Clear it' })) session.progress.clear();
}
