// The chapters' entries, for the pages that show them.
import { getCollection } from 'astro:content';
import { readParts } from './content-folder.ts';
import { slugOf } from './site.ts';

/** One path for each chapter: `getStaticPaths` of its deck and its speaker view. */
export async function chapterPaths() {
	const entries = await getCollection('docs');
	return entries.map((entry) => ({ params: { slug: slugOf(entry.id)! }, props: { entry } }));
}

/** The course's parts with their chapters' entries, in order. */
export async function courseParts() {
	const entries = await getCollection('docs');
	return readParts().map(({ title, chapters }) => ({
		title,
		chapters: chapters.map((slug) => ({ slug, ...entries.find((entry) => slugOf(entry.id) === slug)!.data })),
	}));
}
