import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, readAs } from './testing.ts';

for (const [markdown, column, problem, mend] of [
	['Use {.items} here', 5, /The brace of “\{\.items\}”/, /code span, `` `\{\.items\}` ``/],
	['an {open one', 4, /The brace of “\{open one”/, /code span/],
	['shows <none> there', 7, /The bracket of “<none>”/, /code span, `` `<none>` ``/],
	['if a <3', 6, /The bracket of “<3”/, /or write `\\<`/],
	['## Title {#id}', 10, /The brace of “\{#id\}”/, /code span/],
	['<!-- hidden -->', 1, /no HTML comments/, /\{\/\* … \*\/\}/],
	['import this file', 8, /reads a line that begins with `import`/, /another word/],
	[':::exercise{#a b=}[X]', 12, /malformed as a directive's attributes/, /the title first/],
] as const) {
	test(`says what is wrong with “${markdown}”, and the mend`, async () => {
		const found = await mistake(`text\n\n${markdown}\n`);
		assert.deepEqual([found.line, found.column], [3, column]);
		assert.match(found.problem, problem);
		assert.match(found.mend, mend);
	});
}

test('in code spans and fences, and in .md chapters, all of it is text', async () => {
	await readAs(
		'index.mdx',
		'---\ntitle: T\nminutes: 1\n---\n`{.items}` `<none>`\n\n```\n{.items} <none>\n```\n',
	);
	await readAs('index.md', '---\ntitle: T\nminutes: 1\n---\n{.items} and a <3\n\n<!-- hidden -->\n');
});
