import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, render } from './testing.ts';

const markdown = '## A\n\n::::extra\n:::exercise[X]\n```bash\nls\n```\n:::\n::::';

test('inside a slide it is a part that may be skipped', async () => {
	assert.match(
		await render(markdown),
		/<h2 id="a-heading">A<\/h2><div class="extra" data-extra=""><slidecar-exercise/,
	);
});

test('its exercises are extra, its slide is not', async () => {
	const { exercises, slides } = await read(markdown);
	assert.deepEqual([exercises[0].extra, slides[0].extra], [true, false]);
});

test('on an extra slide they are extra too', async () => {
	const { exercises } = await read(markdown.replace('## A\n\n::::extra', '::::extra\n## A\n'));
	assert.equal(exercises[0].extra, true);
});
