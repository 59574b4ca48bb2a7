// An interactive shell: prompts, reads, runs, and goes on after mistakes.
import { SystemError } from '../process.ts';
import { Abort, Jump } from './control-flow.ts';
import { LineEditor } from './line-editor.ts';
import { LineSource } from './line-source.ts';
import { promptText } from './prompt.ts';
import type { Shell } from './shell.ts';

/** Reads and runs commands until the end of input or exit. */
export async function interact(shell: Shell): Promise<void> {
	const { process, jobs, dialect } = shell;
	const input = shell.openFile(0);
	const terminal = input?.terminal && input;
	if (terminal) {
		shell.options.add('m');
		jobs.takeTerminal();
	}
	const startup = dialect.name === 'bash' ? '/etc/bash.bashrc' : shell.parameter('ENV');
	if (startup && process.files.exists(startup))
		await runSafely(shell, () => shell.run(process.files.readText(startup)));
	const editor = terminal && dialect.editsLines ? new LineEditor(process, terminal) : undefined;
	shell.history = editor?.history;
	const source = new LineSource(shell);
	while (true) {
		shell.takeInterrupt();
		const done = await jobs.collect();
		if (done !== '') await process.write(2, done);
		if (shell.trapPending) await shell.runTraps();
		const text = await readCommand(shell, source, editor);
		if (text === undefined) break;
		if (text === '') continue;
		await runSafely(shell, async () => {
			const script = await source.parse(text, true);
			if (script && script !== 'incomplete') await shell.executor.script(script);
		});
	}
	await process.write(2, dialect.name === 'bash' ? 'exit\n' : '\n');
}

/** A mistake or a stray break ends the line, not the shell. */
async function runSafely(shell: Shell, action: () => Promise<void>): Promise<void> {
	try {
		await action();
	} catch (thrown) {
		if (!(thrown instanceof Abort) && !(thrown instanceof Jump)) throw thrown;
		if (thrown instanceof Abort) shell.status = thrown.status;
	}
}

/** A command's lines; '' where ^C gave it up, undefined at the end of input. */
async function readCommand(
	shell: Shell,
	source: LineSource,
	editor: LineEditor | undefined,
): Promise<string | undefined> {
	let text = '';
	while (true) {
		const prompt = await promptText(shell, text === '' ? 'PS1' : 'PS2');
		const line = editor ? await editor.read(prompt) : await readCooked(shell, prompt);
		if (line === 'interrupted') {
			shell.status = 130;
			return '';
		}
		if (line === undefined) {
			if (text === '') return undefined;
			await runSafely(shell, async () => {
				await source.parse(text, true);
			});
			return '';
		}
		text += `${line.text}\n`;
		let state: Awaited<ReturnType<LineSource['parse']>>;
		try {
			state = await source.check(text);
		} catch (thrown) {
			if (!(thrown instanceof Abort)) throw thrown;
			shell.status = thrown.status;
			return '';
		}
		if (state !== 'incomplete') return text.trim() === '' ? '' : text;
	}
}

/** dash leaves editing to the terminal. */
async function readCooked(
	shell: Shell,
	prompt: string,
): Promise<{ text: string } | 'interrupted' | undefined> {
	const { process } = shell;
	await process.write(2, prompt);
	const decoder = new TextDecoder();
	let text = '';
	while (!text.endsWith('\n')) {
		try {
			const data = await process.read(0, 4096);
			if (data.length === 0) return text === '' ? undefined : { text };
			text += decoder.decode(data, { stream: true });
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
			if (shell.trapPending) await shell.runTraps();
			if (!shell.takeInterrupt()) continue;
			await process.write(2, '\n');
			return 'interrupted';
		}
	}
	return { text: text.slice(0, -1) };
}
