// Several chapters one after the other, each by a learner of its own.
import type { Chapter, CourseManifest } from '../../src/course/manifest.ts';
import { OptionError } from '../options.ts';
import type { LabKind } from '../protocol.ts';
import { type Progress, runChapter } from './chapter-run.ts';
import { connectLearner } from './learner.ts';
import { type CourseReport, reportFormat } from './report.ts';

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

/** @param site where the server listens, as `http://127.0.0.1:4321/`. */
export async function runCourse(
	site: string,
	chapters: readonly Chapter[],
	lab: LabKind,
	progress: Progress,
): Promise<CourseReport> {
	const report: CourseReport = { format: reportFormat, lab, chapters: [] };
	for (const chapter of chapters) {
		const learner = await connectLearner(site);
		report.chapters.push(await runChapter(chapter, lab, learner, progress));
		await learner.leave();
	}
	return report;
}
