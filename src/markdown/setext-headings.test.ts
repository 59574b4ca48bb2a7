import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read } from './testing.ts';

test('--- and -- under text are mistakes, with the line of the dashes', async () => {
	const slide = await mistake('## A\n\ntext\n---\n\n## B');
	assert.deepEqual([slide.line, slide.column], [4, 1]);
	assert.match(slide.problem, /^`---` directly under text makes that text a heading\.$/);
	assert.match(slide.mend, /blank line above it to start a slide/);
	const increment = await mistake('## A\n\ntext\n--\n\nmore');
	assert.match(increment.mend, /blank line above it to start an increment/);
});

test('they are found inside lists and directives', async () => {
	assert.equal((await mistake(':::tip\ntext\n---\n:::')).line, 3);
	assert.equal((await mistake('- item\n  text\n  ---\n')).line, 3);
});

test('headings with # and = stay', async () => {
	assert.equal((await read('Title\n=====\n\n## A')).slides[0].title, 'Title');
});
