// Commands that run as processes beside each other: pipelines, and lists in the background.
import { type OpenFile, SystemError } from '../process.ts';
import { Abort } from './control-flow.ts';
import type { Shell } from './shell.ts';
import type { AndOr, Pipeline } from './syntax.ts';

/** Starts a list in the background, as a job. */
export async function runInBackground(shell: Shell, item: AndOr): Promise<void> {
	const { jobs } = shell;
	if (shell.options.has('n')) return;
	const controlled = jobs.controlled;
	const foreground: AndOr = { ...item, background: false };
	const files = controlled ? undefined : new Map([[0, shell.process.open('/dev/null', 'r')]]);
	const { pid } = shell.process.spawn({
		argv: shell.process.argv,
		processGroup: controlled ? 0 : undefined,
		files,
		program: shell.subshell(async (child) => {
			if (!controlled)
				for (const signal of ['INT', 'QUIT'] as const) child.process.onSignal(signal, 'ignore');
			await child.executor.script({ items: [foreground] }, true);
		}),
	});
	files?.get(0)?.release();
	shell.lastBackground = pid;
	shell.status = 0;
	await jobs.add([pid], item.text.replace(/\s*&$/, ''));
}

/** Starts every stage as a process of its own, and waits for all. */
export async function runPipe(shell: Shell, pipeline: Pipeline): Promise<void> {
	const { process, jobs } = shell;
	const pids: number[] = [];
	let input: OpenFile | undefined;
	for (const [index, command] of pipeline.commands.entries()) {
		const isLast = index === pipeline.commands.length - 1;
		const next = isLast ? undefined : process.pipe();
		const files = new Map<number, OpenFile | null>();
		if (input) files.set(0, input);
		if (next) files.set(1, next.writer);
		try {
			const { pid } = process.spawn({
				argv: process.argv,
				files,
				program: shell.subshell((child) => child.executor.stage(command)),
			});
			if (jobs.controlled) jobs.group(pid, pids[0] ?? pid);
			pids.push(pid);
		} catch (error) {
			next?.reader.release();
			throw await spawnFailure(shell, error);
		} finally {
			input?.release();
			next?.writer.release();
		}
		input = next?.reader;
	}
	shell.status = await jobs.foreground(pids, pipeline.text);
}

/** What to throw where a process could not be started: reported here where there are too many. */
export async function spawnFailure(shell: Shell, error: unknown): Promise<unknown> {
	if (!(error instanceof SystemError) || error.code !== 'EAGAIN') return error;
	const { dialect } = shell;
	if (dialect.name === 'bash') await shell.complain('fork: retry: Resource temporarily unavailable');
	else
		await shell.complain(
			dialect.name === 'dash' ? 'Cannot fork' : "can't fork: Resource temporarily unavailable",
		);
	return new Abort(2);
}
