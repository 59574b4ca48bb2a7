// The chapters' sentences: no word twice, no "a hour", no filler, no shouting. Spelling is cspell's, in `npm run lint`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import remarkDirective from 'remark-directive';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import remarkRetext from 'remark-retext';
import retextEnglish from 'retext-english';
import retextIndefiniteArticle from 'retext-indefinite-article';
import retextRedundantAcronyms from 'retext-redundant-acronyms';
import retextRepeatedWords from 'retext-repeated-words';
import retextSentenceSpacing from 'retext-sentence-spacing';
import retextStringify from 'retext-stringify';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { VFile } from 'vfile';
import { chapterSlugs, chaptersFolder } from '../../src/content-folder.ts';

/** What a sentence is better without, and why. */
const avoided: [RegExp, string][] = [
	[/\b(simply|just|easy|easily|obviously|of course|basically|trivial(ly)?)\b/i, 'it is not, to who is stuck'],
	[/\b(please|note that|in order to)\b/i, 'says nothing'],
	[/[a-z]!(\s|$)/i, 'the slides do not shout'],
	[/\b(utilize|leverage|seamless(ly)?|powerful|robust|delve)\b/i, 'a plain word says more'],
];

/** The words to avoid, as a plugin of the same kind as the others. */
function plainWords() {
	return (tree: Parameters<typeof visit>[0], file: VFile) =>
		visit(tree, 'text', (node: { value: string; position?: VFile['messages'][number]['place'] }) => {
			for (const [pattern, reason] of avoided) {
				const found = pattern.exec(node.value);
				if (found) file.message(`“${found[0].trim()}”: ${reason}`, { place: node.position });
			}
		});
}

const sentences = unified()
	.use(retextEnglish)
	.use(retextRepeatedWords)
	.use(retextIndefiniteArticle)
	.use(retextRedundantAcronyms)
	.use(retextSentenceSpacing)
	.use(retextStringify);
const chapters = unified()
	.use(remarkParse)
	.use(remarkFrontmatter)
	.use(remarkGfm)
	.use(remarkMdx)
	.use(remarkDirective)
	.use(plainWords)
	.use(remarkRetext, sentences as never);

async function complaints(text: string): Promise<string[]> {
	const file = new VFile(text);
	await chapters.run(chapters.parse(file), file);
	return file.messages.map(({ line, reason }) => `line ${line}: ${reason}`);
}

test('the lint finds what it looks for', async () => {
	const found = await complaints(
		'It it runs.\n\nAn pod.\n\nSimply apply it.\n\nDone!\n\nOne.  Two. Three.\n\nA `just` in code.',
	);
	assert.deepEqual(
		found.map((text) => text.slice(0, 6)),
		['line 5', 'line 7', 'line 1', 'line 3', 'line 9'],
	);
});

for (const slug of chapterSlugs())
	test(`${slug} is in plain sentences`, async () => {
		const text = await readFile(join(chaptersFolder, slug, 'index.mdx'), 'utf8');
		assert.deepEqual(await complaints(text), []);
	});
