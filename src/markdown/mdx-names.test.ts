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

test('refuses a component that nothing imports, and takes one that is imported, and HTML', async () => {
	const found = await mistake('## A\n\n<Tabs.Item/>');
	assert.deepEqual([found.line, found.column], [3, 1]);
	assert.match(found.problem, /“<Tabs.Item>” is a component in MDX, and nothing here imports `Tabs`/);
	await read('import Tabs from "./Tabs.astro"\n\n<Tabs.Item/> <kbd>o</kbd>');
});
