import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, render } from './testing.ts';

const paragraph = async (markdown: string) => /<p>(.*?)<\/p>/s.exec(await render(markdown))?.[1];

for (const text of [
	'nginx:mainline',
	'80:30080',
	'a:b[c]{d=e}',
	'host::port',
	'busybox:1.29 and nginx:1.27',
]) {
	test(`${text} stays text`, async () => {
		assert.equal(await paragraph(text), text);
	});
}

test('what Markdown made of a label stays', async () => {
	assert.equal(await paragraph('see x:y[*z*]'), 'see x:y[<em>z</em>]');
});

test('a leaf directive stays text as well', async () => {
	assert.equal(await paragraph('::youtube[x]'), '::youtube[x]');
});

test("a directive's name behind two colons is refused, since its content would be read as text", async () => {
	const found = await mistake('## A\n\n::exercise[X]{#x}\n\n```bash\nls\n```\n\n::\n');
	assert.deepEqual([found.line, found.column], [3, 1]);
	assert.match(found.problem, /`::exercise` has two colons/);
	assert.match(found.mend, /`:::exercise`/);
});
