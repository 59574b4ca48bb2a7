// The runner against the real server, with shells and without a cluster.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Chapter, Check, CommandStep } from '../../src/course/manifest.ts';
import { OptionError } from '../options.ts';
import { chapter, command, course, file } from '../testing/course.ts';
import { startTestServer } from '../testing/server.ts';
import { chaptersOf, runCourse } from './course-run.ts';

function check(id: string, of: string, ...steps: CommandStep[]): Check {
	return { id, title: id, for: of, digest: `digest of ${id}`, afterOnly: false, steps };
}

async function run(t: TestContext, ...chapters: Chapter[]) {
	const surroundings = { lab: 'none', missingImages: new Map([['mongo:7', 'ErrImagePull']]) } as const;
	const server = await startTestServer(course(...chapters));
	t.after(() => server.close());
	const printed: string[] = [];
	const print = (lines: string) => void printed.push(lines);
	const report = await runCourse(server.url, chapters, { surroundings, atOnce: 2, print });
	return { report, printed: printed.join('\n') };
}

test('runs steps in their terminals, saves files, and judges checks by what they find', async (t) => {
	const steps = [
		command('echo begun > state'),
		{ ...file('greeting.txt', '???'), solution: 'hello' },
		command('cat greeting.txt', { expect: { text: 'hello' } }),
		command('while :; do cat state; sleep 0.1; done', { terminal: 'watch', wait: { text: 'begun' } }),
		command('echo its successor ends it', { terminal: 'watch', expect: { text: 'successor' } }),
		command('echo id-4711', { capture: { variable: 'ID', pattern: { source: 'id-(\\d+)', flags: '' } } }),
		command('echo "number $ID."', { expect: { text: 'number 4711.' } }),
		command('false', { exit: 1 }),
	];
	const checks = [check('state', 'work', command('cat state', { expect: { text: 'begun' } }))];
	const { report, printed } = await run(t, chapter({ work: steps }, { checks }));
	assert.equal(report.chapters[0].state, 'passed', printed);
	assert.deepEqual(
		report.chapters[0].checks.map(({ when, state }) => `${when} ${state}`),
		['before passed', 'after passed'],
	);
	assert.equal(report.chapters[0].exercises[0].steps[7].exitCode, 1);
});

test('on failure shows what was expected, what the terminal shows, and where it is written', async (t) => {
	const steps = [command('echo a surprise', { expect: { text: 'the usual' } }), command('echo never')];
	const { report, printed } = await run(t, chapter({ work: steps }));
	const [failed, left] = report.chapters[0].exercises[0].steps;
	assert.equal(failed.state, 'failed');
	assert.match(failed.reason ?? '', /"the usual"/);
	assert.match(failed.screen ?? '', /echo a surprise\na surprise/);
	assert.equal(left.state, 'skipped');
	assert.match(printed, /✗ echo a surprise/);
	assert.match(printed, /at chapters\/test\/index\.mdx:1/);
	assert.match(printed, /│ a surprise/);
});

test('a wait that never matches and a step slower than its timeout fail, by name', async (t) => {
	const waiting = command('echo a; sleep 60', { wait: { text: 'never' }, timeout: 1 });
	const slow = { ...chapter({ work: [command('sleep 60', { timeout: 1 })] }), slug: 'slow' };
	const { report } = await run(t, chapter({ work: [waiting] }), slow);
	const reasons = report.chapters.map(({ exercises }) => exercises[0].steps[0].reason ?? '');
	assert.match(reasons[0], /did not match "never" within 1 s; it ends in "a"/);
	assert.match(reasons[1], /did not end within 1 s/);
});

test('where an image cannot be had, its step or its chapter is skipped by name', async (t) => {
	const steps = [command('echo first'), command('echo mongo', { image: 'mongo:7' })];
	const own = check('ok', 'work', command('true'));
	const whole = { ...chapter({ work: [command('false')] }), slug: 'mongo' };
	whole.lab = { nodes: 1, images: ['mongo:7'] };
	const { report, printed } = await run(t, chapter({ work: steps }, { checks: [own] }), whole);
	const [partly, skipped] = report.chapters;
	assert.deepEqual(
		partly.exercises[0].steps.map(({ state }) => state),
		['passed', 'skipped'],
		printed,
	);
	assert.match(
		partly.exercises[0].steps[1].reason ?? '',
		/the image mongo:7 cannot be had here: ErrImagePull/,
	);
	assert.deepEqual([...new Set(partly.checks.map(({ state }) => state))], ['skipped']);
	assert.deepEqual([partly.state, skipped.state], ['passed', 'skipped']);
	assert.equal(skipped.exercises[0].steps[0].command, 'false');
	assert.match(printed, /– skipped: the image mongo:7/);
});

test('each chapter gets a working folder of its own', async (t) => {
	const first = chapter({ work: [command('touch mine')] });
	const second = { ...chapter({ work: [command('test ! -e mine')] }), slug: 'second' };
	const { report, printed } = await run(t, first, second);
	assert.deepEqual(
		report.chapters.map(({ slug, state }) => [slug, state]),
		[
			['test', 'passed'],
			['second', 'passed'],
		],
		printed,
	);
});

test('chapters are chosen by slug, in the order of the course', () => {
	const chapters = ['a', 'b', 'c'].map((slug) => ({ ...chapter({}), slug }));
	const slugs = (...chosen: string[]) => chaptersOf(course(...chapters), chosen).map(({ slug }) => slug);
	assert.deepEqual(slugs(), ['a', 'b', 'c']);
	assert.deepEqual(slugs('c', 'a'), ['a', 'c']);
	assert.throws(
		() => slugs('d'),
		(error: Error) => error instanceof OptionError && /no chapter d\. It has: a, b, c\./.test(error.message),
	);
});

test('interrupted, it ends at once, and tells what has run, what was under way and what was not begun', async (t) => {
	const chapters = ['first', 'second', 'third'].map((slug) => ({
		...chapter({
			work: [command('echo begun'), command('sleep 60', { timeout: 90 }), command('echo never')],
		}),
		slug,
	}));
	const server = await startTestServer(course(...chapters));
	t.after(() => server.close());
	const controller = new AbortController();
	const printed: string[] = [];
	const { chapters: reports } = await runCourse(server.url, chapters, {
		surroundings: { lab: 'none' },
		atOnce: 1,
		interrupted: controller.signal,
		print(lines) {
			printed.push(lines);
			if (/✓ echo begun/.test(lines)) controller.abort(new Error('interrupted by SIGINT'));
		},
	});
	assert.deepEqual(
		reports.map(({ state, reason }) => [state, reason]),
		[
			['failed', 'interrupted by SIGINT'],
			['skipped', 'interrupted by SIGINT'],
			['skipped', 'interrupted by SIGINT'],
		],
	);
	assert.deepEqual(
		reports[1].exercises[0].steps.map(({ state, reason }) => `${state}: ${reason}`),
		Array(3).fill('skipped: interrupted by SIGINT'),
	);
	assert.equal(printed.at(-1), '  ✗ interrupted by SIGINT');
});
