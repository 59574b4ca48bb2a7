// cd, pwd, umask.
import { SystemError } from '../../process.ts';
import { ShellError } from '../control-flow.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

async function cd(shell: Shell, args: string[]): Promise<number> {
	const options = args.filter((arg, index) => index === args.indexOf(arg) && /^-[LPe]+$/.test(arg));
	const [given] = args.filter((arg) => !options.includes(arg) && arg !== '--');
	const { name: dialect } = shell.dialect;
	let target = given ?? shell.parameter('HOME');
	if (target === undefined)
		throw new ShellError(
			dialect === 'dash' ? 'cd: HOME not set' : 'cd: HOME not set',
			dialect === 'dash' ? 2 : 1,
		);
	let print = false;
	if (target === '-') {
		target = shell.parameter('OLDPWD') ?? '';
		if (target === '' && dialect === 'bash') throw new ShellError('cd: OLDPWD not set');
		print = true;
	}
	const found = searched(shell, target);
	print ||= found.print;
	const logical = normalised(found.path.startsWith('/') ? found.path : `${here(shell)}/${found.path}`);
	try {
		const { files } = shell.process;
		const real = files.realPath(logical);
		if (files.status(real).kind !== 'directory') throw new SystemError('ENOTDIR', 'Not a directory');
		const before = here(shell);
		shell.process.cwd = real;
		shell.assign('OLDPWD', before);
		shell.assign('PWD', options.some((option) => option.includes('P')) ? real : logical);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		if (dialect === 'bash') throw new ShellError(`cd: ${target}: ${error.message}`);
		const reason = dialect === 'dash' ? '' : `: ${error.message}`;
		throw new ShellError(`cd: can't cd to ${target}${reason}`, 2);
	}
	if (print) await shell.process.write(1, `${here(shell)}\n`);
	return 0;
}

/** CDPATH, for what is relative and does not begin with a dot. */
function searched(shell: Shell, target: string): { path: string; print: boolean } {
	const folders = shell.parameter('CDPATH');
	if (!folders || /^(\/|\.\.?(\/|$))/.test(target)) return { path: target, print: false };
	for (const folder of folders.split(':'))
		if (folder !== '' && shell.isDirectory(`${folder}/${target}`))
			return { path: `${folder}/${target}`, print: true };
	return { path: target, print: false };
}

/** The working directory as the user came to it: PWD where that is right. */
function here(shell: Shell): string {
	const logical = shell.parameter('PWD');
	const { cwd, files } = shell.process;
	if (!logical?.startsWith('/') || !files.exists(logical)) return cwd;
	return files.realPath(logical) === cwd ? logical : cwd;
}

function normalised(path: string): string {
	const names: string[] = [];
	for (const name of path.split('/')) {
		if (name === '..') names.pop();
		else if (name !== '' && name !== '.') names.push(name);
	}
	return `/${names.join('/')}`;
}

function illegalMask(shell: Shell, given: string): ShellError {
	const { name: dialect } = shell.dialect;
	if (dialect === 'bash') return new ShellError(`umask: ${given}: octal number out of range`);
	return new ShellError(`umask: ${dialect === 'dash' ? 'Illegal number' : 'illegal mode'}: ${given}`, 2);
}

export const directoryBuiltins: Record<string, Builtin> = {
	cd: { run: cd },
	pwd: {
		async run(shell, args) {
			await shell.process.write(1, `${args.includes('-P') ? shell.process.cwd : here(shell)}\n`);
			return 0;
		},
	},
	umask: {
		async run(shell, [given]) {
			const { process } = shell;
			if (given === undefined) {
				await process.write(1, `${process.umask.toString(8).padStart(4, '0')}\n`);
				return 0;
			}
			if (given === '-S') {
				const bits = (shift: number) =>
					['r', 'w', 'x'].filter((_, index) => !((process.umask >> shift) & (4 >> index))).join('');
				await process.write(1, `u=${bits(6)},g=${bits(3)},o=${bits(0)}\n`);
				return 0;
			}
			if (!/^[0-7]{1,4}$/.test(given)) throw illegalMask(shell, given);
			process.umask = Number.parseInt(given, 8);
			return 0;
		},
	},
};
