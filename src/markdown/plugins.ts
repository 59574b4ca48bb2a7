// The remark plugins of a chapter, in the order that they need: first what reads it, then what renders the reading.
import remarkDirective from 'remark-directive';
import type { PluggableList } from 'unified';
import { type ChapterOptions, remarkChapter } from './chapter.ts';
import { remarkCheck } from './check.ts';
import { remarkDiagram } from './diagram.ts';
import { remarkEmptyHeaders } from './empty-headers.ts';
import { remarkExercise } from './exercise.ts';
import { remarkExtra } from './extra.ts';
import { remarkHint } from './hint.ts';
import { remarkMdxErrors } from './mdx-errors.ts';
import { remarkSlides } from './slides.ts';
import { remarkSolution } from './solution.ts';
import { remarkSpeaker } from './speaker.ts';
import { remarkStep } from './step.ts';

/** What reads a chapter into `file.data.chapter`; the manifest needs no more. */
export function readingPlugins(options: ChapterOptions): PluggableList {
	return [remarkDirective, [remarkMdxErrors, options], [remarkChapter, options]];
}

/** What reads a chapter and makes it the site's markup; slides go first, since a sole `extra` makes slides. */
export function chapterPlugins(options: ChapterOptions): PluggableList {
	return [
		...readingPlugins(options),
		remarkSlides,
		remarkSolution,
		remarkStep,
		remarkExercise,
		remarkCheck,
		remarkHint,
		remarkSpeaker,
		remarkExtra,
		[remarkDiagram, options],
		remarkEmptyHeaders,
	];
}
