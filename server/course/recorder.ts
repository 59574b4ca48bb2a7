// Keeps recordings beside the chapters that they are of, and tells which are missing or older than their step.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chapter, Step } from '../../src/course/manifest.ts';
import {
	isRecorded,
	type Recording,
	readRecording,
	recordingFile,
	recordingsFolder,
	writeRecording,
} from '../../src/course/recording.ts';
import { place } from './exercise-run.ts';
import type { Learner, TapedLearner } from './learner.ts';
import { fileRecording, recordingOf } from './tape.ts';

const mend = 'Record it: npm run course --';

function folderOf(content: string, slug: string): string {
	return join(content, 'chapters', slug, recordingsFolder);
}

/** A recording that can be read. */
function recordingIn(file: string): Recording | undefined {
	try {
		return readRecording(readFileSync(file, 'utf8'));
	} catch {
		return undefined;
	}
}

/** Whether it is of the step as it is now; what a file step saves is its solution, which is not in its digest. */
function isOf(recording: Recording, step: Step): boolean {
	if (recording.digest !== step.digest) return false;
	return (
		step.kind === 'command' || writeRecording(recording) === writeRecording(fileRecording(step, recording))
	);
}

/** The steps that need recordings, by file. */
function recorded({ exercises }: Chapter): Map<string, Step> {
	return new Map(
		exercises.flatMap(({ id, steps }) =>
			steps.flatMap((step, index) => (isRecorded(step) ? [[recordingFile(id, index), step] as const] : [])),
		),
	);
}

/** Recordings of steps that the chapter does not have (any more). */
function orphans(content: string, chapter: Chapter): string[] {
	const folder = folderOf(content, chapter.slug);
	const wanted = recorded(chapter);
	return existsSync(folder) ? readdirSync(folder).filter((name) => !wanted.has(name)) : [];
}

/** What is wrong with the chapters' recordings, each with its place and the mend. */
export function recordingProblems(content: string, chapters: readonly Chapter[]): string[] {
	return chapters.flatMap((chapter) => {
		const command = `${mend} ${chapter.slug} --record`;
		const problems = [...recorded(chapter)].flatMap(([name, step]) => {
			const recording = recordingIn(join(folderOf(content, chapter.slug), name));
			if (recording && isOf(recording, step)) return [];
			const what = recording ? 'is newer than its recording' : 'has no recording';
			return [`${place(step.source)}: the step ${what} ${recordingsFolder}/${name}. ${command}`];
		});
		const left = orphans(content, chapter).map(
			(name) => `chapters/${chapter.slug}/${recordingsFolder}/${name} is of no step. ${command}`,
		);
		return [...problems, ...left];
	});
}

/** A learner whose steps are recorded where their recordings are missing or older than they. */
export function recordedLearner(learner: TapedLearner, content: string): Learner {
	const keep = async (slug: string, name: string, recording: Recording) => {
		const folder = folderOf(content, slug);
		await mkdir(folder, { recursive: true });
		// Whoever ends it in the middle leaves the recording before or none, never half of one.
		const next = join(folder, `.${name}.${process.pid}`);
		await writeFile(next, writeRecording(recording));
		await rename(next, join(folder, name));
	};
	return {
		start: (...parameters) => learner.start(...parameters),
		check: (...parameters) => learner.check(...parameters),
		leave: () => learner.leave(),
		async run(reference, step) {
			const { chapter, exercise, step: index } = reference;
			const name = recordingFile(exercise, index);
			const recording = recordingIn(join(folderOf(content, chapter), name));
			if (!isRecorded(step) || (recording && isOf(recording, step))) return learner.run(reference, step);
			const { outcome, tape } = await learner.taped(reference, step);
			if (outcome.state === 'passed' && tape) await keep(chapter, name, recordingOf(step, tape));
			return outcome;
		},
		async save(reference, content, step) {
			const outcome = await learner.save(reference, content, step);
			// Made of the step alone, so it is the same whenever it is made.
			const name = recordingFile(reference.exercise, reference.step);
			if (outcome.state === 'passed') await keep(reference.chapter, name, fileRecording(step, learner.size));
			return outcome;
		},
	};
}

/** Removes recordings of steps that are gone. */
export async function removeOrphans(content: string, chapters: readonly Chapter[]): Promise<void> {
	for (const chapter of chapters)
		for (const name of orphans(content, chapter)) await rm(join(folderOf(content, chapter.slug), name));
}
