// Builds whole small courses, from folders outside the project.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { manifestSchema } from './course/manifest.schema.ts';

const run = promisify(execFile);
const project = dirname(import.meta.dirname);

const chapter = `---
title: One
description: The first chapter
minutes: 5
objectives: [Know it]
---

## Make it

:::exercise[Do it]{#do}
\`\`\`bash
ls &&
echo "<a>"
\`\`\`

\`\`\`yaml file=web.yaml from=lab/web.yaml
\`\`\`
:::

:::solution
\`\`\`yaml file=web.yaml
a:

  b: 2
\`\`\`
:::

::::speaker
:::tip
a secret
:::
::::

:::note
an aside
:::

---

:::extra
## More
:::
`;

/** Builds a course of the given files under /sub/path, and gives the site's files by path. */
async function build(folder: string, files: Record<string, string>): Promise<Map<string, string>> {
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(folder, 'content', path)), { recursive: true });
		await writeFile(join(folder, 'content', path), text);
	}
	const site = join(folder, 'site');
	await run(
		process.execPath,
		[join(project, 'node_modules/astro/bin/astro.mjs'), 'build', '--outDir', site],
		{
			cwd: project,
			env: {
				...process.env,
				SLIDECAR_CONTENT: join(folder, 'content'),
				SLIDECAR_BASE: '/sub/path',
				ASTRO_TELEMETRY_DISABLED: '1',
				NO_COLOR: '1',
			},
		},
	);
	const paths = await readdir(site, { recursive: true, withFileTypes: true });
	const built = new Map<string, string>();
	for (const entry of paths) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		built.set(path.slice(site.length + 1), await readFile(path, 'utf8'));
	}
	return built;
}

suite('a course under a sub-path', { timeout: 120_000 }, () => {
	let site: Map<string, string>;

	before(async () => {
		const folder = await mkdtemp(join(tmpdir(), 'slidecar-site-'));
		try {
			site = await build(folder, {
				'course.yaml': 'title: Small course\nparts:\n  - { title: Part, chapters: [two, one] }\n',
				'chapters/one/index.mdx': chapter,
				'chapters/one/lab/web.yaml': '\na: 1\n  b: 2\n',
				'chapters/two/index.md': chapter.replace('title: One', 'title: Two'),
				'chapters/two/lab/web.yaml': 'a: 1\n',
			});
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	const html = (path: string) => site.get(`${path}index.html`)!;

	test('every chapter, .md or .mdx, has its page, deck and speaker view', () => {
		for (const slug of ['one', 'two']) {
			for (const [view, name] of [
				['read', 'page'],
				['present', 'deck'],
				['speaker', 'speaker'],
			]) {
				const page = html(`${view}/${slug}/`);
				assert.match(page, new RegExp(`<html [^>]*data-view="${name}"`));
				assert.match(page, new RegExp(`<body [^>]*data-chapter="${slug}" data-base="/sub/path/"`));
				assert.match(page, /<section class="slide" id="make-it"/);
				assert.match(page, /<section class="slide" id="more"[^>]* data-extra/);
			}
		}
	});

	test('the landing page names the chapters in the order of course.yaml', () => {
		const page = html('');
		assert.ok(page.indexOf('/sub/path/read/two/') < page.indexOf('/sub/path/read/one/'));
		assert.match(page, /Small course/);
		assert.match(page, /2 chapters, 10 minutes/);
	});

	test('course.json holds what the pages show', () => {
		const manifest = manifestSchema.parse(JSON.parse(site.get('course.json')!));
		assert.deepEqual(
			manifest.chapters.map(({ slug, title }) => [slug, title]),
			[
				['two', 'Two'],
				['one', 'One'],
			],
		);
		const shown = [...html('read/one/').matchAll(/data-digest="([^"]*)"/g)].map(([, digest]) => digest);
		const { exercises } = manifest.chapters[1];
		assert.deepEqual(
			shown,
			exercises.flatMap(({ digest, steps }) => [digest, ...steps.map((step) => step.digest)]),
		);
	});

	test('commands, fields and solutions keep their text', () => {
		for (const view of ['read', 'present', 'speaker']) {
			const page = html(`${view}/one/`);
			assert.match(page, /data-command="ls &#x26;&#x26;\necho &#x22;(?:&#x3C;|<)a>&#x22;"/);
			// The browser drops the first of the two line breaks.
			assert.match(page, /<textarea [^>]*>\n\na: 1\n {2}b: 2\n<\/textarea>/);
			const solution = /data-solution-file="web\.yaml".*?<pre[^>]*>(.*?)<\/pre>/s.exec(page)![1];
			assert.equal(solution.replaceAll(/<[^>]*>/g, ''), 'a:\n\n  b: 2\n');
		}
	});

	test("the speaker's notes are in the speaker view and hidden in the deck, and nowhere on the page", () => {
		assert.doesNotMatch(html('read/one/'), /a secret|speaker-notes/);
		assert.match(html('read/one/'), /an aside/);
		assert.match(html('present/one/'), /<aside class="speaker-notes" hidden.*a secret/s);
		assert.match(html('speaker/one/'), /a secret/);
		assert.match(html('speaker/one/'), /<details open class="solution"/);
	});

	test('every address lies below the base, and none on another origin', () => {
		for (const [path, text] of site) {
			if (!/\.(?:html|css)$/.test(path)) continue;
			const addresses = [...text.matchAll(/\b(?:href|src)="([^"]*)"|url\(["']?([^"')]*)/g)].map(
				([, attribute, url]) => attribute ?? url,
			);
			for (const address of addresses) {
				if (/^(?:#|data:)/.test(address)) continue;
				assert.match(address, /^\/sub\/path\//, `${path} refers to ${address}`);
				const target = address.slice('/sub/path/'.length).replace(/[?#].*$/, '');
				assert.ok(site.has(target === '' || target.endsWith('/') ? `${target}index.html` : target), address);
			}
		}
	});
});

test("an author's mistake stops the build, with its place and the mend", { timeout: 120_000 }, async () => {
	const folder = await mkdtemp(join(tmpdir(), 'slidecar-site-'));
	try {
		await assert.rejects(
			build(folder, { 'chapters/one/index.mdx': '---\ntitle: One\nminutes: 5\n---\n## A\n\n:::tip\nx\n' }),
			(error: Error & { stderr?: string; stdout?: string }) =>
				/chapters\/one\/index\.mdx:7:1: `:::tip` is never closed\. Put `:::`/.test(
					`${error.stdout}${error.stderr}`,
				),
		);
	} finally {
		await rm(folder, { recursive: true });
	}
});
