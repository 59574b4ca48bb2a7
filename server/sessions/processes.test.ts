import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { RunningServer } from '../server.ts';
import { chapter, command, course } from '../testing/course.ts';
import { TestPage } from '../testing/page.ts';
import { startTestServer } from '../testing/server.ts';
import { endProcesses, findProcesses } from './processes.ts';
import { newMarker } from './session.ts';

const manifest = course(chapter({ first: [command('echo hello')] }, { setup: [] }));

/** Whatever a shell can do to outlive it; each tells its process id. */
const survivors = [
	"setsid sh -c 'echo pid=$$; exec sleep 1000' &",
	"nohup sh -c 'echo pid=$$ >/dev/tty; exec sleep 1000' >/dev/null 2>&1 &",
	"sh -c 'echo pid=$$; exec sleep 1000' & disown;",
	"(setsid sh -c 'echo pid=$$; env -i sleep 1000' &);",
	"env -i nohup sh -c 'echo pid=$$ >/dev/tty; exec sleep 1000' >/dev/null 2>&1 &",
	"trap '' HUP TERM; sh -c 'echo pid=$$; exec sleep 1000' &",
];

/** One that has ended and that init has not asked about yet is not alive. */
function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
	} catch {
		return false;
	}
}

async function startSurvivors(page: TestPage): Promise<number[]> {
	const terminal = await page.openTerminal();
	page.type(terminal, `${survivors.join(' ')}\r`);
	const pids = () => [...page.textOf(terminal).matchAll(/pid=(\d+)/g)].map((match) => Number(match[1]));
	await page.until(() => pids().length === survivors.length, 'every process');
	return pids();
}

async function end(server: RunningServer, pids: number[], action: () => Promise<unknown>) {
	try {
		assert.ok(pids.every(isAlive), 'the test is of nothing');
		await action();
		assert.deepEqual(pids.filter(isAlive), []);
	} finally {
		await server.close();
	}
}

/** The system tells nobody of the end of a process that is no child, so it is asked again and again. */
async function allEnded(pids: number[]): Promise<void> {
	const deadline = Date.now() + 10_000;
	while (pids.some(isAlive)) {
		if (Date.now() > deadline) throw new Error(`${pids.filter(isAlive).join(', ')} live on`);
		await setTimeout(10);
	}
}

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`slidecar-${process.pid}-`));

describe('the end', () => {
	it('of the server leaves no process and no folder', async () => {
		const server = await startTestServer(manifest);
		const pids = await startSurvivors(await TestPage.open(server.url, manifest));
		assert.equal(folders().length, 1);
		await end(server, pids, () => server.close());
		assert.deepEqual(folders(), []);
	});

	it('of a session comes a while after its last page has left', async () => {
		const server = await startTestServer(manifest, { limits: { graceMs: 100 } });
		const page = await TestPage.open(server.url, manifest);
		const pids = await startSurvivors(page);
		await end(server, pids, async () => {
			page.close();
			await allEnded(pids);
		});
	});

	it('of a terminal ends what was started in it, and nothing else', async () => {
		const server = await startTestServer(manifest);
		const page = await TestPage.open(server.url, manifest);
		const other = await page.openTerminal('other');
		const pids = await startSurvivors(page);
		const { terminal } = (await page.next('opened', (message) => message.terminal.name === 'main')).terminal;
		await end(server, pids, async () => {
			page.send({ type: 'close', terminal });
			await page.next('exit', (message) => message.terminal === terminal);
			await allEnded(pids);
			page.type(other, 'echo $((6*7))\r');
			await page.until(() => page.textOf(other).includes('42'), 'the other terminal');
		});
	});

	it('of a chapter, by reset, as well', async () => {
		const server = await startTestServer(manifest);
		const page = await TestPage.open(server.url, manifest);
		const pids = await startSurvivors(page);
		await end(server, pids, async () => {
			const id = page.newId();
			page.send({ type: 'reset', id, chapter: 'test' });
			await page.next('lab', (message) => message.id === id && message.state === 'ready');
		});
	});
});

describe('endProcesses', () => {
	it('finds a process by its marker and ends it', async () => {
		const marker = { SLIDECAR_SESSION: newMarker() };
		const child = spawn('sleep', ['1000'], { env: { ...process.env, ...marker }, stdio: 'ignore' });
		await once(child, 'spawn');
		const ended = once(child, 'exit');
		while (findProcesses(marker).length === 0) await setTimeout(5);
		assert.deepEqual(findProcesses(marker), [child.pid]);
		assert.deepEqual(findProcesses({ ...marker, SLIDECAR_TERMINAL: '1' }), []);
		await endProcesses(marker);
		assert.equal((await ended)[1], 'SIGKILL');
	});
});
