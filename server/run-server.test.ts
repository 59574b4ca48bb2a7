import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findProcesses } from './sessions/processes.ts';
import { course } from './testing/course.ts';
import { TestPage } from './testing/page.ts';
import { startTestServer } from './testing/server.ts';

interface Running {
	child: ChildProcess;
	/** Of the session's processes. */
	marker: { SLIDECAR_SESSION: string };
	folder: string;
}

/** A server with a session in which something runs that outlives its terminal. */
async function startBusy(): Promise<Running> {
	const child = fork(join(import.meta.dirname, 'testing/serve.ts'), ['--lab', 'none'], { silent: true });
	const [printed] = (await once(child.stdout!, 'data')) as [Buffer];
	const page = await TestPage.open(printed.toString().trim());
	const terminal = await page.openTerminal();
	page.type(terminal, "(trap '' HUP; setsid sh -c 'echo star''ted; exec sleep 1000' &)\r");
	await page.until(() => page.textOf(terminal).includes('started'), 'the process');
	const folder = readdirSync(tmpdir()).find((name) => name.startsWith(`slidecar-${child.pid}-`));
	assert.ok(folder);
	return { child, folder, marker: { SLIDECAR_SESSION: folder.split('-')[2] } };
}

describe('the server process', () => {
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
		it(`ends on ${signal}, and leaves nothing`, async () => {
			const { child, marker, folder } = await startBusy();
			assert.ok(findProcesses(marker).length >= 2);
			child.kill(signal);
			assert.deepEqual(await once(child, 'exit'), [0, null]);
			assert.deepEqual(findProcesses(marker), []);
			assert.ok(!readdirSync(tmpdir()).includes(folder));
		});

	it('leaves nothing when it crashes', async () => {
		const { child, marker, folder } = await startBusy();
		child.send('crash');
		assert.deepEqual(await once(child, 'exit'), [1, null]);
		assert.deepEqual(findProcesses(marker), []);
		assert.ok(!readdirSync(tmpdir()).includes(folder));
	});

	it('says in a sentence why it does not start', async () => {
		const child = fork(join(import.meta.dirname, 'testing/serve.ts'), ['--host', '0.0.0.0'], {
			silent: true,
		});
		const [said] = (await once(child.stderr!, 'data')) as [Buffer];
		assert.match(said.toString(), /^--host 0.0.0.0: .*Add --access-code CODE.*\n$/);
		assert.deepEqual(await once(child, 'exit'), [1, null]);
	});

	it('that was killed is cleaned up after by the next', async () => {
		const { child, marker, folder } = await startBusy();
		child.kill('SIGKILL');
		await once(child, 'exit');
		assert.ok(findProcesses(marker).length >= 1, 'the test is of nothing');
		const next = await startTestServer(course());
		assert.deepEqual(findProcesses(marker), []);
		assert.ok(!readdirSync(tmpdir()).includes(folder));
		await next.close();
	});
});
