// Commands that are files: found by PATH, run as a process of their own or in place of the shell.
import { SystemError } from '../process.ts';
import { assign } from './assignments.ts';
import { keep, redirect, restore } from './redirect.ts';
import type { Shell } from './shell.ts';
import type { Command } from './syntax.ts';

/**
 * Runs a file as a command. `tail`: the shell's process has nothing else to do, so the command may take it over.
 * `text` names it in job lists.
 */
export async function runExternal(
	shell: Shell,
	command: Command & { type: 'simple' },
	words: readonly string[],
	tail: boolean,
	text: string,
): Promise<void> {
	const { process } = shell;
	const saved = await redirect(shell, command.redirections);
	shell.variables.enterScope();
	try {
		await assign(shell, command.assignments, words, true);
		const env = shell.variables.environment();
		const takeOver = tail && shell.traps.size === 0 && !shell.jobs.controlled && shell.jobs.none;
		if (takeOver) {
			// The process is the command's from here on, with what is open now.
			keep(saved);
			shell.executor.ownDescriptors = [];
			try {
				await process.exec(words, env, shell.commandPath(words[0]));
			} catch (error) {
				await notRun(shell, words, error, env);
			}
			return;
		}
		try {
			const { pid } = process.spawn({ argv: words, env, path: shell.commandPath(words[0]) });
			if (shell.jobs.controlled) shell.jobs.group(pid, pid);
			// What was redirected is the child's now.
			restore(shell, saved);
			shell.status = await shell.jobs.foreground([pid], text);
		} catch (error) {
			await notRun(shell, words, error, env);
		}
	} finally {
		shell.variables.leaveScope();
		restore(shell, saved);
	}
}

/** What a shell says to a command that it cannot run, and its status (2.8.2). */
async function notRun(
	shell: Shell,
	words: readonly string[],
	error: unknown,
	env: Map<string, string>,
): Promise<void> {
	const [name] = words;
	if (!(error instanceof SystemError) || error.code === 'EAGAIN') throw error;
	if (error.code === 'ENOEXEC') return scriptWithoutInterpreter(shell, words, env);
	const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
	shell.status = missing ? 127 : 126;
	const path = name.includes('/');
	const bash = shell.dialect.name === 'bash';
	const isDirectory = error.code === 'EACCES' && bash && path && shell.isDirectory(name);
	if (isDirectory) await shell.complain(`${name}: Is a directory`);
	else if (!missing) await shell.complain(`${name}: ${error.message}`);
	else await shell.complain(`${name}: ${path && bash ? error.message : shell.dialect.notFound}`);
}

/** A text file without #! is a script for this shell. */
async function scriptWithoutInterpreter(
	shell: Shell,
	words: readonly string[],
	env: Map<string, string>,
): Promise<void> {
	const path = shell.commandPath(words[0]) ?? words[0];
	const { pid } = shell.process.spawn({
		argv: words,
		env,
		program: shell.subshell(async (child) => {
			child.name = path;
			child.script = true;
			child.positional = words.slice(1);
			await child.run(
				child.process.files.readText(path.startsWith('/') ? path : `${child.process.cwd}/${path}`),
				true,
			);
		}),
	});
	shell.status = await shell.jobs.foreground([pid], words.join(' '));
}
