import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChapterReport, leftInCluster, reportFormat } from './report.ts';

const chapter = (slug: string, state: ChapterReport['state'], begun = true): ChapterReport => ({
	slug,
	title: slug,
	state,
	durationMs: 1,
	exercises: begun ? [{ id: 'one', title: 'One', state, steps: [] }] : [],
	checks: [],
});

test('a cluster of one’s own is said to hold what a chapter that stopped has made', () => {
	const chapters = [
		chapter('first', 'passed'),
		chapter('second', 'failed'),
		chapter('third', 'failed', false),
		chapter('fourth', 'skipped'),
	];
	const left = (lab: 'embedded' | 'kubeconfig', of = chapters) =>
		leftInCluster({ format: reportFormat, lab, chapters: of });
	assert.match(left('kubeconfig') ?? '', /^Not run to the end: second\. .* still there/);
	assert.equal(left('embedded'), undefined);
	assert.equal(left('kubeconfig', [chapters[0], chapters[2], chapters[3]]), undefined);
});
