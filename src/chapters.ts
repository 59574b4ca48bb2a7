// The chapters' entries, for the pages that show them.
import { getCollection } from 'astro:content';
import { readParts } from './content-folder.ts';
import type { Frontmatter } from './course/frontmatter.ts';
import { slugOf } from './site.ts';

/** What the pages use of a collection entry, whether or not Astro has generated its types yet. */
interface ChapterEntry {
	id: string;
	data: Frontmatter;
}

async function chapterEntries(): Promise<ChapterEntry[]> {
	return getCollection('docs');
}

/** One path for each chapter: `getStaticPaths` of its deck and its speaker view. */
export async function chapterPaths() {
	const entries = await chapterEntries();
	return entries.map((entry) => ({ params: { slug: slugOf(entry.id)! }, props: { entry } }));
}

/** The course's parts with their chapters, in order. */
export async function courseParts() {
	const entries = await chapterEntries();
	return readParts().map(({ title, chapters }) => ({
		title,
		chapters: chapters.map((slug) => ({ slug, ...entries.find((entry) => slugOf(entry.id) === slug)!.data })),
	}));
}
