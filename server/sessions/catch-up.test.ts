import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { LabProvider } from '../labs/lab.ts';
import type { LabKind } from '../protocol.ts';
import { chapter, command, course, file } from '../testing/course.ts';
import { TestPage } from '../testing/page.ts';
import { startTestServer } from '../testing/server.ts';

const manifest = course(
	chapter(
		{
			first: [
				command('cat set-up; id=4711; cd /'),
				{ ...file('web.yaml', '???'), solution: 'kind: Pod\n' },
				command('echo elsewhere', { only: 'kubeconfig' }),
				command('while :; do echo up; sleep 0.1; done', { terminal: 'watch', wait: { text: 'up' } }),
			],
			second: [command('echo "id $id in $PWD"', { expect: { text: 'id 4711 in /' } })],
			third: [command('cat "$SLIDECAR_FOLDER/web.yaml"', { expect: { text: 'kind: Pod' } })],
			slow: [command('sleep 60; echo awake', { wait: { text: 'awake' }, timeout: 90 })],
			late: [command('echo late')],
			never: [command('exit 0')],
		},
		{ setup: [command('echo done > set-up')] },
	),
	{
		...chapter(
			{
				work: [command('echo made')],
				'clean-up': [
					command('echo removing >> "$HOME/log"; false'),
					command('echo elsewhere >> "$HOME/log"', { only: 'embedded' }),
					command('cat web.yaml >> "$HOME/log"', { expect: { text: 'never' } }),
				],
				log: [command('cat ~/log', { expect: { source: '^removing\\nkind: Service\\nset up$', flags: '' } })],
			},
			{ setup: [command('echo set up >> "$HOME/log"')] },
		),
		slug: 'shared',
	},
	{ ...chapter({ bad: [command('false')], next: [command('true')] }), slug: 'failing' },
	{
		...chapter({ work: [command('true')] }, { setup: [command('sleep 60', { timeout: 90 })] }),
		slug: 'slow',
	},
);

/** A lab that notes what is asked of it. */
function notingLab(kind: LabKind): LabProvider & { noted: string[] } {
	const noted: string[] = [];
	return {
		noted,
		kind,
		description: 'A lab that notes what is asked of it.',
		create: async () => {
			noted.push('create');
			return {
				kubeconfig: '# none\n',
				hurry: async (on) => void noted.push(`hurry ${on}`),
				remove: async () => void noted.push('remove'),
			};
		},
		close: async () => {},
	};
}

async function open(t: TestContext, kind: LabKind = 'embedded') {
	const lab = notingLab(kind);
	const server = await startTestServer(manifest, { lab });
	t.after(() => server.close());
	const page = await TestPage.open(server.url, manifest);
	const catchUp = (exercise: string, slug = 'test', digest = `digest of ${exercise}`, cleanUp?: boolean) => {
		const id = page.newId();
		page.send({ type: 'catch-up', id, chapter: slug, exercise, digest, cleanUp });
		return id;
	};
	const cancel = (on = page, slug = 'test') => {
		const id = on.newId();
		on.send({ type: 'cancel', id, chapter: slug });
		return id;
	};
	const told = (id: string, state: string) =>
		page.next('lab', (message) => message.id === id && message.state === state);
	/** Waits until a step of that exercise runs. */
	const running = (exercise: string) =>
		page.next('command', ({ run }) => run.exercise === exercise && run.state === 'running');
	return { lab, server, page, catchUp, cancel, told, running };
}

test('does the setup, the steps and the solutions before an exercise, in the shells that go on', async (t) => {
	const { lab, page, catchUp, told } = await open(t);
	const own = page.run('late');
	await page.ended(own);
	const from = page.messages.length;
	await told(catchUp('third'), 'ready');
	assert.deepEqual(lab.noted, ['create', 'remove', 'create', 'hurry true', 'hurry false']);
	const progress = page.messages
		.slice(from)
		.filter((message) => message.type === 'lab')
		.map(({ state, progress }) => (progress ? `${progress.done}/${progress.total}` : state));
	assert.deepEqual([...new Set(progress)], ['0/7', '1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7', 'ready']);
	assert.ok(
		page.messages.some((message) => message.type === 'lab' && /“third”: echo "id/.test(message.message)),
	);
	const runs = page.messages
		.slice(from)
		.flatMap((message) =>
			message.type === 'command' && message.run.state === 'passed' ? [message.run] : [],
		);
	assert.deepEqual(
		runs.map(({ exercise, step }) => `${exercise} ${step}`),
		['first 0', 'first 1', 'first 3', 'second 0'],
	);
	assert.equal((await page.ended(page.run('third'))).state, 'passed');
});

test('is refused with a stale digest, for an unknown exercise, and a second time', async (t) => {
	const { page, catchUp, cancel, running, told } = await open(t);
	assert.equal(await page.error(catchUp('third', 'test', 'digest of before')), 'old-digest');
	assert.equal(await page.error(catchUp('fourth')), 'unknown-step');
	assert.equal(await page.error(catchUp('third', 'none')), 'unknown-step');
	assert.equal(await page.error(cancel()), 'idle');
	catchUp('late');
	await running('slow');
	assert.equal(await page.error(catchUp('second')), 'busy');
	assert.equal(await page.error(catchUp('next', 'failing')), 'busy');
	assert.equal(await page.error(page.run('first')), 'busy');
	assert.equal(await page.error(page.save('first', 'mine', 1)), 'busy');
	await told(cancel(), 'none');
});

test('once cancelled, nothing of it is left, and the next command starts from a fresh lab', async (t) => {
	const { lab, page, catchUp, cancel, running, told } = await open(t);
	catchUp('late');
	const { run } = await running('slow');
	const from = page.messages.length;
	const { message } = await told(cancel(), 'none');
	assert.match(message, /the next command starts a fresh one/);
	await page.next('exit', ({ terminal }) => terminal === run.terminal, from);
	assert.deepEqual(lab.noted, ['create', 'hurry true', 'remove']);
	assert.equal((await page.ended(page.run('third'))).state, 'failed');
	assert.deepEqual(lab.noted.slice(3), ['create']);
});

test('a reset ends it as well', async (t) => {
	const { lab, page, catchUp, running, told } = await open(t);
	catchUp('late');
	await running('slow');
	page.send({ type: 'reset', id: 'reset', chapter: 'test' });
	await told('reset', 'ready');
	assert.deepEqual(lab.noted, ['create', 'hurry true', 'remove', 'create']);
	assert.equal((await page.ended(page.run('late'))).state, 'passed');
});

test('a reset tells how far it is, and can be cancelled too', async (t) => {
	const { lab, page, cancel, told } = await open(t);
	page.send({ type: 'reset', id: 'reset', chapter: 'slow' });
	await page.next('lab', ({ progress }) => progress?.done === 1 && progress.total === 2);
	await told(cancel(page, 'slow'), 'none');
	assert.deepEqual(lab.noted, ['create', 'remove']);
});

test('a step that fails ends it, and the lab stays as it was then', async (t) => {
	const { lab, catchUp, told } = await open(t);
	const { message } = await told(catchUp('next', 'failing'), 'failed');
	assert.match(message, /stopped in “bad” at `false`: It ended with exit code 1 .*go on by hand, or reset/s);
	assert.deepEqual(lab.noted, ['create', 'hurry true', 'hurry false']);
});

test('of a cluster of one’s own nothing is said to be fresh', async (t) => {
	const { catchUp, cancel, running, told } = await open(t, 'kubeconfig');
	const failed = await told(catchUp('next', 'failing'), 'failed');
	assert.match(failed.message, /`false`: .*Your cluster stands as it was then\. Resetting leaves it so/s);
	catchUp('late');
	await running('slow');
	const cancelled = await told(cancel(), 'none');
	assert.match(cancelled.message, /Your cluster stays as it is/);
	assert.doesNotMatch(cancelled.message, /fresh one/);
});

/** What the clean-up and the setup of the chapter `shared` have written, as a run of its step finds it. */
function logOf(page: TestPage) {
	const id = page.newId();
	const digest = 'digest of cat ~/log';
	page.send({
		type: 'run',
		id,
		mode: 'run',
		busy: 'refuse',
		chapter: 'shared',
		exercise: 'log',
		step: 0,
		digest,
	});
	return page.ended(id);
}

test('what a chapter has made in a cluster that stays is removed first where that is asked for', async (t) => {
	const { page, catchUp, told } = await open(t, 'kubeconfig');
	const removing = 'Removing what this chapter has made: echo removing >> "$HOME/log"; false';
	const said = (from: number) =>
		page.messages
			.slice(from)
			.flatMap((message) => (message.type === 'lab' && message.progress ? [message] : []))
			.map(({ message, progress }) => `${progress?.done}/${progress?.total} ${message}`);
	page.send({ type: 'reset', id: 'reset', chapter: 'shared', cleanUp: true });
	await told('reset', 'ready');
	assert(said(0).includes(`1/4 ${removing}`), said(0).join('\n'));
	assert.equal((await logOf(page)).state, 'passed');
	const from = page.messages.length;
	await told(catchUp('clean-up', 'shared', undefined, true), 'ready');
	assert(said(from).includes(`1/5 ${removing}`), said(from).join('\n'));
});

test('from a lab of one’s own, which is thrown away, nothing is removed', async (t) => {
	const { page, told } = await open(t);
	page.send({ type: 'reset', id: 'reset', chapter: 'shared', cleanUp: true });
	await told('reset', 'ready');
	assert.match((await logOf(page)).reason ?? '', /ends in "set up"/);
});

test('another session has nothing to do with it; another page of its own learns of it', async (t) => {
	const { server, page, catchUp, cancel, running, told } = await open(t);
	catchUp('late');
	await running('slow');
	const stranger = await TestPage.open(server.url, manifest);
	assert.equal(await stranger.error(cancel(stranger)), 'idle');
	assert.equal((await stranger.ended(stranger.run('late'))).state, 'passed');
	const other = await page.another();
	const { progress } = await other.next('lab', ({ state }) => state === 'starting');
	assert.deepEqual(progress, { done: 8, total: 9 });
	const id = cancel(other);
	await told(id, 'none');
});
