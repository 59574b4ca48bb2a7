import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read, render } from './testing.ts';

const step = '```bash\nls\n```';

test('renders a group of steps, labelled by its title', async () => {
	const html = await render(
		`:::exercise[Create *the* set]{#create}\n- Apply:\n\n  \`\`\`bash\n  ls\n  \`\`\`\n:::`,
	);
	assert.match(
		html,
		/<slidecar-exercise class="exercise" id="exercise-create" data-exercise="create" data-digest="[\w-]{16}" role="group" aria-labelledby="exercise-create-title"><p class="exercise-title" id="exercise-create-title">Create <em>the<\/em> set<\/p><button type="button" data-catch-up="" data-pagefind-ignore="">Start here<\/button><ul>/,
	);
});

test('its id may come from its title, and it knows its slide', async () => {
	const chapter = await read(`## A\n\n---\n\n## B\n\n:::exercise[Look around]\n${step}\n:::`);
	assert.deepEqual(
		chapter.exercises.map(({ id, title, slide, extra }) => ({ id, title, slide, extra })),
		[{ id: 'look-around', title: 'Look around', slide: 'b', extra: false }],
	);
});

test('steps inside an aside of an exercise are its steps, those of its hint are not', async () => {
	const chapter = await read(`:::::exercise[X]\n::::tip\n${step}\n::::\n:::hint\n${step}\n:::\n:::::`);
	assert.equal(chapter.exercises[0].steps.length, 1);
});

test('one without steps, one inside another directive and a repeated id are mistakes', async () => {
	assert.match((await mistake(':::exercise[X]\ntext\n:::')).problem, /has no step/);
	assert.match(
		(await mistake(`::::tip\n:::exercise[X]\n${step}\n:::\n::::`)).problem,
		/stands inside `:::tip` of line 5/,
	);
	const twice = await mistake(`:::exercise[X]{#a}\n${step}\n:::\n\n:::exercise[Y]{#a}\n${step}\n:::`);
	assert.deepEqual([twice.line, twice.problem], [7, 'The id “a” is used already, in line 5.']);
});
