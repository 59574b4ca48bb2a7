import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read } from './testing.ts';

for (const text of ['{replicas}', '{pod.name}', '{range(3)}']) {
	test(`refuses ${text}, which nothing defines`, async () => {
		const found = await mistake(`## A\n\nUse ${text} here`);
		assert.deepEqual([found.line, found.column], [3, 5]);
		assert.match(found.problem, /is a JavaScript expression in MDX, and nothing here defines/);
		assert.match(found.mend, /code span/);
	});
}

test('what the chapter or MDX defines, literals and comments stay', async () => {
	await read(
		'import { a } from "./a.js"\n\nexport const b = 1\n\n{a} {b} {frontmatter.title} {"text"} {/* note */} {Math.PI}',
	);
});
