import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read, render } from './testing.ts';

const slides = async (markdown: string) => (await read(markdown)).slides;
const ids = async (markdown: string) => (await slides(markdown)).map(({ id }) => id);

test('--- starts a slide, and its heading names it; a repeated one gets -2', async () => {
	assert.deepEqual(await ids('## Claims from a template\n\n---\n\n## Pods\n\n---\n\n## Pods'), [
		'claims-from-a-template',
		'pods',
		'pods-2',
	]);
});

test('a slide without heading is named by its number', async () => {
	assert.deepEqual(await ids('## A\n\n---\n\nonly text'), ['a', 'slide-2']);
});

test('--- in a fence and other rules start no slide', async () => {
	assert.deepEqual(await ids('## A\n\n```yaml\na: 1\n---\nb: 2\n```\n\n***\n\ntext'), ['a']);
});

test('imports and an empty slide are no slides', async () => {
	assert.deepEqual(await ids('import x from "./x.js"\n\n---\n\n## A\n\n---\n'), ['a']);
});

test('an extra that is all of its slide makes extra slides', async () => {
	const found = await slides('## A\n\n---\n\n:::extra\n## B\n\ntext\n\n---\n\n## C\n:::\n\n---\n\n## D');
	assert.deepEqual(
		found.map(({ id, extra }) => [id, extra]),
		[
			['a', false],
			['b', true],
			['c', true],
			['d', false],
		],
	);
});

test('renders a section for each slide, labelled by its heading', async () => {
	assert.equal(
		await render('## A\n\ntext\n\n---\n\n:::extra\n## B\n:::'),
		'<section class="slide" id="a" data-slide="" data-increments="1" aria-labelledby="a-heading">' +
			'<h2 id="a-heading">A</h2><p>text</p></section>\n' +
			'<section class="slide" id="b" data-slide="" data-increments="1" data-extra="" aria-labelledby="b-heading">' +
			'<h2 id="b-heading">B</h2></section>',
	);
});

test("a first slide that repeats the chapter's title says so", async () => {
	const html = await render('## Test\n\n---\n\n## Test');
	assert.equal(html.match(/class="slide title-slide"/g)?.length, 1);
});

test('a slide that would start inside a directive is a mistake', async () => {
	const found = await mistake('## A\n\n:::tip\ntext\n\n---\n\ntext\n:::');
	assert.deepEqual([found.line, found.problem], [6, 'A slide cannot start inside `:::tip`.']);
});
