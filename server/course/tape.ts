// What a terminal printed while a step ran → its recording: without the machine that it ran on, and with the
// times of a talk instead of those of a computer.
import { homedir, hostname, userInfo } from 'node:os';
import type { FileStep, Step } from '../../src/course/manifest.ts';
import type { Recording } from '../../src/course/recording.ts';
import { commandOf } from './exercise-run.ts';

/** Output as it came. */
export interface Tape {
	/** The prompt that the step was typed at, where it is a nested shell's. */
	prompt: string;
	columns: number;
	rows: number;
	/** Milliseconds, and what came then. */
	chunks: { at: number; bytes: Uint8Array }[];
}

/** Seconds: until the command is typed, until its first output, and the longest wait in between. */
const typing = 0.4;
const thinking = 0.4;
const longestWait = 1.5;
/** Characters of output that are kept; a flood's middle is left out. */
const longestOutput = 24_000;

const control = '\u001b';
/** Marks of the shell integration, titles, and the modes of the shell's own line editor. */
const unseen = new RegExp(
	`${control}\\](?:133|0|1|2);[^\\u0007${control}]*(?:\\u0007|${control}\\\\)|${control}\\[\\?2004[hl]`,
	'g',
);
const started = new RegExp(`${control}\\]133;C[^\\u0007]*\\u0007`);
const done = new RegExp(`${control}\\]133;D[^\\u0007]*\\u0007`);

/** What names this machine, and what stands in its place. */
function scrubbing(): [RegExp, string][] {
	const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const name = hostname();
	const user = userInfo().username;
	return [
		[/\/[^\s'"]*\/slidecar-\d+-[0-9a-f]{32}/g, '/session'],
		[/\b(127\.0\.0\.1|localhost):\d{4,5}\b/g, '$1:6443'],
		...(name.length > 3
			? [[new RegExp(`\\b${literally(name)}\\b`, 'g'), 'localhost'] as [RegExp, string]]
			: []),
		// `root` is a word of its own in many an output.
		...(user.length > 3 && user !== 'root'
			? ([
					[new RegExp(literally(homedir()), 'g'), '/home/learner'],
					[new RegExp(`\\b${literally(user)}\\b`, 'g'), 'learner'],
				] as [RegExp, string][])
			: []),
	];
}

/** Puts lines together that came in pieces: what is scrubbed must not be cut in two. */
function wholeLines({ chunks }: Tape): [at: number, text: string][] {
	const decoder = new TextDecoder();
	const lines: [number, string][] = [];
	let pending = '';
	let last = 0;
	for (const { at, bytes } of chunks) {
		pending += decoder.decode(bytes, { stream: true });
		last = at;
		const end = pending.lastIndexOf('\n') + 1;
		if (end === 0) continue;
		lines.push([at, pending.slice(0, end)]);
		pending = pending.slice(end);
	}
	if (pending !== '') lines.push([last, pending]);
	return lines;
}

/** The output alone: from the command's start to its end, or behind its echo where nothing marks these. */
function outputOf(step: Step, tape: Tape): [at: number, text: string][] {
	const lines = wholeLines(tape);
	const marked = lines.some(([, text]) => started.test(text));
	const nested = step.kind === 'command' && step.in !== undefined;
	const kept: [number, string][] = [];
	let on = false;
	for (const [at, line] of lines) {
		let text = line;
		if (!on && marked && !nested) {
			const mark = started.exec(text);
			if (!mark) continue;
			text = text.slice(mark.index + mark[0].length);
			on = true;
		} else if (!on) {
			// The echo ends with its line.
			on = text.includes('\n');
			text = text.slice(text.indexOf('\n') + 1);
			if (!on) continue;
		}
		const end = done.exec(text);
		kept.push([at, (end ? text.slice(0, end.index) : text).replaceAll(unseen, '')]);
		if (end) break;
	}
	return kept.filter(([, text]) => text !== '');
}

/** Leaves out the middle of a flood. */
function shortened(events: [number, string][]): [number, string][] {
	const total = events.reduce((sum, [, text]) => sum + text.length, 0);
	if (total <= longestOutput) return events;
	const text = events.map(([, text]) => text).join('');
	const half = longestOutput / 2;
	const from = text.lastIndexOf('\n', half) + 1;
	const to = text.indexOf('\n', text.length - half) + 1;
	return [[events[0][0], `${text.slice(0, from)}[…]\r\n${text.slice(to)}`]];
}

const tenths = (seconds: number) => Math.round(seconds * 10) / 10;
const asTyped = (text: string) => text.replaceAll(/\r?\n/g, '\r\n');

/** The recording of a command. */
export function recordingOf(step: Step, tape: Tape): Recording {
	const prompt = step.kind === 'command' && step.in !== undefined ? tape.prompt : '$ ';
	const output = shortened(outputOf(step, tape));
	// What a nested shell prompts for next is shown by the step that is typed there.
	const last = output.at(-1);
	if (last && step.kind === 'command' && (step.opens ?? step.in) !== undefined)
		last[1] = last[1].slice(0, last[1].lastIndexOf('\n') + 1);
	const events: [number, string][] = [
		[0, prompt],
		[typing, `${asTyped(commandOf(step))}\r\n`],
	];
	const scrubs = scrubbing();
	let at = typing + thinking;
	let before = output[0]?.[0] ?? 0;
	for (const [time, text] of output) {
		at += Math.min(longestWait, (time - before) / 1000);
		before = time;
		const clean = scrubs.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);
		const previous = events.at(-1)!;
		if (tenths(at) === previous[0]) previous[1] += clean;
		else events.push([tenths(at), clean]);
	}
	// The next recording begins on a line of its own.
	const end = events.at(-1)!;
	if (!end[1].endsWith('\n')) end[1] += '\r\n';
	const { columns, rows } = tape;
	return { columns, rows, title: commandOf(step).split('\n', 1)[0], digest: step.digest, events };
}

/** The recording of a saved file: it shows what was saved. */
export function fileRecording(step: FileStep, { columns, rows }: Pick<Tape, 'columns' | 'rows'>): Recording {
	const text = asTyped(step.solution ?? step.content);
	return {
		columns,
		rows,
		title: commandOf(step),
		digest: step.digest,
		events: [
			[0, '$ '],
			[typing, `cat ${step.file}\r\n`],
			[typing + thinking, text.endsWith('\n') ? text : `${text}\r\n`],
		],
	};
}
