// Every command of the course runs, as `npm run course` runs it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CourseReport } from '../../server/course/report.ts';
import { projectFolder } from '../../server/site.ts';

test('the whole course passes on the embedded lab', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'slidecar-course-'));
	t.after(() => rm(folder, { recursive: true, force: true }));
	const file = join(folder, 'report.json');
	const run = spawn(
		process.execPath,
		['server/course/main.ts', '--lab', 'embedded', '--pace', 'fast', '--report', file],
		{ cwd: projectFolder, stdio: ['ignore', 'pipe', 'inherit'] },
	);
	let printed = '';
	run.stdout.setEncoding('utf8').on('data', (text: string) => {
		printed += text;
	});
	const [code] = await once(run, 'close');
	assert.equal(code, 0, printed);
	const report = JSON.parse(await readFile(file, 'utf8')) as CourseReport;
	const steps = report.chapters.flatMap(({ exercises }) => exercises.flatMap(({ steps }) => steps));
	assert(steps.filter(({ state }) => state === 'passed').length > 20);
	for (const step of steps) if (step.state === 'skipped') assert.match(step.reason ?? '', /only=/);
});
