// The recorder with real shells, and without a cluster.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FileStep, Step } from '../../src/course/manifest.ts';
import { readRecording } from '../../src/course/recording.ts';
import { chapter, command, course, file } from '../testing/course.ts';
import { startTestServer } from '../testing/server.ts';
import { runCourse } from './course-run.ts';
import { recordingProblems, removeOrphans } from './recorder.ts';

test('records what is missing or older than its step, and tells what is', async (t) => {
	const content = await mkdtemp(join(tmpdir(), 'slidecar-recorder-'));
	t.after(() => rm(content, { recursive: true, force: true }));
	const folder = join(content, 'chapters/test/recordings');
	const steps = [
		command('echo "it is  $PWD"'),
		{ ...file('web.yaml', '???'), solution: 'kind: Pod\n' },
		command('echo hidden', { hidden: true }),
		command('sh', { opens: 'inner', wait: { source: '[$#] $', flags: '' } }),
		command('echo in it', { in: 'inner', expect: { text: 'in it' } }),
	];
	const record = async (steps: Step[]) => {
		const chapters = [chapter({ work: steps })];
		const server = await startTestServer(course(...chapters));
		try {
			const options = { surroundings: { lab: 'none' }, atOnce: 1, print: () => {}, record: content } as const;
			const report = await runCourse(server.url, chapters, options);
			assert.equal(report.chapters[0].state, 'passed', JSON.stringify(report));
		} finally {
			await server.close();
		}
	};
	const textOf = async (name: string) =>
		readRecording(await readFile(join(folder, name), 'utf8'))
			.events.map(([, text]) => text)
			.join('');

	const missing = recordingProblems(content, [chapter({ work: steps })]);
	assert.equal(missing.length, 4);
	assert.match(
		missing[0],
		/^chapters\/test\/index\.mdx:1: the step has no recording recordings\/work-1\.cast\. .* npm run course -- test --record$/,
	);

	await record(steps);
	assert.deepEqual((await readdir(folder)).sort(), [
		'work-1.cast',
		'work-2.cast',
		'work-4.cast',
		'work-5.cast',
	]);
	assert.deepEqual(recordingProblems(content, [chapter({ work: steps })]), []);
	assert.equal(await textOf('work-1.cast'), '$ echo "it is  $PWD"\r\nit is  /session/chapters/test\r\n');
	assert.equal(await textOf('work-2.cast'), '$ cat web.yaml\r\nkind: Pod\r\n');
	assert.match(await textOf('work-5.cast'), /^[$#] echo in it\r\nin it\r\n$/);

	const [first, saved, ...rest] = steps;
	const solved = [first, { ...(saved as FileStep), solution: 'kind: Job\n' }, ...rest];
	assert.match(
		recordingProblems(content, [chapter({ work: solved })])[0],
		/newer .* recordings\/work-2\.cast/,
	);

	const changed = [command('echo changed'), ...steps.slice(1, 3)];
	const kept = await readFile(join(folder, 'work-2.cast'), 'utf8');
	await writeFile(join(folder, 'work-1.cast'), kept);
	const problems = recordingProblems(content, [chapter({ work: changed })]);
	assert.match(problems[0], /the step is newer than its recording recordings\/work-1\.cast/);
	assert.match(problems[1], /recordings\/work-4\.cast is of no step/);
	await record(changed);
	await removeOrphans(content, [chapter({ work: changed })]);
	assert.deepEqual(recordingProblems(content, [chapter({ work: changed })]), []);
	assert.equal(await textOf('work-1.cast'), '$ echo changed\r\nchanged\r\n');
});
