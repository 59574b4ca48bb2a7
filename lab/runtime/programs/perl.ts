// perl's one-liners: -e with -n, -p, -l, -i, -a and -F. The language is perl-language.ts'.

import { encode } from '../byte-text.ts';
import type { SystemError } from '../process.ts';
import { parsePerl, type State } from './perl-language.ts';
import { replaceFile } from './replace-file.ts';
import { type Call, type Tool, ToolFailure } from './tool.ts';

interface Switches {
	script: string[];
	loop: '' | 'n' | 'p';
	lines: boolean;
	split: RegExp | undefined;
	inPlace: string | undefined;
	operands: string[];
}

/** perl's switches, which may be put together: `-i.bak`, `-ple CODE`. */
function switchesOf(call: Call): Switches {
	const switches: Switches = {
		script: [],
		loop: '',
		lines: false,
		split: undefined,
		inPlace: undefined,
		operands: [],
	};
	const args = [...call.args];
	while (args[0]?.startsWith('-') && args[0] !== '-') {
		const arg = args.shift() as string;
		if (arg === '--') break;
		for (let at = 1; at < arg.length; at++) {
			const letter = arg[at];
			if (letter === 'e' || letter === 'E') {
				const code = arg.slice(at + 1) || args.shift();
				if (code === undefined) call.fail('No code specified for -e.', 29);
				switches.script.push(code);
				break;
			}
			if (letter === 'i') {
				switches.inPlace = arg.slice(at + 1);
				break;
			}
			if (letter === 'F') {
				const text = arg.slice(at + 1).replace(/^\/(.*)\/$/, '$1');
				switches.split = new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
				switches.loop ||= 'n';
				break;
			}
			if (letter === 'n' || letter === 'p') switches.loop = switches.loop === 'p' ? 'p' : letter;
			else if (letter === 'l') switches.lines = true;
			else if (letter === 'a') {
				switches.split ??= /\s+/;
				switches.loop ||= 'n';
			} else if (letter !== 'w' && letter !== 's' && letter !== 'C') {
				throw new ToolFailure(`Unrecognized switch: -${arg.slice(at)}  (-h will show valid options).`, 29);
			}
		}
	}
	switches.operands = args;
	return switches;
}

async function runPerl(call: Call): Promise<number> {
	if (call.args[0] === '-v' || call.args[0] === '--version') {
		await call.print(
			"\nThis is perl 5, version 36, subversion 0 (v5.36.0), as far as the lab's one-liners go\n",
		);
		return 0;
	}
	const switches = switchesOf(call);
	if (switches.script.length === 0)
		throw new ToolFailure("the lab's perl runs one-liners only: perl -e CODE, or with -n, -p, -l, -i", 2);
	const statements = parsePerl(switches.script.join('\n'));
	const state: State = {
		line: '',
		number: 0,
		groups: [],
		fields: [],
		recordEnd: switches.lines ? '\n' : '',
		output: '',
		ended: undefined,
	};
	const emit = async (write: (text: string) => unknown) => {
		if (state.output !== '') await write(state.output);
		state.output = '';
	};
	if (!switches.loop) {
		for (const statement of statements) statement(state);
		await emit((text) => call.print(text));
		return 0;
	}
	const edit = async (path: string, write: (text: string) => unknown) => {
		for await (const { text, ended } of call.lines(path)) {
			const wait = call.process.step();
			if (wait) await wait;
			state.line = switches.lines || !ended ? text : `${text}\n`;
			state.number++;
			state.ended = undefined;
			if (switches.split)
				state.fields = text
					.trimStart()
					.split(switches.split)
					.filter((field, i, all) => field !== '' || i < all.length - 1);
			for (const statement of statements) {
				statement(state);
				if (state.ended) break;
			}
			// -p prints by a `continue` block, which `next` runs and `last` leaves out.
			if (switches.loop === 'p' && state.ended !== 'last') state.output += state.line + state.recordEnd;
			await emit(write);
			if (state.ended === 'last') return;
		}
	};
	const complaint = (path: string, error: SystemError) => `Can't open ${path}: ${error.message}.`;
	if (switches.inPlace === undefined)
		await eachFile(call, switches.operands, complaint, (path) => edit(path, (text) => call.print(text)));
	else
		await eachFile(call, switches.operands, complaint, async (path) => {
			const { files } = call.process;
			const status = files.status(path);
			if (status.kind !== 'file') {
				await call.process.write(2, `Can't do inplace edit: ${path} is not a regular file.\n`);
				return;
			}
			let edited = '';
			await edit(path, (text) => {
				edited += text;
			});
			replaceFile(call, path, encode(edited), status, switches.inPlace);
		});
	return 0;
}

/** Reads each file; perl only warns of one that it cannot open, and goes on. */
async function eachFile(
	call: Call,
	operands: readonly string[],
	complaint: (path: string, error: SystemError) => string,
	read: (path: string) => Promise<void>,
): Promise<void> {
	for (const path of operands.length > 0 ? operands : ['-']) {
		try {
			if (path !== '-') call.process.open(path, 'r').release();
		} catch (error) {
			await call.flush();
			await call.process.write(2, `${complaint(path, error as SystemError)}\n`);
			continue;
		}
		await read(path);
	}
}

export const perl: Tool = {
	name: 'perl',
	async run(call) {
		try {
			return await runPerl(call);
		} catch (error) {
			if (!(error instanceof ToolFailure)) throw error;
			await call.flush();
			await call.process.write(2, `${error.message}\n`);
			return error.code;
		}
	},
};
