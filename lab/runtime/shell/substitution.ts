// Commands that run for their output: $( … ), and bash's <( … ) and >( … ) (POSIX.1-2024, Shell Command Language, 2.6.3).
import { concat } from '../../bytes.ts';
import { decode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import type { Shell } from './shell.ts';
import type { Script } from './syntax.ts';

/** Descriptors from here on are the shell's own, as for <( … ). */
const firstOwnDescriptor = 63;

/** What a command substitution gives: its output without the newlines at its end. */
export async function capture(shell: Shell, script: Script): Promise<string> {
	const { process } = shell;
	const { reader, writer } = process.pipe();
	const { pid } = process.spawn({
		argv: process.argv,
		files: new Map([[1, writer]]),
		program: shell.subshell((child) => child.executor.script(script, true)),
	});
	writer.release();
	const chunks: Uint8Array[] = [];
	let held = 0;
	while (true) {
		try {
			const data = await reader.read(65_536, process);
			if (data.length === 0) break;
			chunks.push(data);
			process.allocate(data.length);
			held += data.length;
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
	reader.release();
	process.allocate(-held);
	const status = await shell.jobs.waitFor(pid);
	shell.executor.substituted = status;
	// bash's $? is that of the last substitution at once, the others' only after the command.
	if (shell.dialect.bash) shell.status = status;
	const text = decode(concat(chunks));
	return text.replaceAll('\0', '').replace(/\n+$/, '');
}

/** Starts the commands of <( … ) or >( … ) and gives the path of the pipe to them. */
export function substituteProcess(shell: Shell, script: Script, direction: '<' | '>'): string {
	const { process } = shell;
	const { reader, writer } = process.pipe();
	const [theirs, ours] = direction === '<' ? [writer, reader] : [reader, writer];
	process.spawn({
		argv: process.argv,
		files: new Map([[direction === '<' ? 1 : 0, theirs]]),
		program: shell.subshell((child) => child.executor.script(script, true)),
	});
	theirs.release();
	let descriptor = firstOwnDescriptor;
	while (shell.openFile(descriptor)) descriptor--;
	process.setFile(descriptor, ours);
	shell.executor.ownDescriptors.push(descriptor);
	return `/dev/fd/${descriptor}`;
}
