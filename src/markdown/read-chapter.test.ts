import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestSchema } from '../course/manifest.schema.ts';
import { SourceError } from '../course/source-error.ts';
import { readAs } from './testing.ts';

const text = `---
title: T
minutes: 10
objectives: [Do it]
lab: { nodes: 2 }
---

\`\`\`bash hidden
kubectl cordon node2
\`\`\`

## A

:::exercise[X]
\`\`\`bash wait=/a/ then="^C" capture=X:/(a)/
ls
\`\`\`

\`\`\`yaml file=a.yaml
a: ???
\`\`\`
:::

:::check[Y]
\`\`\`bash
ls
\`\`\`
:::
`;

test('the same chapter is read from .md and .mdx, but for the name of the file', async () => {
	const files = { 'lab/a/b.yaml': 'a\n', 'notes.txt': 'no lab file' };
	const mdx = await readAs('index.mdx', text, files);
	const md = await readAs('index.md', text, files);
	assert.equal(JSON.stringify(md).replaceAll('index.md"', 'index.mdx"'), JSON.stringify(mdx));
	assert.deepEqual(mdx.files, { 'a/b.yaml': 'a\n' });
	assert.deepEqual([mdx.lab, mdx.minutes, mdx.objectives], [{ nodes: 2 }, 10, ['Do it']]);
	assert.equal(mdx.setup[0].source.line, 8);
});

test("a chapter's manifest passes its schema, and one with another format does not", async () => {
	const manifest = { format: 1, title: 'C', chapters: [await readAs('index.mdx', text)] };
	assert.deepEqual(manifestSchema.parse(JSON.parse(JSON.stringify(manifest))), manifest);
	assert.equal(manifestSchema.safeParse({ ...manifest, format: 2 }).success, false);
	assert.equal(manifestSchema.safeParse({ format: 1, title: 'C', chapters: [{}] }).success, false);
});

for (const [frontmatter, line, message] of [
	['title: T', 1, /The frontmatter has no `minutes`/],
	['minutes: 1', 1, /The frontmatter has no `title`/],
	['title: T\nminutes: 1\nobjective: [x]', 4, /`objective` means nothing/],
	['title: T\nminutes: 1\nlab: { node: 2 }', 4, /`lab` is wrong: .*"node"/],
	['title: T\nminutes: soon', 3, /`minutes` is wrong/],
	['title: T\nminutes: 1\nlab: { nodes: 20 }', 4, /`lab\.nodes` is wrong/],
	['title: a: b', 2, /is no YAML/],
] as const) {
	test(`frontmatter with ${JSON.stringify(frontmatter)} is a mistake in line ${line}`, async () => {
		await assert.rejects(
			readAs('index.mdx', `---\n${frontmatter}\n---\ntext`),
			(error) => error instanceof SourceError && error.place.line === line && message.test(error.message),
		);
	});
}

test('the fields of any page stand beside those of a chapter', async () => {
	const { title } = await readAs('index.mdx', '---\ntitle: T\nminutes: 1\nsidebar: { label: t }\n---\n## A');
	assert.equal(title, 'T');
});

test('frontmatter without an end is a mistake in line 1', async () => {
	await assert.rejects(
		readAs('index.mdx', '---\ntitle: T\nminutes: 1\n\n## A'),
		/:1:1: .* never closed\. Put `---`/,
	);
});

test('a chapter without a slide is refused', async () => {
	await assert.rejects(readAs('index.mdx', '---\ntitle: T\nminutes: 1\n---\n'), /The chapter has no slide\./);
});
