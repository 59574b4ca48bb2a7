// cp, mv and ln.
import { type Process, SystemError } from '../process.ts';
import type { Options } from './options.ts';
import { type Call, join, lastPart, type Tool } from './tool.ts';

const isDirectory = (process: Process, path: string) =>
	process.files.exists(path) && process.files.status(path).kind === 'directory';

/** The operands as sources and what each becomes: into a directory, or under the last operand's name. */
async function targets(call: Call, options: Options): Promise<{ from: string; to: string }[]> {
	const { process } = call;
	const given = options.value('t');
	const operands = [...options.operands];
	if (operands.length === 0) throw call.usageFailure('missing file operand');
	if (given === undefined && operands.length === 1)
		throw call.usageFailure(`missing destination file operand after '${operands[0]}'`);
	const destination = given ?? operands.pop() ?? '';
	const into = !options.has('T') && isDirectory(process, destination);
	if (!into && operands.length > 1) {
		if (call.busybox) return call.fail(`target '${destination}' is not a directory`);
		return call.fail(
			process.files.exists(destination)
				? `target '${destination}': Not a directory`
				: `target '${destination}': No such file or directory`,
		);
	}
	return operands.map((from) => ({ from, to: into ? join(destination, lastPart(from)) : destination }));
}

interface CopyOptions {
	recursive: boolean;
	preserve: boolean;
	followLinks: boolean;
	force: boolean;
	noClobber: boolean;
	update: boolean;
	verbose: boolean;
}

async function copyOne(call: Call, from: string, to: string, options: CopyOptions): Promise<boolean> {
	const { process } = call;
	const { files } = process;
	let status: ReturnType<typeof files.status>;
	try {
		status = files.status(from, { followLinks: options.followLinks });
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await call.complain(
			call.busybox ? `can't stat '${from}': ${error.message}` : `cannot stat '${from}': ${error.message}`,
		);
		return false;
	}
	const wait = process.step();
	if (wait) await wait;
	const exists = files.exists(to);
	if (exists && options.noClobber) return true;
	if (exists && options.update && files.status(to).modifiedAt >= status.modifiedAt) return true;
	if (
		exists &&
		status.kind !== 'directory' &&
		files.status(to).inode === files.status(from).inode &&
		files.realPath(from) === files.realPath(to)
	) {
		await call.complain(`'${from}' and '${to}' are the same file`);
		return false;
	}
	try {
		if (status.kind === 'directory') {
			if (!options.recursive) {
				await call.complain(
					call.busybox ? `omitting directory '${from}'` : `-r not specified; omitting directory '${from}'`,
				);
				return false;
			}
			if (exists && files.status(to).kind !== 'directory') {
				await call.complain(`cannot overwrite non-directory '${to}' with directory '${from}'`);
				return false;
			}
			const source = files.realPath(from);
			const parent = exists
				? files.realPath(to)
				: `${files.realPath(to.replace(/\/*[^/]*\/*$/, '') || (to.startsWith('/') ? '/' : '.'))}/`;
			if (`${parent}/`.startsWith(`${source}/`)) {
				await call.complain(`cannot copy a directory, '${from}', into itself, '${to}'`);
				return false;
			}
			const names = files.list(from);
			if (!exists) files.makeDirectory(to, { mode: status.mode });
			if (options.verbose) await call.print(`'${from}' -> '${to}'\n`);
			let good = true;
			for (const name of names)
				good = (await copyOne(call, join(from, name), join(to, name), options)) && good;
			if (options.preserve) preserve(process, to, status);
			return good;
		}
		if (exists && files.status(to).kind === 'directory') {
			await call.complain(`cannot overwrite directory '${to}' with non-directory`);
			return false;
		}
		if (status.kind === 'symlink') {
			if (exists) files.remove(to);
			files.symlink(files.readLink(from), to);
		} else if (status.kind === 'device' || status.kind === 'block') {
			const source = process.open(from, 'r');
			const target = process.open(to, 'w');
			for await (const data of call.stream(source, true)) await target.write(data, process);
			target.release();
		} else {
			if (exists && options.force) files.remove(to);
			files.writeFile(to, files.readFile(from), { mode: status.mode & ~process.umask });
		}
		if (options.preserve && status.kind !== 'symlink') preserve(process, to, status);
		if (options.verbose) await call.print(`'${from}' -> '${to}'\n`);
		return true;
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		const verb =
			status.kind === 'directory'
				? 'create directory'
				: exists
					? 'create regular file'
					: 'create regular file';
		await call.complain(
			call.busybox ? `can't create '${to}': ${error.message}` : `cannot ${verb} '${to}': ${error.message}`,
		);
		return false;
	}
}

function preserve(
	process: Process,
	path: string,
	status: { mode: number; uid: number; gid: number; modifiedAt: number },
): void {
	process.files.changeMode(path, status.mode);
	if (process.uid === 0) process.files.changeOwner(path, status.uid, status.gid);
	process.files.setModified(path, status.modifiedAt);
}

export const cp: Tool = {
	name: 'cp',
	usage: '[-arPLHpfinlsTu] SOURCE DEST\n   or: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }',
	async run(call) {
		const options = call.options({
			short: 'adfHilLnpPrRst:Tuvx',
			long: {
				archive: 'a',
				force: 'f',
				interactive: 'i',
				link: 'l',
				dereference: 'L',
				'no-clobber': 'n',
				'no-dereference': 'P',
				'preserve=?': 'p',
				recursive: 'r',
				'symbolic-link': 's',
				'target-directory=': 't',
				'no-target-directory': 'T',
				update: 'u',
				verbose: 'v',
			},
		});
		const recursive = options.has('r', 'R', 'a');
		const copying: CopyOptions = {
			recursive,
			preserve: options.has('p', 'a'),
			followLinks: options.has('L') || !(recursive || options.has('P', 'd')),
			force: options.has('f'),
			noClobber: options.has('n'),
			update: options.has('u'),
			verbose: options.has('v'),
		};
		let code = 0;
		for (const { from, to } of await targets(call, options)) {
			if (options.has('s', 'l')) {
				if (options.has('s')) call.process.files.symlink(from, to);
				else call.process.files.link(from, to);
			} else if (!(await copyOne(call, from, to, copying))) code = 1;
		}
		return code;
	},
};

export const mv: Tool = {
	name: 'mv',
	usage: '[-finT] SOURCE DEST\n   or: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }',
	async run(call) {
		const options = call.options({
			short: 'finTt:uv',
			long: {
				force: 'f',
				interactive: 'i',
				'no-clobber': 'n',
				'no-target-directory': 'T',
				'target-directory=': 't',
				update: 'u',
				verbose: 'v',
			},
		});
		const { process } = call;
		const { files } = process;
		let code = 0;
		for (const { from, to } of await targets(call, options)) {
			try {
				files.status(from, { followLinks: false });
			} catch (error) {
				await call.complain(
					call.busybox
						? `can't rename '${from}': ${(error as Error).message}`
						: `cannot stat '${from}': ${(error as Error).message}`,
				);
				code = 1;
				continue;
			}
			if (options.has('n') && files.exists(to)) continue;
			try {
				if (files.exists(to) && files.realPath(from) === files.realPath(to)) {
					await call.complain(`'${from}' and '${to}' are the same file`);
					code = 1;
					continue;
				}
				try {
					files.rename(from, to);
				} catch (error) {
					if (!(error instanceof SystemError) || error.code !== 'EXDEV') throw error;
					// Another mount: a copy, and then the original goes.
					const all: CopyOptions = {
						recursive: true,
						preserve: true,
						followLinks: false,
						force: true,
						noClobber: false,
						update: false,
						verbose: false,
					};
					if (!(await copyOne(call, from, to, all))) {
						code = 1;
						continue;
					}
					files.remove(from, { recursive: true });
				}
				if (options.has('v')) await call.print(`renamed '${from}' -> '${to}'\n`);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				await call.complain(
					call.busybox
						? `can't rename '${from}': ${error.message}`
						: `cannot move '${from}' to '${to}': ${error.message}`,
				);
				code = 1;
			}
		}
		return code;
	},
};

export const ln: Tool = {
	name: 'ln',
	usage: '[-sfnbtv] [-S SUF] TARGET... LINK|DIR',
	async run(call) {
		const options = call.options({
			short: 'sfnrTt:vbi',
			long: {
				symbolic: 's',
				force: 'f',
				'no-dereference': 'n',
				'no-target-directory': 'T',
				'target-directory=': 't',
				verbose: 'v',
				relative: 'r',
			},
		});
		const { files } = call.process;
		const operands = [...options.operands];
		if (operands.length === 0) throw call.usageFailure('missing file operand');
		const destination = options.value('t') ?? (operands.length > 1 ? operands.pop() : '.') ?? '.';
		const linked =
			files.exists(destination) &&
			files.status(destination, { followLinks: !options.has('n') }).kind === 'directory';
		const into = linked && !options.has('T');
		let code = 0;
		for (const target of operands) {
			const path = into ? join(destination, lastPart(target)) : destination;
			const symbolic = options.has('s');
			try {
				let there = true;
				try {
					files.status(path, { followLinks: false });
				} catch {
					there = false;
				}
				if (there && options.has('f')) files.remove(path);
				if (symbolic) files.symlink(target, path);
				else files.link(target, path);
				if (options.has('v')) await call.print(`'${path}' -> '${target}'\n`);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				const kind = symbolic ? 'symbolic' : 'hard';
				if (call.busybox) await call.complain(`${path}: ${error.message}`);
				else if (!symbolic && error.code === 'ENOENT')
					await call.complain(`failed to access '${target}': ${error.message}`);
				else await call.complain(`failed to create ${kind} link '${path}': ${error.message}`);
				code = 1;
			}
		}
		return code;
	},
};
