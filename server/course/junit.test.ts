import assert from 'node:assert/strict';
import { test } from 'node:test';
import { junit } from './junit.ts';
import { type ChapterReport, type CourseReport, reportFormat } from './report.ts';

const source = 'chapters/web/index.mdx:7';

const chapter = (more: Partial<ChapterReport>): ChapterReport => ({
	slug: 'web',
	title: 'Web',
	state: 'passed',
	durationMs: 1500,
	exercises: [],
	checks: [],
	...more,
});

const report = (...chapters: ChapterReport[]): CourseReport => ({
	format: reportFormat,
	lab: 'none',
	chapters,
});

test('each step and check is a case, counted in its suite', () => {
	const steps = [
		{ command: 'first\nsecond line', state: 'passed', durationMs: 20, source },
		{ command: 'bad', state: 'failed', reason: 'no "usual"', screen: '$ bad\n<nothing>', source },
		{ command: 'later', state: 'skipped', reason: 'a step before it failed', source },
	] as const;
	const checks = [
		{ id: 'ok', for: 'work', when: 'before', state: 'failed', reason: 'it passes', output: 'a & b', source },
	] as const;
	const exercises = [{ id: 'work', title: 'Work', state: 'failed' as const, steps: [...steps] }];
	const text = junit(report(chapter({ state: 'failed', exercises, checks: [...checks] })));
	assert.match(text, /<testsuite name="web" tests="4" failures="2" errors="0" time="1\.500" skipped="1">/);
	assert.match(text, /<testcase classname="web\.work" name="1\. first" time="0\.020"\/>/);
	assert.match(text, /<failure message="no &quot;usual&quot;">[^<]*at chapters\/web\/index\.mdx:7/);
	assert.match(text, /&lt;nothing&gt;/);
	assert.match(text, /<skipped message="a step before it failed"\/>/);
	assert.match(text, /check ok fails before its exercise[^<]*<failure[^<]*a &amp; b/s);
});

test('what XML cannot say is replaced, and nothing breaks out of its place', () => {
	const steps = [{ command: `]]>"'<&\u0007\ud800`, state: 'failed' as const, reason: '\u001b[31m', source }];
	const exercises = [{ id: 'work', title: 'Work', state: 'failed' as const, steps }];
	const text = junit(report(chapter({ state: 'failed', exercises })));
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
	assert.doesNotMatch(text, /[\x00-\x08\x0b\x0c\x0e-\x1f]/);
	assert.equal(text.match(/</g)!.length, 9);
	assert.match(text, /name="1\. \]\]&gt;&quot;'&lt;&amp;\ufffd\ufffd"/);
});

test('a chapter without a lab is a failed case of its own', () => {
	const text = junit(report(chapter({ state: 'failed', reason: 'there is no lab' })));
	assert.match(text, /<testcase classname="web" name="the chapter runs"[^>]*><failure message="there is no/);
});
