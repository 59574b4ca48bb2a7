// The folder that authors write: course.yaml and chapters/<slug>/index.md(x) with the files beside it.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { prettifyError } from 'zod';
import { arrangeChapters, type Course, courseSchema, type Part } from './course/course.ts';
import { type CourseManifest, manifestFormat } from './course/manifest.ts';
import { recordingsFolder } from './course/recording.ts';
import type { ChapterSurroundings } from './markdown/chapter.ts';
import { type ChapterSource, readChapterSource } from './markdown/read-chapter.ts';

/** Where the content is: SLIDECAR_CONTENT, absolute or relative to the working directory, or `content`. */
export const contentFolder = resolve(process.env.SLIDECAR_CONTENT || 'content');
export const chaptersFolder = join(contentFolder, 'chapters');

/** A file beside a chapter is text up to this size; what is larger or binary is no part of an exercise. */
const largestFile = 1 << 20;

/** The course.yaml, or the folder's name as title where there is none. */
export function readCourse(): Course {
	const file = join(contentFolder, 'course.yaml');
	if (!existsSync(file)) return courseSchema.parse({ title: basename(contentFolder) });
	const course = courseSchema.safeParse(readYaml(file));
	if (course.success) return course.data;
	throw new Error(`course.yaml: ${prettifyError(course.error)}\nIt holds: title, description, parts.`);
}

function readYaml(file: string): unknown {
	try {
		return parse(readFileSync(file, 'utf8'));
	} catch (error) {
		// The reason says the line, and shows it.
		throw new Error(`${basename(file)}: ${(error as Error).message.trim()}\nIt is no YAML: mend that line.`);
	}
}

/** The names of the chapters' folders. */
export function chapterSlugs(): string[] {
	if (!existsSync(chaptersFolder)) {
		throw new Error(`There is no ${chaptersFolder}. Make it, or name another content folder by --content.`);
	}
	return readdirSync(chaptersFolder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && chapterFile(entry.name) !== undefined)
		.map((entry) => entry.name)
		.sort();
}

/** The course's parts with their chapters, in order. */
export function readParts(): Part[] {
	return arrangeChapters(readCourse(), chapterSlugs());
}

/** The whole course's manifest. Throws a SourceError for the first thing that is wrong in a chapter. */
export async function readManifest(): Promise<CourseManifest> {
	const slugs = readParts().flatMap((part) => part.chapters);
	const chapters = await Promise.all(slugs.map((slug) => readChapterSource(readChapterFolder(slug))));
	return { format: manifestFormat, title: readCourse().title, chapters };
}

/** The chapters' recordings, as `npm run course -- --record` has written them. */
export function readRecordings(): { slug: string; name: string; text: string }[] {
	return chapterSlugs().flatMap((slug) => {
		const folder = join(chaptersFolder, slug, recordingsFolder);
		const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.cast')) : [];
		return names.sort().map((name) => ({ slug, name, text: readFileSync(join(folder, name), 'utf8') }));
	});
}

/** What a chapter's plugins need of its surroundings; undefined where a path is no chapter's. */
export function surroundingsOf(path: string): ChapterSurroundings | undefined {
	const folder = dirname(path);
	if (dirname(folder) !== chaptersFolder || !/^index\.mdx?$/.test(basename(path))) return undefined;
	return { file: nameOf(path), files: readFiles(folder) };
}

function chapterFile(slug: string): string | undefined {
	return ['index.mdx', 'index.md'].map((name) => join(chaptersFolder, slug, name)).find(existsSync);
}

function readChapterFolder(slug: string): ChapterSource {
	const file = chapterFile(slug)!;
	return { slug, file: nameOf(file), text: readFileSync(file, 'utf8'), files: readFiles(dirname(file)) };
}

function nameOf(path: string): string {
	return relative(contentFolder, path).split(sep).join('/');
}

/** A chapter folder's text files, but the chapter itself and its recordings: path in the folder → text. */
function readFiles(folder: string): Record<string, string> {
	const files: Record<string, string> = {};
	for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
		if (entry.startsWith(recordingsFolder + sep)) continue;
		const path = join(folder, entry);
		const about = statSync(path);
		if (!about.isFile() || about.size > largestFile || /^index\.mdx?$/.test(entry)) continue;
		const bytes = readFileSync(path);
		if (!bytes.includes(0)) files[entry.split(sep).join('/')] = bytes.toString('utf8');
	}
	return files;
}
