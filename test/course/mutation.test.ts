// The runner notices a wrong command: one command of each chapter is changed, and the chapter fails there, by name.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { runCourse } from '../../server/course/course-run.ts';
import { createLabProvider } from '../../server/labs/create.ts';
import { startServer } from '../../server/server.ts';
import { projectFolder } from '../../server/site.ts';
import type { Chapter, CommandStep } from '../../src/course/manifest.ts';

/** Whether a wrong last word makes the command fail, whatever else it prints. */
function isSuitable(step: Chapter['exercises'][number]['steps'][number]): step is CommandStep {
	return (
		step.kind === 'command' &&
		!step.hidden &&
		!step.optional &&
		step.only !== 'kubeconfig' &&
		step.in === undefined &&
		step.exit === 0 &&
		/^(?:kubectl|cat) [^|;&$"'\n]*\w$/.test(step.command)
	);
}

/** The first suitable step; the earlier it stands, the sooner the test ends. */
function firstSuitable({ exercises }: Chapter) {
	for (const exercise of exercises) {
		const step = exercise.steps.find(isSuitable);
		if (step) return { exercise: exercise.id, step };
	}
	return undefined;
}

/** Changes the command's last word in its file, and gives what it then is. */
async function mutate(content: string, { command, source }: CommandStep): Promise<string> {
	const file = join(content, source.file);
	const lines = (await readFile(file, 'utf8')).split('\n');
	const at = lines.findIndex((line, index) => index >= source.line && line.trim() === command);
	assert.ok(at >= 0, `${source.file}:${source.line} does not hold ${command}`);
	lines[at] += '-mutated';
	await writeFile(file, lines.join('\n'));
	return lines[at].trim();
}

test('one changed command in each chapter fails that chapter, at that step', async (t) => {
	const content = await mkdtemp(join(tmpdir(), 'slidecar-mutation-'));
	t.after(() => rm(content, { recursive: true, force: true }));
	await cp(join(projectFolder, 'content'), content, { recursive: true });
	// Read once, when the folder is known.
	process.env.SLIDECAR_CONTENT = content;
	const { readManifest } = await import('../../src/content-folder.ts');
	const { chapters } = await readManifest();
	const mutations = new Map<string, { exercise: string; command: string; line: string }>();
	for (const chapter of chapters) {
		const found = firstSuitable(chapter);
		assert.ok(found, `${chapter.slug} has no command that the test knows how to change`);
		const { exercise, step } = found;
		const line = `${step.source.file}:${step.source.line}`;
		mutations.set(chapter.slug, { exercise, command: await mutate(content, step), line });
	}
	const mutated = await readManifest();

	const choice = { lab: 'embedded', pace: 'fast' } as const;
	const { lab, kubectl } = await createLabProvider(choice, (error) => assert.fail(error));
	const log = pino({ level: 'error' }, pino.destination(2));
	const course = async () => mutated;
	const server = await startServer({ host: '127.0.0.1', port: 0, lab, kubectl, course, log });
	t.after(() => server.close());
	const surroundings = { lab: 'embedded' } as const;
	const report = await runCourse(server.url, mutated.chapters, { surroundings, atOnce: 4, print: () => {} });
	for (const { slug, state, exercises, reason } of report.chapters) {
		const expected = mutations.get(slug)!;
		const steps = exercises.flatMap(({ id, steps }) => steps.map((step) => ({ ...step, exercise: id })));
		const failed = steps.filter((step) => step.state === 'failed');
		assert.equal(state, 'failed', `${slug} passes with ${expected.command}`);
		assert.deepEqual(
			failed.map(({ exercise, command, source }) => ({ exercise, command, line: source })),
			[expected],
			`${slug}: ${reason}`,
		);
		assert.match(failed[0].screen ?? '', /\S/, `${slug} shows the terminal`);
		t.diagnostic(`${expected.line}: ${expected.command}: ${failed[0].reason}`);
	}
});
