// Reads a chapter before anything renders it: every other plugin of this folder finds the reading at the file.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import type { VFile } from 'vfile';
import { type ChapterReading, readChapter } from '../course/chapter.ts';
import { Source } from '../course/source.ts';
import { refuseBadPictures } from './diagram.ts';
import { refuseUnknownNames } from './mdx-names.ts';
import { refuseSetextHeadings } from './setext-headings.ts';
import { restoreTextDirectives } from './text-directives.ts';
import { refuseUnclosedDirectives } from './unclosed-directives.ts';

declare module 'vfile' {
	interface DataMap {
		chapter: ChapterReading;
	}
}

/** What is around a chapter's text: how authors call the file, and the files beside it. */
export interface ChapterSurroundings {
	file: string;
	/** Path in the chapter's folder → text. */
	files: Readonly<Record<string, string>>;
}

export interface ChapterOptions {
	/** The surroundings of the chapter at a path; undefined where the file is no chapter. */
	surroundings: (path: string) => ChapterSurroundings | undefined;
}

/** remark plugin: checks a chapter's tree and reads it into `file.data.chapter`. Throws a SourceError. */
export const remarkChapter: Plugin<[ChapterOptions], Root> = ({ surroundings }) => {
	return async (tree, file) => {
		const around = surroundings(file.path);
		if (!around) return;
		const source = new Source(around.file, String(file));
		refuseUnclosedDirectives(tree, source);
		refuseSetextHeadings(tree, source);
		refuseUnknownNames(tree, source);
		restoreTextDirectives(tree, source);
		refuseBadPictures(tree, source, around.files);
		file.data.chapter = await readChapter(tree, source, around.files);
	};
};

/** The reading of the chapter that a file is, if it is one. */
export function readingOf(file: VFile): ChapterReading | undefined {
	return file.data.chapter;
}
