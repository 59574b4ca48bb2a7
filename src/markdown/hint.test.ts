import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, render } from './testing.ts';

const exercise = (id: string, inner = '') =>
	`::::exercise[X]{#${id}}\n\`\`\`bash\nls\n\`\`\`\n${inner}::::\n\n`;

test('is closed, and for the exercise before it, around it, or named', async () => {
	const html = await render(
		`${exercise('a')}:::hint\none\n:::\n\n${exercise('b', ':::hint[Look *here*]\ntwo\n:::\n')}:::hint{for=a}\nthree\n:::`,
	);
	assert.match(html, /<details class="hint" data-for="a"><summary>Hint<\/summary><p>one<\/p><\/details>/);
	assert.match(html, /<details class="hint" data-for="b"><summary>Look <em>here<\/em><\/summary><p>two<\/p>/);
	assert.match(html, /<details class="hint" data-for="a"><summary>Hint<\/summary><p>three<\/p>/);
});

test('one for a missing exercise is a mistake', async () => {
	const found = await mistake(`${exercise('a')}:::hint{for=b}\nx\n:::`);
	assert.equal(found.problem, '`:::hint` is for the exercise “b”, which is not there.');
});
