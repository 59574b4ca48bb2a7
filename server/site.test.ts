import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistakeIn } from './site.ts';

const trace =
	'  Location:\n    /project/src/course/fence.ts:97:10\n  Stack trace:\n    at new Fence (fence.ts:97:10)\n';

for (const mistake of [
	'chapters/first/index.mdx:32:11: `expects` is no attribute of a command step. There are: terminal, timeout.',
	'course.yaml: ✖ Unrecognized key: "chapter"\nIt holds: title, description, parts.',
	'There is no /home/me/course/chapters. Make it, or name another content folder by --content.',
]) {
	test(`of a build that fails only the mistake is shown: ${mistake.slice(0, 20)}…`, () => {
		assert.equal(mistakeIn(`07:52:41 [content] Syncing content\n${mistake}\n${trace}`), mistake);
	});
}

test('a failure that is no mistake of an author keeps its trace', () => {
	assert.equal(mistakeIn(`Out of memory in chapters/first/index.mdx\n${trace}`), undefined);
});
