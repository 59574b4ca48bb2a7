// env, printenv, pwd, which: what a process starts with, and where it finds programs.
import { SystemError } from '../process.ts';
import { type Call, join, type Tool } from './tool.ts';

export const env: Tool = {
	name: 'env',
	usage: '[-iu0] [-u NAME] [-] [NAME=VALUE]... [PROG ARGS]',
	async run(call) {
		const options = call.options(
			{
				short: 'iu:0C:',
				long: { 'ignore-environment': 'i', 'unset=': 'u', null: '0', 'chdir=': 'C' },
				ordered: true,
			},
			125,
		);
		const variables =
			options.has('i') || options.operands[0] === '-' ? new Map<string, string>() : new Map(call.process.env);
		for (const name of options.values('u')) variables.delete(name);
		let rest = options.operands[0] === '-' ? options.operands.slice(1) : options.operands;
		while (rest[0]?.includes('=')) {
			const at = rest[0].indexOf('=');
			variables.set(rest[0].slice(0, at), rest[0].slice(at + 1));
			rest = rest.slice(1);
		}
		const end = options.has('0') ? '\0' : '\n';
		if (rest.length === 0) {
			for (const [name, value] of variables) await call.print(`${name}=${value}${end}`);
			return 0;
		}
		const folder = options.value('C');
		if (folder !== undefined) call.process.cwd = call.process.files.realPath(folder);
		return replaceBy(call, rest, variables);
	},
};

/** Runs another program in this one's place; env's and nohup's words where it cannot. */
export async function replaceBy(
	call: Call,
	command: string[],
	variables?: Map<string, string>,
): Promise<never> {
	try {
		return await call.process.exec(command, variables);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		const code = error.code === 'ENOENT' ? 127 : 126;
		return call.fail(
			call.busybox ? `can't execute '${command[0]}': ${error.message}` : `‘${command[0]}’: ${error.message}`,
			code,
		);
	}
}

export const printenv: Tool = {
	name: 'printenv',
	usage: '[VARIABLE]...',
	async run(call) {
		const options = call.options({ short: '0', long: { null: '0' } });
		const end = options.has('0') ? '\0' : '\n';
		const { env: variables } = call.process;
		if (options.operands.length === 0)
			for (const [name, value] of variables) await call.print(`${name}=${value}${end}`);
		let code = 0;
		for (const name of options.operands) {
			const value = variables.get(name);
			if (value === undefined) code = 1;
			else await call.print(value + end);
		}
		return code;
	},
};

export const pwd: Tool = {
	name: 'pwd',
	async run(call) {
		await call.print(`${call.process.cwd}\n`);
		return 0;
	},
};

/** Every executable of that name in PATH, in order. */
export function findInPath(call: Call, name: string): string[] {
	const { files, env: variables } = call.process;
	const candidates = name.includes('/')
		? [name]
		: (variables.get('PATH') ?? '').split(':').map((folder) => join(folder || '.', name));
	return candidates.filter((path) => {
		if (!files.exists(path)) return false;
		const { kind, mode } = files.status(path);
		return kind === 'file' && (mode & 0o111) !== 0;
	});
}

export const which: Tool = {
	name: 'which',
	usage: '[-a] COMMAND...',
	async run(call) {
		const options = call.options({ short: 'as' });
		let code = options.operands.length === 0 ? 1 : 0;
		for (const name of options.operands) {
			const found = findInPath(call, name);
			if (found.length === 0) code = 1;
			for (const path of options.has('a') ? found : found.slice(0, 1)) await call.print(`${path}\n`);
		}
		return code;
	},
};

export const nohup: Tool = {
	name: 'nohup',
	usage: 'PROG ARGS',
	async run(call) {
		const { operands } = call.options({ ordered: true }, 125);
		if (operands.length === 0) throw call.usageFailure('missing operand', 125);
		const { process } = call;
		process.onSignal('HUP', 'ignore');
		if (process.file(1).terminal) {
			process.setFile(1, process.open('nohup.out', 'a', 0o600));
			await call.process.write(
				2,
				call.busybox
					? 'nohup: appending output to nohup.out\n'
					: "nohup: ignoring input and appending output to 'nohup.out'\n",
			);
		}
		return replaceBy(call, operands);
	},
};
