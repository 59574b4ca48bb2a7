import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chapter, Check, CommandStep, Exercise } from '../../src/course/manifest.ts';
import { type Progress, runChapter } from './chapter-run.ts';
import type { Outcome } from './exercise-run.ts';
import type { Learner } from './learner.ts';
import { table } from './report.ts';

let line = 1;

function command(text: string, more: Partial<CommandStep> = {}): CommandStep {
	const source = { file: 'chapters/web/index.mdx', line: line++ };
	const rest = { terminal: 'main', timeout: 5, exit: 0, hidden: false, optional: false };
	return { kind: 'command', digest: text, source, command: text, ...rest, ...more };
}

const exercise = (id: string, ...steps: Exercise['steps']): Exercise => ({
	id,
	title: `Exercise ${id}`,
	digest: id,
	slide: 'slide',
	extra: false,
	steps,
});

const check = (id: string, of: string, afterOnly = false): Check => ({
	id,
	title: `Check ${id}`,
	for: of,
	digest: id,
	afterOnly,
	steps: [command(`test ${id}`)],
});

const chapter = (exercises: Exercise[], checks: Check[] = []): Chapter => ({
	slug: 'web',
	title: 'Web',
	minutes: 5,
	objectives: [],
	lab: { nodes: 1 },
	setup: [],
	slides: [],
	exercises,
	checks,
	files: {},
});

/** A learner for whom everything passes but what is named; a check passes once a step `do ID` has run. */
function learner(...failing: string[]) {
	const done: string[] = [];
	const outcome = (passed: boolean): Outcome => ({ state: passed ? 'passed' : 'failed', reason: 'so it is' });
	const self: Learner = {
		start: async (slug) => void done.push(`start ${slug}`),
		run: async (_, step) => {
			done.push(step.command);
			return outcome(!failing.includes(step.command));
		},
		save: async (reference, content) => {
			done.push(`${reference.exercise} saves ${content}`);
			return outcome(true);
		},
		check: async ({ exercise }) => {
			done.push(`check ${exercise}`);
			return outcome(done.includes(`do ${exercise}`));
		},
		leave: async () => {},
	};
	return { done, self };
}

const silent: Progress = {
	chapter() {},
	exercise() {},
	step() {},
	check() {},
	skipped() {},
	problem() {},
};

test('runs every step of every exercise in order, after the lab is there', async () => {
	const { done, self } = learner();
	const web = chapter([exercise('a', command('one'), command('two')), exercise('b', command('three'))]);
	const report = await runChapter(web, { lab: 'embedded' }, self, silent);
	assert.deepEqual(done, ['start web', 'one', 'two', 'three']);
	assert.equal(report.state, 'passed');
	assert.equal(report.exercises[0].steps[0].source, `chapters/web/index.mdx:${line - 3}`);
});

test('a check must fail before its exercise and pass after it', async () => {
	const { done, self } = learner();
	const report = await runChapter(
		chapter([exercise('a', command('do ok'))], [check('ok', 'a')]),
		{ lab: 'none' },
		self,
		silent,
	);
	assert.deepEqual(done, ['start web', 'check ok', 'do ok', 'check ok']);
	assert.deepEqual(
		report.checks.map(({ when, state }) => [when, state]),
		[
			['before', 'passed'],
			['after', 'passed'],
		],
	);
});

test('a check that passes before its exercise fails the chapter, and says what to do', async () => {
	const { self } = learner();
	const exercises = [exercise('a', command('do ok')), exercise('b', command('more'))];
	const report = await runChapter(chapter(exercises, [check('ok', 'b')]), { lab: 'none' }, self, silent);
	assert.equal(report.state, 'failed');
	assert.match(report.checks[0].reason ?? '', /passes before the exercise b .*after-only/);
});

test('an after-only check is not run before', async () => {
	const { done, self } = learner();
	await runChapter(
		chapter([exercise('a', command('do ok'))], [check('ok', 'a', true)]),
		{ lab: 'none' },
		self,
		silent,
	);
	assert.deepEqual(done, ['start web', 'do ok', 'check ok']);
});

test('a check that fails after its exercise fails the chapter with its reason', async () => {
	const { self } = learner();
	const report = await runChapter(
		chapter([exercise('a', command('x'))], [check('ok', 'a')]),
		{ lab: 'none' },
		self,
		silent,
	);
	assert.equal(report.state, 'failed');
	assert.equal(report.checks[1].reason, 'so it is');
});

test('after a failed step nothing of the chapter runs, and what was left out says why', async () => {
	const { done, self } = learner('two');
	const web = chapter([exercise('a', command('one'), command('two'), command('three')), exercise('b')]);
	const report = await runChapter(web, { lab: 'embedded' }, self, silent);
	assert.deepEqual(done, ['start web', 'one', 'two']);
	assert.deepEqual(
		report.exercises[0].steps.map(({ state }) => state),
		['passed', 'failed', 'skipped'],
	);
	assert.equal(report.exercises.length, 1);
	assert.match(report.reason ?? '', /the exercise a failed/);
});

test('a step for another lab is skipped by name, and an optional one may fail', async () => {
	const { done, self } = learner('maybe');
	const steps = [
		command('elsewhere', { only: 'kubeconfig' }),
		command('here', { only: 'embedded' }),
		command('maybe', { optional: true }),
	];
	const report = await runChapter(chapter([exercise('a', ...steps)]), { lab: 'embedded' }, self, silent);
	assert.deepEqual(done, ['start web', 'here', 'maybe']);
	assert.deepEqual(
		report.exercises[0].steps.map(({ state, reason }) => [state, reason]),
		[
			['skipped', 'only=kubeconfig, and the lab is embedded'],
			['passed', 'so it is'],
			['skipped', 'optional, and it failed: so it is'],
		],
	);
	assert.equal(report.state, 'passed');
});

test('a file step saves the solution, or what the field starts with', async () => {
	const { done, self } = learner();
	const source = { file: 'f', line: 1 };
	const file = {
		kind: 'file',
		digest: 'd',
		source,
		file: 'web.yaml',
		content: '???',
		language: 'yaml',
	} as const;
	await runChapter(
		chapter([exercise('a', { ...file, solution: 'kind: Pod' }, file)]),
		{ lab: 'none' },
		self,
		silent,
	);
	assert.deepEqual(done, ['start web', 'a saves kind: Pod', 'a saves ???']);
});

test('a lab that cannot be had is the reason of the chapter', async () => {
	const { self } = learner();
	const problems: string[] = [];
	const report = await runChapter(
		chapter([exercise('a', command('x'))]),
		{ lab: 'embedded' },
		{ ...self, start: () => Promise.reject(new Error('there is no lab: out of memory')) },
		{ ...silent, problem: (message) => problems.push(message) },
	);
	assert.equal(report.state, 'failed');
	assert.deepEqual(problems, ['there is no lab: out of memory']);
});

test('the table counts steps and checks', async () => {
	const { self } = learner('bad');
	const chapters = [
		await runChapter(
			chapter([exercise('a', command('do ok'))], [check('ok', 'a')]),
			{ lab: 'none' },
			self,
			silent,
		),
		await runChapter(chapter([exercise('a', command('bad'), command('x'))]), { lab: 'none' }, self, silent),
	];
	const rows = table({ format: 1, lab: 'none', chapters }).split('\n');
	assert.equal(rows.length, 4);
	assert.match(rows[1], /^web +passed +1 +0 +0 +2 +0 +\d/);
	assert.match(rows[2], /^web +failed +0 +1 +1 +0 +0 +\d/);
	assert.match(rows[3], /^all +failed +1 +1 +1 +2 +0 +\d/);
});
