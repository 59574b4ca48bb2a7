// A chapter's text → its part of the manifest, by the very plugins that render it.
import { parseFrontmatter } from '@astrojs/markdown-remark';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { VFile } from 'vfile';
import { type ChapterReading, chapterOf } from '../course/chapter.ts';
import { type Frontmatter, frontmatterSchema, unknownField } from '../course/frontmatter.ts';
import type { Chapter } from '../course/manifest.ts';
import { SourceError } from '../course/source-error.ts';
import { readingPlugins } from './plugins.ts';

/** A chapter as it lies in the content folder. */
export interface ChapterSource {
	slug: string;
	/** Relative to the content folder; its end, `.md` or `.mdx`, says what it is. */
	file: string;
	text: string;
	/** The files beside it: path in the chapter's folder → text. */
	files: Readonly<Record<string, string>>;
}

const labFolder = 'lab/';

/** Reads a chapter. Throws a SourceError for the first thing that is wrong in it. */
export async function readChapterSource(chapter: ChapterSource): Promise<Chapter> {
	const { content, frontmatter } = splitFrontmatter(chapter);
	const about = readFrontmatter(chapter, frontmatter);
	const reading = await readContent(chapter, content);
	const files = Object.fromEntries(
		Object.entries(chapter.files)
			.filter(([path]) => path.startsWith(labFolder))
			.map(([path, text]) => [path.slice(labFolder.length), text]),
	);
	return chapterOf(reading, { slug: chapter.slug, files, ...about });
}

function readFrontmatter({ file, text }: ChapterSource, frontmatter: Record<string, unknown>): Frontmatter {
	const refuse = (field: string, problem: string) =>
		new SourceError(
			{ file, line: lineOfField(text, field), column: 1 },
			problem,
			'A chapter needs `title` and `minutes`, and may have `description`, `objectives` and `lab: { nodes, images }`.',
		);
	const unknown = unknownField(frontmatter);
	if (unknown !== undefined) throw refuse(unknown, `The frontmatter's \`${unknown}\` means nothing.`);
	const about = frontmatterSchema.safeParse(frontmatter);
	if (about.success) return about.data;
	const { path, message } = about.error.issues[0];
	const field = String(path[0]);
	if (path.length === 1 && !Object.hasOwn(frontmatter, field))
		throw refuse(field, `The frontmatter has no \`${field}\`.`);
	throw refuse(field, `The frontmatter's \`${path.join('.')}\` is wrong: ${message}.`);
}

async function readContent(chapter: ChapterSource, content: string): Promise<ChapterReading> {
	const { file, files } = chapter;
	const processor = unified().use(remarkParse).use(remarkGfm);
	if (file.endsWith('.mdx')) processor.use(remarkMdx);
	processor.use(readingPlugins({ surroundings: () => ({ file, files }) }));
	const vfile = new VFile({ value: content, path: file });
	await processor.run(processor.parse(vfile), vfile);
	return vfile.data.chapter!;
}

/** Whether a text begins like frontmatter whose end is missing: the whole chapter would be read as text. */
const isUnclosed = (text: string) => /^---\s*\n[A-Za-z]+:(?!(?:.*\n)*?---\s*(?:\n|$))/.test(text);

/** The frontmatter, and the text with spaces in its place, so that lines and columns stay. */
function splitFrontmatter({ file, text }: ChapterSource) {
	if (isUnclosed(text))
		throw new SourceError(
			{ file, line: 1, column: 1 },
			'The frontmatter is never closed.',
			'Put `---` on a line of its own behind it.',
		);
	try {
		return parseFrontmatter(text, { frontmatter: 'empty-with-spaces' });
	} catch (error) {
		const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
		if (!mark) throw error;
		throw new SourceError(
			{ file, line: mark.line + 1, column: mark.column + 1 },
			`The frontmatter is no YAML: ${reason}.`,
			'Mend it; a text with a colon needs quotes.',
		);
	}
}

function lineOfField(text: string, field: string): number {
	const line = text.split('\n').findIndex((each) => each.startsWith(`${field}:`));
	return line < 0 ? 1 : line + 1;
}
