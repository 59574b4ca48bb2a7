// mkdir, rmdir and rm.
import { SystemError } from '../process.ts';
import { changedMode } from './file-modes.ts';
import type { Options } from './options.ts';
import { directoryName } from './paths.ts';
import { type Call, join, lastPart, type Tool } from './tool.ts';

export const mkdir: Tool = {
	name: 'mkdir',
	usage: '[-m MODE] [-p] DIRECTORY...',
	async run(call) {
		const options = call.options({ short: 'm:pv', long: { 'mode=': 'm', parents: 'p', verbose: 'v' } });
		const { process } = call;
		if (options.operands.length === 0) throw call.usageFailure('missing operand');
		const given = options.value('m');
		const mode = given === undefined ? undefined : changedMode(given, 0o777, true, process.umask);
		if (given !== undefined && mode === undefined)
			return call.fail(call.busybox ? `invalid mode '${given}'` : `invalid mode ‘${given}’`);
		let code = 0;
		for (const path of options.operands) {
			try {
				const missing: string[] = [];
				if (options.has('p'))
					for (let parent = path; !process.files.exists(parent); parent = directoryName(parent))
						missing.unshift(parent);
				else missing.push(path);
				if (missing.length === 0 && process.files.status(path).kind !== 'directory')
					throw new SystemError('EEXIST', 'File exists');
				for (const folder of missing) {
					process.files.makeDirectory(folder, { mode: 0o777 });
					if (options.has('v'))
						await call.print(
							call.busybox ? `created directory: '${folder}'\n` : `mkdir: created directory '${folder}'\n`,
						);
				}
				if (mode !== undefined && missing.length > 0) process.files.changeMode(path, mode);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				await call.complain(
					call.busybox
						? `can't create directory '${path}': ${error.message}`
						: `cannot create directory ‘${path}’: ${error.message}`,
				);
				code = 1;
			}
		}
		return code;
	},
};

export const rmdir: Tool = {
	name: 'rmdir',
	usage: '[-p] DIRECTORY...',
	async run(call) {
		const options = call.options({
			short: 'pv',
			long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'ignore' },
		});
		const { files } = call.process;
		if (options.operands.length === 0) throw call.usageFailure('missing operand');
		let code = 0;
		for (const operand of options.operands) {
			for (let path = operand; ; path = directoryName(path)) {
				try {
					if (files.status(path, { followLinks: false }).kind !== 'directory')
						throw new SystemError('ENOTDIR', 'Not a directory');
					files.remove(path);
				} catch (error) {
					if (!(error instanceof SystemError)) throw error;
					if (options.has('ignore') && error.code === 'ENOTEMPTY') break;
					await call.complain(
						call.busybox ? `'${path}': ${error.message}` : `failed to remove '${path}': ${error.message}`,
					);
					code = 1;
					break;
				}
				const parent = directoryName(path);
				if (!options.has('p') || parent === '.' || parent === '/') break;
			}
		}
		return code;
	},
};

/** Asks on standard error; yes where the answer begins with y. */
async function confirmed(call: Call, question: string): Promise<boolean> {
	await call.flush();
	await call.process.write(2, `${call.name}: ${question} `);
	let answer = '';
	for (;;) {
		const data = await call.process.read(0, 1);
		if (data.length === 0 || data[0] === 10) break;
		answer += String.fromCharCode(data[0]);
	}
	return /^y/i.test(answer);
}

async function remove(call: Call, path: string, options: Options): Promise<boolean> {
	const { files } = call.process;
	const force = options.last('f', 'i') === 'f';
	const recursive = options.has('r', 'R');
	const wait = call.process.step();
	if (wait) await wait;
	try {
		const { kind } = files.status(path, { followLinks: false });
		if (kind === 'directory') {
			if (!recursive && !options.has('d')) {
				await call.complain(
					call.busybox ? `'${path}' is a directory` : `cannot remove '${path}': Is a directory`,
				);
				return false;
			}
			let good = true;
			if (recursive)
				for (const name of files.list(path)) good = (await remove(call, join(path, name), options)) && good;
			if (!good) return false;
		}
		if (options.last('f', 'i') === 'i') {
			const what =
				kind === 'directory'
					? 'directory'
					: kind === 'symlink'
						? 'symbolic link'
						: files.status(path).size === 0
							? 'regular empty file'
							: 'regular file';
			if (!(await confirmed(call, call.busybox ? `remove '${path}'?` : `remove ${what} '${path}'?`)))
				return true;
		}
		files.remove(path);
		if (options.has('v'))
			await call.print(kind === 'directory' ? `removed directory '${path}'\n` : `removed '${path}'\n`);
		return true;
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		if (force && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return true;
		await call.complain(
			call.busybox ? `can't remove '${path}': ${error.message}` : `cannot remove '${path}': ${error.message}`,
		);
		return false;
	}
}

export const rm: Tool = {
	name: 'rm',
	usage: '[-irf] FILE...',
	async run(call) {
		const options = call.options({
			short: 'dfiIrRv',
			long: {
				dir: 'd',
				force: 'f',
				'interactive=?': 'i',
				recursive: 'r',
				verbose: 'v',
				'no-preserve-root': 'root',
				'preserve-root=?': 'preserve',
				'one-file-system': 'one',
			},
		});
		if (options.operands.length === 0) {
			if (options.has('f')) return 0;
			throw call.usageFailure('missing operand');
		}
		let code = 0;
		for (const path of options.operands) {
			if (/^\/+$/.test(path) && options.has('r', 'R') && !options.has('root') && !call.busybox) {
				await call.complain("it is dangerous to operate recursively on '/'");
				await call.complain('use --no-preserve-root to override this failsafe');
				code = 1;
			} else if (lastPart(path) === '.' || lastPart(path) === '..') {
				await call.complain(
					call.busybox
						? "can't remove '.' or '..'"
						: `refusing to remove '.' or '..' directory: skipping '${path}'`,
				);
				code = 1;
			} else if (!(await remove(call, path, options))) code = 1;
		}
		return code;
	},
};
