// What the tests of this folder share: small chapters, rendered and read as the site does it.
import { createMarkdownProcessor, type RemarkPlugins } from '@astrojs/markdown-remark';
import type { Chapter } from '../course/manifest.ts';
import { SourceError } from '../course/source-error.ts';
import { chapterPlugins } from './plugins.ts';
import { readChapterSource } from './read-chapter.ts';

/** Renders a chapter's Markdown (no frontmatter) to HTML by Astro's own pipeline, without highlighting. */
export async function render(
	markdown: string,
	{ files = {}, title = 'Test' }: { files?: Record<string, string>; title?: string } = {},
): Promise<string> {
	const surroundings = () => ({ file: 'chapters/test/index.md', files });
	const processor = await createMarkdownProcessor({
		syntaxHighlight: false,
		smartypants: false,
		remarkPlugins: chapterPlugins({ surroundings }) as RemarkPlugins,
	});
	const fileURL = new URL('file:///chapters/test/index.md');
	const { code } = await processor.render(markdown, { fileURL, frontmatter: { title } });
	return code;
}

/** Reads a chapter of MDX (no frontmatter): a line of the given text is that line of the chapter. */
export function read(markdown: string, files: Record<string, string> = {}): Promise<Chapter> {
	return readAs('index.mdx', `---\ntitle: Test\nminutes: 5\n---\n${markdown}`, files);
}

/** Reads a chapter's whole text. */
export function readAs(name: string, text: string, files: Record<string, string> = {}): Promise<Chapter> {
	return readChapterSource({ slug: 'test', file: `chapters/test/${name}`, text, files });
}

/** Lines of frontmatter that `read` puts above the text. */
const above = 4;

/** The author's mistake in a chapter, its line counted in the given text; fails where there is none. */
export async function mistake(markdown: string, files: Record<string, string> = {}) {
	try {
		await read(markdown, files);
	} catch (error) {
		if (!(error instanceof SourceError)) throw error;
		const { place, problem, mend } = error;
		return { file: place.file, line: place.line - above, column: place.column, problem, mend };
	}
	throw new Error('The chapter was read without a complaint');
}
