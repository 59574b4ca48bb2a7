// What stands between the `---` lines at the top of a chapter.
import { z } from 'zod';

/** `nginx:1.27`, `registry.example.org/team/app@sha256:…`: no space, no quote. */
export const imageName = /^[\w.:@/-]+$/;

/** A chapter's own fields; Starlight's (description, sidebar, …) are allowed beside them. */
export const frontmatterSchema = z.object({
	title: z.string().min(1),
	/** One sentence for the landing page and for search engines. */
	description: z.string().optional(),
	/** How long presenting it takes. */
	minutes: z.number().int().positive(),
	/** What a learner can do afterwards. */
	objectives: z.array(z.string().min(1)).default([]),
	lab: z
		.object({
			nodes: z.number().int().min(1).max(9).default(1),
			/** Container images without which the chapter cannot be taken. */
			images: z.array(z.string().regex(imageName)).optional(),
		})
		.default({ nodes: 1 }),
});

export type Frontmatter = z.infer<typeof frontmatterSchema>;
