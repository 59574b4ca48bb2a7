// Several chapters, each by a learner of its own.
import type { Chapter, CourseManifest } from '../../src/course/manifest.ts';
import { OptionError } from '../options.ts';
import { runChapter } from './chapter-run.ts';
import { type Surroundings, skippedSteps } from './exercise-run.ts';
import { inOrder } from './in-order.ts';
import { connectLearner } from './learner.ts';
import { printProgress } from './progress.ts';
import { recordedLearner } from './recorder.ts';
import { type ChapterReport, type CourseReport, reportFormat } from './report.ts';

/**
 * The chapters of these slugs, in the course's order; all of them where none is named.
 * @throws OptionError where the course has no such chapter.
 */
export function chaptersOf({ chapters }: CourseManifest, slugs: readonly string[]): Chapter[] {
	const known = chapters.map(({ slug }) => slug);
	const unknown = slugs.find((slug) => !known.includes(slug));
	if (unknown !== undefined)
		throw new OptionError(`The course has no chapter ${unknown}. It has: ${known.join(', ') || 'none'}.`);
	return slugs.length === 0 ? chapters : chapters.filter(({ slug }) => slugs.includes(slug));
}

export interface CourseRunOptions {
	surroundings: Surroundings;
	/** How many chapters run side by side: 1 where they share a cluster. */
	atOnce: number;
	print(lines: string): void;
	/** Ends the run: what has not ended by then is reported as not run, with the signal's reason. */
	interrupted?: AbortSignal;
	/** The content folder, where recordings are to be made that are missing there or older than their steps. */
	record?: string | undefined;
}

/** @param site where the server listens, as `http://127.0.0.1:4321/`. */
export async function runCourse(
	site: string,
	chapters: readonly Chapter[],
	{ surroundings, atOnce, print, interrupted, record }: CourseRunOptions,
): Promise<CourseReport> {
	const reports = await inOrder(chapters, atOnce, print, async (chapter, print) => {
		if (interrupted?.aborted) return notRun(chapter, (interrupted.reason as Error).message);
		const learner = await connectLearner(site, interrupted);
		try {
			const recorded = record === undefined ? learner : recordedLearner(learner, record);
			return await runChapter(chapter, surroundings, recorded, printProgress(print));
		} finally {
			await learner.leave();
		}
	});
	return { format: reportFormat, lab: surroundings.lab, chapters: reports };
}

function notRun({ slug, title, exercises }: Chapter, reason: string): ChapterReport {
	const skipped = exercises.map(({ id, title, steps }) => ({
		id,
		title,
		state: 'skipped' as const,
		steps: skippedSteps(steps, reason),
	}));
	return { slug, title, state: 'skipped', durationMs: 0, reason, exercises: skipped, checks: [] };
}
