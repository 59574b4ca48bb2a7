// sed: its options and its files.
import { decode, encode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import type { Line } from './lines.ts';
import { replaceFile } from './replace-file.ts';
import { Editor } from './sed-editor.ts';
import { type Command, parseScript, ScriptError } from './sed-script.ts';
import type { Tool } from './tool.ts';

async function* joined(sources: AsyncGenerator<Line>[]): AsyncGenerator<Line> {
	for (const [i, source] of sources.entries())
		for await (const line of source) yield i < sources.length - 1 ? { ...line, ended: true } : line;
}

export const sed: Tool = {
	name: 'sed',
	usage: '[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'e:f:nErsi::uz',
			long: {
				'expression=': 'e',
				'file=': 'f',
				quiet: 'n',
				silent: 'n',
				'regexp-extended': 'E',
				'in-place=?': 'i',
				separate: 's',
				unbuffered: 'u',
				'null-data': 'z',
				posix: 'posix',
				debug: 'debug',
			},
		});
		const operands = [...options.operands];
		const scripts: string[] = [];
		for (const [name, value = ''] of options.given) {
			if (name === 'e') scripts.push(value);
			if (name === 'f') scripts.push(decode(await call.readAll(value)).replace(/^#!.*\n/, ''));
		}
		if (scripts.length === 0) {
			const script = operands.shift();
			if (script === undefined) {
				if (call.busybox) throw call.usageFailure('missing script');
				await call.process.write(
					2,
					'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n',
				);
				return 1;
			}
			scripts.push(script);
		}
		const text = scripts.join('\n');
		let commands: Command[];
		try {
			commands = parseScript(text, options.has('E', 'r'));
		} catch (error) {
			if (!(error instanceof ScriptError)) throw error;
			return call.fail(
				call.busybox ? error.message.replace(/^-e expression #1, char \d+: /, '') : error.message,
			);
		}
		const editor = new Editor(call, commands, options.has('n') || /^#n\n/.test(text));
		const separator = options.has('z') ? 0 : 10;
		const complaint = (path: string, error: SystemError) => {
			if (call.busybox) return `${path}: ${error.message}`;
			return error.code === 'EISDIR'
				? options.has('i')
					? `couldn't edit ${path}: not a regular file`
					: `read error on ${path}: ${error.message}`
				: `can't read ${path}: ${error.message}`;
		};
		let code = 0;
		if (options.has('i')) {
			if (operands.length === 0) return call.fail(call.busybox ? 'no input files' : 'no input files');
			code = await call.eachFile(operands, complaint, async (path) => {
				const { files } = call.process;
				const status = files.status(path);
				if (status.kind === 'directory') throw new SystemError('EISDIR', 'Is a directory');
				let edited = '';
				editor.restart();
				await editor.run(call.lines(path, separator), (part) => {
					edited += part;
				});
				replaceFile(call, path, encode(edited), status, options.value('i'));
			});
		} else {
			const open: AsyncGenerator<Line>[] = [];
			code = await call.eachFile(operands, complaint, async (path) => {
				if (path !== '-' && call.process.files.status(path).kind === 'directory')
					throw new SystemError('EISDIR', 'Is a directory');
				open.push(call.lines(path, separator));
			});
			for (const input of options.has('s') ? open : [joined(open)]) {
				if (options.has('s')) editor.restart();
				await editor.run(input, (part) => call.print(part));
				if (editor.quit !== undefined) break;
			}
		}
		editor.writeFiles();
		if (editor.quit !== undefined) return editor.quit;
		return code === 0 ? 0 : call.busybox ? 1 : 2;
	},
};
