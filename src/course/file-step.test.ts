import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read } from '../markdown/testing.ts';

const exercise = (attributes: string, text = 'a: ???') =>
	`:::exercise[X]{#x}\n\`\`\`yaml ${attributes}\n${text}\n\`\`\`\n:::\n`;

test('starts with the text of the fence', async () => {
	const [step] = (await read(exercise('file=k8s/web.yaml'))).exercises[0].steps;
	assert.deepEqual(
		{ ...step, digest: '' },
		{
			kind: 'file',
			digest: '',
			source: { file: 'chapters/test/index.mdx', line: 6 },
			file: 'k8s/web.yaml',
			content: 'a: ???\n',
			language: 'yaml',
		},
	);
});

for (const path of ['/etc/passwd', '../up.yaml', 'a/../../b', 'a//b', '"a b"', './a']) {
	test(`refuses file=${path}: it leaves the working folder, or is malformed`, async () => {
		assert.match((await mistake(exercise(`file=${path}`))).problem, /is malformed|needs a text/);
	});
}

test('refuses a missing file to start from, and names those that are there', async () => {
	const found = await mistake(exercise('file=a.yaml from=lab/b.yaml', ''), { 'lab/a.yaml': '' });
	assert.deepEqual([found.line, found.column, found.mend], [2, 21, 'Make it, or name one of: lab/a.yaml.']);
});

test('refuses two beginnings, from= without file=, and attributes of commands', async () => {
	const files = { 'lab/a.yaml': '' };
	assert.match(
		(await mistake(exercise('file=a from=lab/a.yaml'), files)).problem,
		/from a file and from a text/,
	);
	assert.match((await mistake(exercise('from=lab/a.yaml', ''), files)).problem, /without `file=`/);
	assert.match((await mistake(exercise('file=a wait="x"'))).problem, /no attribute of a file step/);
});
