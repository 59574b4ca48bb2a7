import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read } from '../markdown/testing.ts';

const exercise = (...fences: [attributes: string, command: string][]) =>
	`:::exercise[X]\n${fences.map(([attributes, command]) => `\`\`\`bash ${attributes}\n${command}\n\`\`\`\n`).join('\n')}:::\n`;

test('a step may type into a shell that an earlier one opened in the same terminal', async () => {
	await read(
		exercise(['opens=pod wait="# " terminal=t', 'kubectl exec -it web-0 -- sh'], ['in=pod terminal=t', 'ls']),
	);
});

test('a shell that no earlier step opens is a mistake', async () => {
	const found = await mistake(exercise(['in=pod', 'ls']));
	assert.deepEqual([found.line, found.column], [2, 1]);
	assert.match(found.problem, /`in=pod` names a nested shell that no earlier step opens/);
});

test('so is one in another terminal', async () => {
	const found = await mistake(exercise(['opens=pod wait="# " terminal=t', 'sh'], ['in=pod', 'ls']));
	assert.equal(found.mend, 'Add `terminal=t`.');
});
