import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from './testing.ts';

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
