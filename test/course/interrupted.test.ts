// `npm run course` at a terminal: it is interrupted, or asked for what cannot be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CourseReport } from '../../server/course/report.ts';
import { findProcesses } from '../../server/sessions/processes.ts';
import { projectFolder } from '../../server/site.ts';

async function folderOf(t: TestContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'slidecar-course-'));
	t.after(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** `printed` is told of everything as it comes. */
function start(parameters: string[], printed: (all: string) => void = () => undefined) {
	const run = spawn(process.execPath, ['server/course/main.ts', ...parameters], {
		cwd: projectFolder,
		env: { ...process.env, COURSE_TEST: String(process.pid) },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	for (const stream of [run.stdout, run.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			said += text;
			printed(said);
		});
	const ended = once(run, 'close').then(([code]) => ({ code, said }));
	return { run, ended };
}

test('interrupted, it reports what has run, and leaves no process and no folder', async (t) => {
	const folder = await folderOf(t);
	const file = join(folder, 'report.json');
	let pressed = false;
	const { run, ended } = start(['--pace', 'real', '--report', file], (said) => {
		if (pressed || !/✓ /.test(said)) return;
		pressed = true;
		run.kill('SIGINT');
	});
	const { code, said } = await ended;
	assert.equal(code, 130, said);
	assert.match(said, /✗ interrupted by SIGINT/);
	const { chapters } = JSON.parse(await readFile(file, 'utf8')) as CourseReport;
	assert(chapters.length > 4);
	assert.equal(chapters[0].state, 'failed');
	assert.equal(chapters.at(-1)?.state, 'skipped');
	assert.match(await readFile(join(folder, 'report.xml'), 'utf8'), /interrupted by SIGINT/);
	const left = (await readdir(tmpdir())).filter((name) => name.startsWith(`slidecar-${run.pid}-`));
	assert.deepEqual(left, []);
	assert.deepEqual(findProcesses({ COURSE_TEST: String(process.pid) }), []);
});

test('what cannot be is said before anything runs', async (t) => {
	const folder = await folderOf(t);
	await mkdir(join(folder, 'a.xml'));
	const fails = async (message: RegExp, ...parameters: string[]) => {
		const { code, said } = await start(parameters).ended;
		assert.equal(code, 2, said);
		assert.match(said, message);
		assert.doesNotMatch(said, /✓| {4}at /);
	};
	await fails(/^--report .*: that is a folder\. Name a file in it\.$/m, '--report', folder);
	await fails(/^--report .*a\.xml: that is a folder/m, '--report', join(folder, 'a.json'));
	await fails(/is no folder that can be written to/, '--report', join(folder, 'none', 'report.json'));
	await fails(/^The course has no chapter nowhere\. It has: /m, 'nowhere');
});
