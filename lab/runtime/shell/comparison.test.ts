// The simulated shells beside the real ones of this machine: equal output, equal exit code.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { packages } from '../programs/applets.ts';
import { programOf } from '../programs/tool.ts';
import { startContainer } from '../test-container.ts';
import { bashScripts } from './bash-scripts.ts';
import { courseScripts } from './course-scripts.ts';
import { ashProgram, bashProgram, dashProgram } from './main.ts';
import { posixScripts } from './posix-scripts.ts';

interface Outcome {
	stdout: string;
	code: number;
}

const programs = {
	dash: dashProgram,
	bash: bashProgram,
	ash: ashProgram,
	...Object.fromEntries(
		Object.values(packages)
			.flat()
			.map((tool) => [tool.name, programOf(tool, 'gnu')]),
	),
	sh: dashProgram,
};

/** How the real ones are called here. */
const commands: Record<string, readonly string[]> = {
	dash: ['dash'],
	bash: ['bash'],
	ash: ['busybox', 'ash'],
};

/** Runs every script of a folder, each in a working directory of its own; output and exit code go beside it. */
const driver = `
folder=$1
shift
for script in "$folder"/*.sh; do
	mkdir "\${script%.sh}"
	cd "\${script%.sh}"
	env -i PATH=/usr/bin:/bin HOME=/root LC_ALL=C "$@" -c "$(cat "$script")" </dev/null >"$script.out" 2>/dev/null
	echo $? >"$script.code"
done
`;

async function real(shell: string, scripts: readonly string[]): Promise<Outcome[]> {
	const folder = await mkdtemp(join(tmpdir(), 'shell-'));
	const file = (index: number) => join(folder, `${String(index).padStart(4, '0')}.sh`);
	try {
		await Promise.all(scripts.map((script, index) => writeFile(file(index), script)));
		await promisify(execFile)('sh', ['-c', driver, 'driver', folder, ...commands[shell]]);
		return await Promise.all(
			scripts.map(async (_, index) => ({
				stdout: await readFile(`${file(index)}.out`, 'utf8'),
				code: Number(await readFile(`${file(index)}.code`, 'utf8')),
			})),
		);
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

async function isMissing(shell: string): Promise<string | false> {
	const [{ stdout }] = await real(shell, ['echo present']);
	return stdout !== 'present\n' && `${shell} is not installed here`;
}

/** What a real shell makes of its scripts, by subject; or why it cannot be asked. */
async function expectation(shell: string) {
	const subjects = {
		...posixScripts,
		...courseScripts,
		...(shell === 'bash' ? { extensions: bashScripts } : {}),
	};
	const skip = await isMissing(shell);
	return { shell, subjects, skip, outcomes: skip ? [] : await real(shell, Object.values(subjects).flat()) };
}

// All of them at once, since what they mostly do is wait.
for (const { shell, subjects, skip, outcomes } of await Promise.all(Object.keys(commands).map(expectation))) {
	let at = 0;
	for (const [subject, scripts] of Object.entries(subjects)) {
		const start = at;
		at += scripts.length;
		test(`${shell}: ${subject}`, { skip }, async () => {
			for (const [index, script] of scripts.entries())
				assert.deepEqual(await simulated(shell, script), outcomes[start + index], script);
		});
	}
}
