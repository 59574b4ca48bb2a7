import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read } from './testing.ts';

test('a directive that is never closed is a mistake at its opening', async () => {
	const found = await mistake('## A\n\n:::tip\ntext\n\n---\n\n## B');
	assert.deepEqual([found.file, found.line, found.column], ['chapters/test/index.mdx', 3, 1]);
	assert.equal(found.problem, '`:::tip` is never closed.');
	assert.match(found.mend, /^Put `:::` on a line of its own/);
});

test('one inside a list item is found too', async () => {
	const found = await mistake('- a\n\n  :::tip\n  text\n\n- b\n');
	assert.deepEqual([found.line, found.column], [3, 3]);
});

test('a ::: that closes nothing is a mistake', async () => {
	assert.deepEqual((await mistake('text\n\n:::\n')).line, 3);
	assert.deepEqual((await mistake('text\n:::\n')).line, 2);
});

test('an inner directive with as many colons ends the outer one, whose own end then closes nothing', async () => {
	const found = await mistake(':::tip\n:::note\ntext\n:::\n:::');
	assert.equal(found.line, 5);
	assert.match(found.mend, /open the outer one with more colons \(`::::`\)/);
	await read('::::tip\n:::note\ntext\n:::\n::::');
});

test('a line that only looks like a directive is a mistake', async () => {
	assert.match((await mistake('::: tip\ntext\n:::')).problem, /^“:::tip” is malformed/);
});

test('colons in a fence or a sentence are left alone', async () => {
	await read('```md\n:::tip\n```\n\nwrite a::b or `:::`');
});
