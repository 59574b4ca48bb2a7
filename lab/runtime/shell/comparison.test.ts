// The simulated shells beside the real ones of this machine: equal output, equal exit code.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cat } from '../programs/cat.ts';
import { ls } from '../programs/ls.ts';
import { sleep } from '../programs/sleep.ts';
import { programOf } from '../programs/tool.ts';
import { startContainer } from '../test-container.ts';
import { ashProgram, bashProgram, dashProgram } from './main.ts';
import { bashScripts, posixScripts } from './test-scripts.ts';

interface Outcome {
	stdout: string;
	code: number;
}

const programs = {
	dash: dashProgram,
	bash: bashProgram,
	ash: ashProgram,
	cat: programOf(cat, 'gnu'),
	ls: programOf(ls, 'gnu'),
	sleep: programOf(sleep, 'gnu'),
};

/** How the real ones are called here. */
const commands: Record<string, readonly string[]> = {
	dash: ['dash'],
	bash: ['bash'],
	ash: ['busybox', 'ash'],
};

async function real(shell: string, script: string): Promise<Outcome> {
	const folder = await mkdtemp(join(tmpdir(), 'shell-'));
	try {
		return await new Promise((resolve) => {
			const env = { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C' };
			const options = { cwd: folder, env, killSignal: 'SIGKILL' as const, timeout: 20_000 };
			const [file, ...args] = [...commands[shell], '-c', script];
			const child = execFile(file, args, options, (error, stdout) => {
				const number = error?.signal === 'SIGKILL' ? 137 : typeof error?.code === 'number' ? error.code : 0;
				resolve({ stdout, code: number });
			});
			child.stdin?.end();
		});
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function simulated(shell: string, script: string): Promise<Outcome> {
	const { run } = startContainer(programs, {
		workingDir: '/work',
		env: new Map([
			['PATH', '/usr/bin:/bin'],
			['HOME', '/root'],
		]),
	});
	const { stdout, code } = await run([shell, '-c', script], '');
	return { stdout, code };
}

async function version(shell: string): Promise<string | undefined> {
	const { stdout, code } = await real(shell, 'echo present');
	return code === 0 && stdout === 'present\n' ? shell : undefined;
}

/** Compares script by script, a few real shells at a time. */
async function compare(shell: string, scripts: readonly string[]): Promise<void> {
	for (let index = 0; index < scripts.length; index += 4) {
		const some = scripts.slice(index, index + 4);
		const expected = await Promise.all(some.map((script) => real(shell, script)));
		for (const [offset, script] of some.entries())
			assert.deepEqual(await simulated(shell, script), expected[offset], script);
	}
}

for (const shell of Object.keys(commands)) {
	const missing = (await version(shell)) === undefined && `${shell} is not installed here`;
	for (const [subject, scripts] of Object.entries(posixScripts))
		test(`${shell}: ${subject}`, { skip: missing }, () => compare(shell, scripts));
	if (shell === 'bash') test('bash: extensions', { skip: missing }, () => compare(shell, bashScripts));
}
