import { button, create } from './create.ts';
import type { Session } from './session.ts';

/** A connect that takes less than this is not worth a word. Milliseconds. */
const calm = 800;

/** What is said of the connection and the lab: a dot, a few words, and Try now where that helps. */
export function connectionStatus(session: Session): HTMLElement {
	const words = create('span', { class: 'connection-words', role: 'status' });
	const retry = button('Try now', () => session.connection.retryNow());
	const holder = create(
		'span',
		{ class: 'connection' },
		create('span', { class: 'connection-dot' }),
		words,
		retry,
	);
	let late: ReturnType<typeof setTimeout> | undefined;
	const show = () => {
		clearTimeout(late);
		const { state } = session.connection;
		holder.dataset.state = state.name;
		retry.hidden = state.name !== 'waiting';
		if (state.name === 'connecting') late = setTimeout(() => say(words, 'Connecting…'), calm);
		else say(words, connectionInWords(session));
	};
	session.on('changed', show);
	show();
	return holder;
}

function say(words: HTMLElement, text: string): void {
	if (words.textContent !== text) words.textContent = text;
	words.title = text;
}

/** The state of connection and lab in a sentence; the lab's kind is always said. */
export function connectionInWords(session: Session): string {
	const { state } = session.connection;
	if (state.name === 'absent') return 'No lab here: Run plays recordings.';
	if (state.name === 'refused') return state.message;
	if (state.name === 'waiting') return state.message ?? 'No connection to the lab. Trying again…';
	if (state.name === 'connecting') return 'Connecting…';
	const { labProgress, lab, notice } = session;
	if (notice) return notice;
	if (labProgress && labProgress.state !== 'ready') return labProgress.message;
	return lab?.description ?? '';
}
