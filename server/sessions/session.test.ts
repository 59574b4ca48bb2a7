import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ChapterLab, LabProvider } from '../labs/lab.ts';
import type { RunningServer } from '../server.ts';
import { chapter, command, course, file } from '../testing/course.ts';
import { TestPage } from '../testing/page.ts';
import { startTestServer } from '../testing/server.ts';

const check = (id: string, ...steps: ReturnType<typeof command>[]) => ({
	id,
	title: id,
	for: 'files',
	digest: `digest of ${id}`,
	afterOnly: false,
	steps,
});

const manifest = course(
	chapter(
		{
			files: [file('notes/web.yaml'), command('cat notes/web.yaml', { expect: { text: 'kind: Pod' } })],
			first: [command('cat web.yaml set-up', { expect: { text: 'Service' } })],
			lab: [command('cat $KUBECONFIG', { expect: { text: 'lab 1 of 3 nodes' } })],
			slow: [command('sleep 0.3; echo slow')],
		},
		{
			lab: { nodes: 3 },
			setup: [
				command('echo done > set-up'),
				command('exit 1', { only: 'kubeconfig' }),
				command('echo waiting; sleep 60', { wait: { text: 'waiting' } }),
			],
			checks: [
				check(
					'saved',
					command('cat notes/web.yaml'),
					command('pwd; exit 3', { exit: 3, expect: { text: '/test' } }),
				),
				check('missing', command('true'), command('cat absent')),
				check('late', command('sleep 60', { timeout: 0.2 })),
			],
		},
	),
);

/** A lab that only counts. */
function countingLab(): LabProvider & { created: number; removed: number } {
	const provider = {
		kind: 'embedded' as const,
		description: 'A lab that only counts.',
		created: 0,
		removed: 0,
		create: async ({ nodes }: { nodes: number }): Promise<ChapterLab> => {
			provider.created++;
			return {
				kubeconfig: `# lab ${provider.created} of ${nodes} nodes\n`,
				remove: async () => {
					provider.removed++;
				},
			};
		},
		close: async () => {},
	};
	return provider;
}

describe('a session', () => {
	let server: RunningServer;
	let page: TestPage;
	const lab = countingLab();
	before(async () => {
		server = await startTestServer(manifest, { lab });
		page = await TestPage.open(server.url, manifest);
	});
	after(() => server.close());

	it('makes a chapter its lab, its files and its setup when they are first needed', async () => {
		assert.equal(lab.created, 0);
		assert.equal((await page.ended(page.run('first'))).state, 'passed');
		assert.equal((await page.ended(page.run('lab'))).state, 'passed');
		assert.equal(lab.created, 1);
		const states = page.messages.filter((message) => message.type === 'lab').map((message) => message.state);
		assert.deepEqual([...new Set(states)], ['starting', 'ready']);
	});

	it('saves a file where commands find it', async () => {
		const id = page.save('files', 'kind: Pod\n');
		assert.equal((await page.ended(id)).state, 'passed');
		assert.equal((await page.ended(page.run('files', 1))).state, 'passed');
	});

	it('judges a check by all of its steps', async () => {
		const judge = async (exercise: string) => {
			const id = page.newId();
			page.send({ type: 'check', id, chapter: 'test', exercise, digest: `digest of ${exercise}` });
			return page.ended(id);
		};
		const saved = await judge('saved');
		assert.equal(saved.state, 'passed', saved.reason);
		assert.match(saved.output ?? '', /kind: Pod\n\/.*\/test\n/);
		const missing = await judge('missing');
		assert.deepEqual([missing.state, missing.exitCode], ['failed', 1]);
		assert.match(missing.reason ?? '', /`cat absent` ended with exit code 1 .*No such file/s);
		assert.match((await judge('late')).reason ?? '', /did not end within 0.2 s/);
	});

	it('goes on while its page is away, which learns what happened', async () => {
		const terminal = await page.openTerminal();
		const id = page.run('slow');
		await page.stateOf(terminal, 'busy');
		const { end } = page.output.get(terminal)!;
		page.cut();
		const back = await page.another();
		const watcher = await page.another();
		watcher.send({ type: 'attach', terminal, offset: 0 });
		const ready = await back.next('ready');
		assert.ok(ready.runs.some((run) => run.id === id));
		if (ready.runs.find((run) => run.id === id)?.state === 'running') await back.ended(id);
		back.send({ type: 'attach', terminal, offset: end });
		await back.until(() => /(?<!echo )slow\r\n/.test(back.textOf(terminal)), 'the rest');
		await watcher.until(() => /(?<!echo )slow\r\n/.test(watcher.textOf(terminal)), 'the whole');
		const { end: last } = back.output.get(terminal)!;
		await watcher.until(() => (watcher.output.get(terminal)?.end ?? 0) >= last, 'as much');
		assert.ok(watcher.textOf(terminal).slice(end).startsWith(back.textOf(terminal)));
		watcher.close();
		page = back;
	});

	it('has a new lab and a new folder after a reset', async () => {
		const terminal = await page.openTerminal();
		const from = page.messages.length;
		const id = page.newId();
		page.send({ type: 'reset', id, chapter: 'test' });
		await page.next('exit', (message) => message.terminal === terminal, from);
		await page.next('lab', (message) => message.id === id && message.state === 'ready', from);
		assert.deepEqual([lab.created, lab.removed], [2, 1]);
		assert.equal((await page.ended(page.run('files', 1))).state, 'failed');
		assert.equal((await page.ended(page.run('lab'))).state, 'failed');
		assert.equal((await page.ended(page.run('first'))).state, 'passed');
	});

	it('removes its labs at its end', async () => {
		await server.close();
		assert.equal(lab.removed, lab.created);
	});
});

describe('a lab that cannot be made', () => {
	it('is told, with the reason, and a reset tries again', async (test) => {
		const lab = countingLab();
		const { create } = lab;
		let broken = true;
		lab.create = (options) => (broken ? Promise.reject(new Error('out of clusters.')) : create(options));
		const server = await startTestServer(manifest, { lab });
		test.after(() => server.close());
		const page = await TestPage.open(server.url, manifest);
		assert.equal(await page.error(page.run('first')), 'no-lab');
		const told = await page.next('lab', (message) => message.state === 'failed');
		assert.match(told.message, /out of clusters. Reset the chapter to try again/);
		broken = false;
		page.send({ type: 'reset', id: 'again', chapter: 'test' });
		await page.next('lab', (message) => message.id === 'again' && message.state === 'ready');
		assert.equal((await page.ended(page.run('first'))).state, 'passed');
	});
});
