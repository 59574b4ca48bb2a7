// What every chapter of the course has, so that it can be taught and taken alone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { chaptersFolder, readManifest } from '../../src/content-folder.ts';
import type { Chapter, Exercise } from '../../src/course/manifest.ts';

const { chapters } = await readManifest();

/** kubectl's verbs that change what a cluster holds; a dry run and a pod for one question (`--rm`) leave nothing. */
const changing =
	/\bkubectl (?:-n \S+ )?(?:apply|create|delete|scale|set|patch|label|annotate|cordon|uncordon|run|expose|rollout undo)\b(?!.* --(?:dry-run|rm)\b)/;

const changes = ({ steps }: Exercise) =>
	steps.some((step) => step.kind === 'command' && step.exit === 0 && changing.test(step.command));

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

async function textOf({ slug }: Chapter): Promise<string> {
	return await readFile(join(chaptersFolder, slug, 'index.mdx'), 'utf8');
}

for (const chapter of chapters)
	test(`${chapter.slug} has what a chapter needs`, async () => {
		const text = await textOf(chapter);
		assert.ok(chapter.objectives.length >= 3, 'at least three objectives');
		assert.equal(chapter.slides[0].title, chapter.title, 'its first slide is its title');
		assert.ok(
			count(text, /^:::speaker$/gm) > chapter.slides.length / 2,
			'notes for the presenter on most slides',
		);
		assert.ok(count(text, /\]\(diagrams\/.+\.svg\)/g) > 0, 'a diagram');
		assert.ok(count(text, /^:::hint/gm) > 0, 'a hint');
		assert.ok(
			chapter.slides.some(({ extra }) => extra),
			'a slide for the deep end',
		);
		assert.match(text, /\(https:\/\/kubernetes\.io\/docs\//, 'links to the official documentation');
		const unchecked = chapter.exercises
			.filter(changes)
			.filter(({ id }) => !chapter.checks.some((check) => check.for === id))
			.map(({ id }) => id);
		assert.deepEqual(unchecked, [], 'a check after every exercise that changes the cluster');
	});
