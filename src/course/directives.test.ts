import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake } from '../markdown/testing.ts';

const step = '```bash\nls\n```';

for (const [markdown, problem, mend] of [
	[':::excercise[X]\nx\n:::', /^`:::excercise` is no directive\.$/, /There are: exercise, check/],
	[
		`:::exercise[X]{#x timeout=3}\n${step}\n:::`,
		/^`timeout` is no attribute of `:::exercise`/,
		/There are: id\./,
	],
	[':::speaker{for=x}\nx\n:::', /^`for` is no attribute of `:::speaker`/, /It takes none/],
	[`:::exercise[X]{.big}\n${step}\n:::`, /^`class` is no attribute/, /There are: id/],
	[`:::exercise[X]{id="a b"}\n${step}\n:::`, /^`id=a b` of `:::exercise` is malformed/, /\{#name\}/],
	[`:::check[X]{after-only=yes}\n${step}\n:::`, /^`after-only` takes no value/, /\{after-only\}/],
] as const) {
	test(`refuses ${markdown.split('\n', 1)[0]}`, async () => {
		const found = await mistake(`## A\n\n${markdown}`);
		assert.deepEqual([found.file, found.line, found.column], ['chapters/test/index.mdx', 3, 1]);
		assert.match(found.problem, problem);
		assert.match(found.mend, mend);
	});
}

test('an unknown directive is named although it is not the first thing that is wrong', async () => {
	assert.match((await mistake(`:::check[X]\nx\n:::\n\n:::foo\nx\n:::`)).problem, /`:::foo` is no directive/);
});
