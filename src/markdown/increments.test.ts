import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read, render } from './testing.ts';

test('-- alone is an increment; the first part stands as it is', async () => {
	const markdown = '## A\n\none\n\n--\n\ntwo\n\n--\n\n- three';
	assert.equal((await read(markdown)).slides[0].increments, 3);
	const html = await render(markdown);
	assert.match(html, /<p>one<\/p><div class="increment" data-increment="2" id="a\.2"><p>two<\/p><\/div>/);
	assert.match(html, /<div class="increment" data-increment="3" id="a\.3"><ul>/);
});

test('-- in a fence or in a sentence is none', async () => {
	assert.equal((await read('## A\n\n```bash\nls\n\n--\n\n```\n\na -- b')).slides[0].increments, 1);
});

test('-- beside text or inside a directive is a mistake', async () => {
	assert.match((await mistake('## A\n\n--\ntext')).problem, /stands beside text/);
	const inside = await mistake('## A\n\n:::tip\ntext\n\n--\n\nmore\n:::');
	assert.deepEqual([inside.line, inside.problem], [6, 'An increment cannot start inside `:::tip`.']);
});
