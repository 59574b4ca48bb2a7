// course.yaml: the course's title, its parts, and the order of its chapters.
import { z } from 'zod';

const partSchema = z.strictObject({
	title: z.string().min(1),
	/** Chapter slugs (their folders' names), in order. */
	chapters: z.array(z.string().min(1)),
});

export const courseSchema = z.strictObject({
	title: z.string().min(1),
	/** One or two sentences for the landing page. */
	description: z.string().default(''),
	parts: z.array(partSchema).default([]),
});

export type Course = z.infer<typeof courseSchema>;

/** A part with nothing but a title and its chapters; the title is empty for chapters that no part names. */
export interface Part {
	title: string;
	chapters: string[];
}

/**
 * The parts in order, with the chapters that no part names at the end, by name.
 * Throws where a part names a chapter that is not there, or one twice.
 */
export function arrangeChapters(course: Course, slugs: readonly string[]): Part[] {
	const named = new Set<string>();
	for (const { title, chapters } of course.parts) {
		for (const slug of chapters) {
			if (!slugs.includes(slug)) {
				throw new Error(
					`course.yaml: the part “${title}” names the chapter “${slug}”, which is not there. ` +
						`Make chapters/${slug}/index.mdx, or take the name out. There are: ${slugs.join(', ') || 'none'}.`,
				);
			}
			if (named.has(slug)) {
				throw new Error(`course.yaml: the chapter “${slug}” is named twice. Leave one of them.`);
			}
			named.add(slug);
		}
	}
	const rest = slugs.filter((slug) => !named.has(slug)).sort();
	return rest.length === 0 ? [...course.parts] : [...course.parts, { title: '', chapters: rest }];
}
