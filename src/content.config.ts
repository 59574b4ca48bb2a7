// The chapters, as Starlight's collection: it shows them at /read/<slug>/, and our own pages show the same entries.

import { defineCollection } from 'astro:content';
import { dirname } from 'node:path';
import { docsSchema } from '@astrojs/starlight/schema';
import { glob, type Loader } from 'astro/loaders';
import { chaptersFolder, readManifest } from './content-folder.ts';
import { frontmatterSchema } from './course/frontmatter.ts';

const files = glob({
	base: chaptersFolder,
	pattern: '*/index.{md,mdx}',
	generateId: ({ entry }) => `read/${dirname(entry)}`,
});

const chapters: Loader = {
	name: 'chapters',
	async load(context) {
		// A mistake stops the build before anything is rendered, with its file, line and mend.
		await readManifest();
		// A chapter's rendering depends on the files beside it too, which the store knows nothing of.
		context.store.clear();
		await files.load(context);
	},
};

export const collections = {
	docs: defineCollection({ loader: chapters, schema: docsSchema({ extend: frontmatterSchema }) }),
};
