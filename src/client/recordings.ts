// Run where there is no lab: recordings are played, in every window of the browser where a run would be shown if a
// server told of it. Loaded when nothing but recordings can be played.
import type { Target } from './runs.ts';
import type { Session } from './session.ts';

/** How long another window may take to answer. Milliseconds. */
const patience = 1_500;

/** From the window in which Run was pressed to all others, and from those that play it to all others. */
type Note =
	| { type: 'play'; target: Target; terminal: string }
	| { type: 'said'; target: Target; note: string; played: boolean };

/** One for the page: a window does not hear itself. */
let windows: BroadcastChannel | undefined;
/** Told of what other windows say. */
const hearers = new Set<(target: Target) => void>();

/**
 * Plays the recording of a step and says at the step how that goes: on this page where it shows terminals, and in
 * the chapter's decks in other windows. A speaker view has nothing but them.
 */
export async function play(session: Session, target: Target, terminal = 'main'): Promise<void> {
	const channel = listen(session);
	channel.postMessage({ type: 'play', target, terminal } satisfies Note);
	if (session.terminalHost) await playHere(session, target, terminal);
	else await deckAnswers(session, target);
}

/** Plays what other windows ask for, on a page that shows terminals; and says what they say, on one that does not. */
export function listen(session: Session): BroadcastChannel {
	if (windows) return windows;
	const channel = new BroadcastChannel(`slidecar:recordings:${session.chapter}`);
	windows = channel;
	channel.onmessage = ({ data }: MessageEvent<Note>) => {
		const isDeck = document.documentElement.dataset.view === 'deck';
		// Not over a lab's terminal, where this page has found one and the other has not.
		if (data.type === 'play' && isDeck && !session.lab) void playHere(session, data.target, data.terminal);
		// A page with terminals says itself how its recording goes.
		if (data.type === 'said' && !session.terminalHost) {
			for (const hear of hearers) hear(data.target);
			session.runs.say(data.target, data.note, { played: data.played });
		}
	};
	return channel;
}

async function playHere(session: Session, target: Target, terminal: string): Promise<void> {
	const say = (note: string, played = false) => {
		session.runs.say(target, note, { played });
		windows?.postMessage({ type: 'said', target, note, played } satisfies Note);
	};
	say('Loading the recording…');
	try {
		const { playRecording } = await import('./recording-player.ts');
		await playRecording(session, target, terminal, say);
	} catch {
		say('The recording could not be loaded. Try again.');
	}
}

/** Says where no deck has answered in time. */
function deckAnswers(session: Session, target: Target): Promise<void> {
	session.runs.say(target, 'Asking the deck…');
	return new Promise((resolve) => {
		const settle = () => {
			clearTimeout(timer);
			hearers.delete(hear);
			resolve();
		};
		const hear = (answered: Target) => {
			if (answered.exercise === target.exercise && answered.step === target.step) settle();
		};
		const timer = setTimeout(() => {
			settle();
			session.runs.say(
				target,
				'No deck of this chapter is open in this browser: open it, and the recording plays there.',
			);
		}, patience);
		hearers.add(hear);
	});
}
