// The simulated shells beside the real ones of this machine: equal output, equal exit code, equal complaints.
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
import { mistakenScripts } from './mistaken-scripts.ts';
import { posixScripts } from './posix-scripts.ts';

interface Outcome {
	stdout: string;
	stderr: string;
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

/** Runs every script of a folder, each in a working directory of its own; output, complaints and exit code go beside it. */
const driver = `
folder=$1
shift
for script in "$folder"/*.sh; do
	mkdir "\${script%.sh}"
	cd "\${script%.sh}"
	env -i PATH=/usr/bin:/bin HOME=/root LC_ALL=C "$@" -c "$(cat "$script")" </dev/null >"$script.out" 2>"$script.err"
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
				// Of a shell that kills itself the driver says so.
				stderr: (await readFile(`${file(index)}.err`, 'utf8')).replace(/^Killed\n$/, ''),
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
	const { stdout, stderr, code } = await run([shell, '-c', script], '');
	return { stdout, stderr, code };
}

/** bash words some complaints anew in each release; those of the images are 5.2. */
async function complainsAlike(shell: string): Promise<boolean> {
	const [{ stdout }] = await real(shell, ['echo "$BASH_VERSION"']);
	return shell !== 'bash' || stdout.startsWith('5.2.');
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
		mistakes: mistakenScripts,
	};
	const skip = await isMissing(shell);
	const outcomes = skip ? [] : await real(shell, Object.values(subjects).flat());
	return { shell, subjects, skip, outcomes, alike: !skip && (await complainsAlike(shell)) };
}

test('there are 300 scripts and more', () => {
	const subjects = { ...posixScripts, ...courseScripts };
	assert(new Set(Object.values(subjects).flat()).size >= 300);
});

// All of them at once, since what they mostly do is wait.
const expectations = await Promise.all(Object.keys(commands).map(expectation));
for (const { shell, subjects, skip, outcomes, alike } of expectations) {
	let at = 0;
	for (const [subject, scripts] of Object.entries(subjects)) {
		const start = at;
		at += scripts.length;
		test(`${shell}: ${subject}`, { skip }, async () => {
			for (const [index, script] of scripts.entries()) {
				const expected = outcomes[start + index];
				const seen = await simulated(shell, script);
				assert.deepEqual(alike ? seen : { ...seen, stderr: expected.stderr }, expected, script);
			}
		});
	}
}
