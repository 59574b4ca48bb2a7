// wait, jobs, fg, bg, ulimit, disown.

import { ShellError } from '../control-flow.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

async function wait(shell: Shell, args: string[]): Promise<number> {
	const targets = args.filter((arg) => arg !== '-n');
	if (targets.length === 0) {
		const status = await shell.jobs.waitForAll();
		if (shell.trapPending) await shell.runTraps();
		return status;
	}
	let status = 0;
	for (const target of targets) {
		const pid = target.startsWith('%') ? shell.jobs.find(target, 'wait').pids.at(-1)! : Number(target);
		if (!Number.isInteger(pid)) {
			const bash = shell.dialect.name === 'bash';
			throw new ShellError(
				bash ? `wait: \`${target}': not a pid or valid job spec` : `wait: Illegal number: ${target}`,
				bash ? 1 : 2,
			);
		}
		if (shell.dialect.bash && !shell.jobs.knows(pid))
			await shell.complain(`wait: pid ${pid} is not a child of this shell`);
		status = await shell.jobs.waitFor(pid, true);
		if (shell.trapPending) await shell.runTraps();
	}
	return status;
}

async function resume(shell: Shell, [target = '']: string[], foreground: boolean): Promise<number> {
	const command = foreground ? 'fg' : 'bg';
	if (!shell.jobs.controlled)
		throw new ShellError(
			shell.dialect.name === 'dash' ? `${command}: No job control` : `${command}: no job control`,
			shell.dialect.name === 'dash' ? 2 : 1,
		);
	const job = shell.jobs.find(target, command);
	await shell.process.write(
		1,
		foreground
			? `${job.text}\n`
			: `[${job.number}]${shell.dialect.name === 'dash' ? '' : '+'} ${job.text}${shell.dialect.name === 'bash' ? ' &' : ''}\n`,
	);
	return shell.jobs.resume(job, foreground);
}

const limits: [letter: string, name: string, unit: string, value: string][] = [
	['t', 'time', 'seconds', 'unlimited'],
	['f', 'file', 'blocks', 'unlimited'],
	['d', 'data', 'kbytes', 'unlimited'],
	['s', 'stack', 'kbytes', '8192'],
	['c', 'coredump', 'blocks', '0'],
	['m', 'memory', 'kbytes', 'unlimited'],
	['l', 'locked memory', 'kbytes', '64'],
	['p', 'process', '', '256'],
	['n', 'nofiles', '', '1024'],
	['v', 'vmemory', 'kbytes', 'unlimited'],
];

export const processBuiltins: Record<string, Builtin> = {
	wait: { run: wait },
	jobs: {
		async run(shell, args) {
			if (args.includes('-p')) {
				const pids = shell.jobs.list().map((job) => `${job.pids[0]}\n`);
				await shell.process.write(1, pids.join(''));
				return 0;
			}
			const done = await shell.jobs.collect();
			const left = shell.jobs.list().map((job) => shell.jobs.describe(job));
			const text = done + left.join('');
			if (text !== '') await shell.process.write(1, text);
			return 0;
		},
	},
	fg: { run: (shell, args) => resume(shell, args, true) },
	bg: { run: (shell, args) => resume(shell, args, false) },
	disown: { run: () => 0, only: ({ bash }) => bash },
	ulimit: {
		async run(shell, args) {
			const letters = args
				.filter((arg) => arg.startsWith('-'))
				.join('')
				.replaceAll('-', '')
				.replace(/[SH]/g, '');
			if (args.some((arg) => /^(\d+|unlimited)$/.test(arg))) return 0;
			if (letters.includes('a')) {
				const lines = limits.map(
					([letter, name, unit, value]) =>
						`${`${name}${unit ? `(${unit})` : ''}`.padEnd(20)}-${letter} ${value}\n`,
				);
				await shell.process.write(1, lines.join(''));
				return 0;
			}
			const limit = limits.find(([letter]) => letter === (letters[0] ?? 'f'));
			if (!limit) throw new ShellError(`ulimit: Illegal option -${letters[0]}`, 2);
			await shell.process.write(1, `${limit[3]}\n`);
			return 0;
		},
	},
};
