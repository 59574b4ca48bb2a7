// Recordings of steps: what a step's terminal showed when the course was run, as an asciicast (version 2), for
// where there is no lab. Pure: shared by the recorder, the build and the player.
import type { Step } from './manifest.ts';

export interface Recording {
	columns: number;
	rows: number;
	/** The command, or `save FILE`. */
	title: string;
	/** Of the step that it was made of. */
	digest: string;
	/** Seconds from its beginning, and what was printed then. */
	events: [at: number, text: string][];
}

/** The folder in a chapter's folder. */
export const recordingsFolder = 'recordings';

/** The file of a step's recording in its chapter's folder of recordings; steps are counted from 0. */
export function recordingFile(exercise: string, step: number): string {
	return `${exercise}-${step + 1}.cast`;
}

/** Whether a step has a recording: all that is shown and certain to run on the embedded lab. */
export function isRecorded(step: Step): boolean {
	return step.kind === 'file' || !(step.hidden || step.optional || step.only === 'kubeconfig');
}

/** @see https://docs.asciinema.org/manual/asciicast/v2/ — the digest is a field of our own, which players ignore. */
export function writeRecording({ columns, rows, title, digest, events }: Recording): string {
	const header = { version: 2, width: columns, height: rows, title, digest };
	return [header, ...events.map(([at, text]) => [at, 'o', text])]
		.map((line) => `${JSON.stringify(line)}\n`)
		.join('');
}

/** Reads an asciicast; what is no output (markers, input) is left out. Throws where it is none. */
export function readRecording(text: string): Recording {
	const [first, ...rest] = text.split('\n').filter((line) => line !== '');
	const header = JSON.parse(first ?? '') as Record<string, unknown>;
	if (header.version !== 2) throw new Error('It is no asciicast of version 2.');
	const events = rest
		.map((line) => JSON.parse(line) as [number, string, string])
		.filter(([, kind]) => kind === 'o')
		.map(([at, , text]): [number, string] => [at, text]);
	return {
		columns: Number(header.width),
		rows: Number(header.height),
		title: String(header.title ?? ''),
		digest: String(header.digest ?? ''),
		events,
	};
}
