// Plays a step's recording in the dock, where there is no lab. Loaded when the first one is played.
import { type Recording, readRecording, recordingFile } from '../course/recording.ts';
import { RecordingStage } from './recording-stage.ts';
import type { Target } from './runs.ts';
import type { Session } from './session.ts';

/** By terminal. */
const stages = new Map<string, RecordingStage>();

/**
 * Plays the recording of a step on this page's terminals; settled when it has ended, or gives way to another one.
 * @param say told in a sentence how it goes; `played` once it has begun.
 */
export async function playRecording(
	session: Session,
	target: Target,
	terminal: string,
	say: (note: string, played?: boolean) => void,
): Promise<void> {
	let recording: Recording;
	try {
		recording = await load(target);
	} catch {
		return say('There is no recording of this step here.');
	}
	if (recording.digest !== target.digest)
		return say('The recording is older than this step: it is not played.');
	await session.terminalHost?.prepare(terminal);
	const panel = document.getElementById(`terminal-${terminal}`);
	if (!panel) return;
	let stage = stages.get(terminal);
	if (!stage) {
		stage = new RecordingStage(panel);
		stages.set(terminal, stage);
		// A lab that comes after all takes its terminal back.
		const stop = session.on('terminals', () => {
			stop();
			stages.get(terminal)?.remove();
			stages.delete(terminal);
		});
	}
	say('Playing a recording.', true);
	const played = await stage.play(recording);
	say(played === 'ended' ? 'Played from a recording; nothing has run.' : 'The recording was stopped.', true);
}

async function load({ chapter, exercise, step = 0 }: Target): Promise<Recording> {
	const { base = '/' } = document.body.dataset;
	const file = recordingFile(exercise, step);
	const response = await fetch(`${base.replace(/\/*$/, '/')}recordings/${chapter}/${file}`);
	if (!response.ok) throw new Error(`${response.status}`);
	return readRecording(await response.text());
}
