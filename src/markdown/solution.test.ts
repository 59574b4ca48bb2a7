import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read, render } from './testing.ts';

const exercise = ':::exercise[X]{#x}\n```yaml file=web.yaml\na: ???\n```\n:::\n\n';
const solution = (file = 'web.yaml') => `:::solution\n\`\`\`yaml file=${file}\na:\n  b: 1\n\`\`\`\n:::`;

test('its file is what the step is solved by, with a button that uses it', async () => {
	const [step] = (await read(exercise + solution())).exercises[0].steps;
	assert.equal(step.kind === 'file' && step.solution, 'a:\n  b: 1\n');
	assert.match(
		await render(exercise + solution()),
		/<details class="solution" data-for="x"><summary>Solution<\/summary><div class="solution-file" data-solution-file="web\.yaml"><p class="file-name">web\.yaml<\/p><pre><code class="language-yaml">a:\n {2}b: 1\n<\/code><\/pre><button type="button" data-use-solution="" data-pagefind-ignore="">Use this<\/button><\/div><\/details>/,
	);
});

test('it may come from a file', async () => {
	const markdown = `${exercise}:::solution\n\`\`\`yaml file=web.yaml from=solutions/web.yaml\n\`\`\`\n:::`;
	const [step] = (await read(markdown, { 'solutions/web.yaml': 'a: 2\n' })).exercises[0].steps;
	assert.equal(step.kind === 'file' && step.solution, 'a: 2\n');
});

test('commands in it are only shown', async () => {
	const markdown = `${exercise}:::solution\n\`\`\`bash\nls\n\`\`\`\n:::`;
	assert.equal((await read(markdown)).exercises[0].steps.length, 1);
});

test('a file that its exercise does not edit is a mistake', async () => {
	const found = await mistake(exercise + solution('other.yaml'));
	assert.deepEqual([found.line, found.problem], [8, 'The exercise “x” has no file “other.yaml” to edit.']);
});
