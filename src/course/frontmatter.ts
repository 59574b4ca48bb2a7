// What stands between the `---` lines at the top of a chapter.
import { z } from 'zod';

/** `nginx:1.27`, `registry.example.org/team/app@sha256:…`: no space, no quote. */
export const imageName = /^[\w.:@/-]+$/;

/** What any page of Starlight may have besides a title and a description. */
const pageFields = [
	'banner',
	'draft',
	'editUrl',
	'head',
	'hero',
	'lastUpdated',
	'next',
	'pagefind',
	'prev',
	'sidebar',
	'slug',
	'tableOfContents',
	'template',
];

/** A chapter's own fields; Starlight's are allowed beside them (`unknownField`). */
export const frontmatterSchema = z.object({
	title: z.string().min(1),
	/** One sentence for the landing page and for search engines. */
	description: z.string().optional(),
	/** How long presenting it takes. */
	minutes: z.number().int().positive(),
	/** What a learner can do afterwards. */
	objectives: z.array(z.string().min(1)).default([]),
	lab: z
		.strictObject({
			nodes: z.number().int().min(1).max(9).default(1),
			/** Container images without which the chapter cannot be taken. */
			images: z.array(z.string().regex(imageName)).optional(),
		})
		.default({ nodes: 1 }),
});

/** The first field that means nothing: neither a chapter's nor a page's. */
export function unknownField(frontmatter: Readonly<Record<string, unknown>>): string | undefined {
	const known = [...Object.keys(frontmatterSchema.shape), ...pageFields];
	return Object.keys(frontmatter).find((field) => !known.includes(field));
}

export type Frontmatter = z.infer<typeof frontmatterSchema>;
