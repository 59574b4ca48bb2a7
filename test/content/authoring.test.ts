// docs/authoring.md teaches the syntax of chapters: its examples are read as chapters are, and nothing is left out.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseAttributes } from '../../src/course/attributes.ts';
import { courseSchema } from '../../src/course/course.ts';
import { directives } from '../../src/course/directives.ts';
import { commandAttributes, fileAttributes } from '../../src/course/fence.ts';
import { frontmatterSchema } from '../../src/course/frontmatter.ts';
import { mistake, read, readAs } from '../../src/markdown/testing.ts';

const text = await readFile(new URL('../../docs/authoring.md', import.meta.url), 'utf8');

interface Block {
	line: number;
	language: string;
	content: string;
}

/** The page's own fences; those of three backticks inside one of four are its content. */
const blocks: Block[] = [...text.matchAll(/^(`{3,4})([a-z]+(?: [a-z]+)?)\n([\s\S]*?)^\1$/gm)].map(
	(match) => ({
		line: text.slice(0, match.index).split('\n').length,
		language: match[2],
		content: match[3],
	}),
);
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);
const examples = inLanguage('mdx');

/** The files that the examples name. */
const files = {
	'lab/web.yaml': 'replicas: ???\n',
	'solutions/web.yaml': 'replicas: 2\n',
	'diagrams/claim.svg': inLanguage('svg')[0].content,
};

test('the page has examples', () => {
	assert(examples.length > 6);
});

for (const { line, content } of examples) {
	test(`the example in line ${line} is a chapter that is read without a complaint`, async () => {
		const { slides } = content.startsWith('---\ntitle:')
			? await readAs('index.mdx', content, files)
			: await read(content, files);
		assert(slides.length > 0);
	});
}

test('the examples use every directive, with every attribute that it takes', () => {
	const used = (name: string, attribute?: string) => {
		// An id is written `#look`, the others as they are called.
		const written = attribute === 'id' ? '#' : attribute;
		const opening = new RegExp(`^:{3,}${name}\\b[^\\n]*${written ? `\\{[^\\n}]*${written}` : ''}`, 'm');
		return examples.some(({ content }) => opening.test(content));
	};
	// All asides take the same.
	const asides = ['note', 'tip', 'caution', 'danger'];
	const missing = Object.entries(directives).flatMap(([name, attributes]) => [
		...(used(name) ? [] : [name]),
		...attributes
			.filter((attribute) => !(asides.includes(name) ? asides : [name]).some((each) => used(each, attribute)))
			.map((attribute) => `${name} ${attribute}`),
	]);
	assert.deepEqual(missing, []);
});

test('the examples use every attribute of a step, and the table explains each', () => {
	const fences = examples.flatMap(({ content }) =>
		[...content.matchAll(/^[ \t-]*```(?:bash|yaml|text) (.+)$/gm)].map(([, attributes]) => attributes),
	);
	const used = new Set(fences.flatMap((fence) => parseAttributes(fence).map(({ name }) => name)));
	assert.deepEqual([...used].sort(), [...commandAttributes, ...fileAttributes].sort());
	const explained = [...text.matchAll(/^\| `([a-z]+)(?:=[^`]*)?` \| /gm)].map(([, name]) => name);
	const fields = Object.keys(frontmatterSchema.shape);
	assert.deepEqual(explained.sort(), [...commandAttributes, ...fields].sort());
});

test('the frontmatter and the course of the examples have every field', () => {
	const [, frontmatter] = /^---\n([\s\S]*?)^---$/m.exec(examples[0].content)!;
	assert.deepEqual(Object.keys(parse(frontmatter)).sort(), Object.keys(frontmatterSchema.shape).sort());
	const course = parse(inLanguage('yaml')[0].content);
	courseSchema.parse(course);
	assert.deepEqual(Object.keys(course).sort(), Object.keys(courseSchema.shape).sort());
});

test('the mistake of the page is answered as the page says', async () => {
	const [shown] = inLanguage('mdx mistake');
	const { problem, mend } = await mistake(shown.content);
	assert.equal(inLanguage('text').at(-1)!.content.trim(), `${problem} ${mend}`);
});
