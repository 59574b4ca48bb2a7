// touch, chmod, chown, chgrp, stat, truncate: what stands in a file's inode.
import type { FileStatus } from '../files.ts';
import { type Process, SystemError } from '../process.ts';
import { findGroup, findUser, groupName, userName } from './accounts.ts';
import { strftime } from './dates.ts';
import { changedMode, modeLetters } from './file-modes.ts';
import { parseSize } from './sizes.ts';
import { type Call, join, type Tool, ToolFailure } from './tool.ts';

async function each(
	call: Call,
	paths: readonly string[],
	words: (path: string, error: SystemError) => string,
	act: (path: string) => void | Promise<void>,
): Promise<number> {
	let code = 0;
	for (const path of paths) {
		try {
			await act(path);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			await call.complain(words(path, error));
			code = 1;
		}
	}
	return code;
}

/** The path and, with `recursive`, all that is below it. */
async function* walk(process: Process, path: string, recursive: boolean): AsyncGenerator<string> {
	yield path;
	const wait = process.step();
	if (wait) await wait;
	if (!recursive || process.files.status(path, { followLinks: false }).kind !== 'directory') return;
	for (const name of process.files.list(path)) yield* walk(process, join(path, name), true);
}

export const touch: Tool = {
	name: 'touch',
	usage: '[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...',
	async run(call) {
		const options = call.options({
			short: 'acd:fhmr:t:',
			long: { 'no-create': 'c', 'date=': 'd', 'reference=': 'r', 'no-dereference': 'h' },
		});
		const { process } = call;
		if (options.operands.length === 0) throw call.usageFailure('missing file operand');
		let at = process.clock.now();
		const text = options.value('d');
		if (text !== undefined) {
			at = /^@\d+$/.test(text)
				? Number(text.slice(1)) * 1000
				: Date.parse(
						/[TZ+]|UTC/.test(text) ? text : `${text.replace(' ', 'T')}${text.includes(':') ? 'Z' : ''}`,
					);
			if (Number.isNaN(at))
				return call.fail(call.busybox ? `invalid date '${text}'` : `invalid date format ‘${text}’`);
		}
		const stamp = options.value('t');
		if (stamp !== undefined) {
			const [, year, month, day, hour, minute, second = '00'] =
				/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(
					stamp.length === 8 ? `${new Date(at).getUTCFullYear()}${stamp}` : stamp,
				) ?? [];
			if (!year) return call.fail(`invalid date format ‘${stamp}’`);
			at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
		}
		const reference = options.value('r');
		if (reference !== undefined) at = process.files.status(reference).modifiedAt;
		const words = (path: string, error: Error) =>
			call.busybox ? `${path}: ${error.message}` : `cannot touch '${path}': ${error.message}`;
		return each(call, options.operands, words, (path) => {
			if (!process.files.exists(path)) {
				if (options.has('c')) return;
				process.open(path, 'a').release();
			}
			process.files.setModified(path, at);
		});
	},
};

/** How it is said that something of a file could not be changed. */
const changeFailure = (call: Call, what: string) => (path: string, error: SystemError) => {
	if (call.busybox) return `${path}: ${error.message}`;
	return error.code === 'ENOENT'
		? `cannot access '${path}': ${error.message}`
		: `changing ${what} of '${path}': ${error.message}`;
};

export const chmod: Tool = {
	name: 'chmod',
	usage: '[-Rcvf] MODE[,MODE]... FILE...',
	async run(call) {
		// A mode such as -w is no option.
		const at = call.args.findIndex((arg) => /^-[rwxXst]/.test(arg) && !/^-R/.test(arg));
		const args = at < 0 ? call.args : [...call.args.slice(0, at), '--', ...call.args.slice(at)];
		const options = call.withArguments(args).options({
			short: 'Rcvf',
			long: {
				recursive: 'R',
				changes: 'c',
				verbose: 'v',
				silent: 'f',
				quiet: 'f',
				'reference=': 'reference',
			},
		});
		const { process } = call;
		const reference = options.value('reference');
		const operands = reference === undefined ? options.operands : ['', ...options.operands];
		const [change, ...paths] = operands;
		if (change === undefined) throw call.usageFailure('missing operand');
		if (paths.length === 0) throw call.usageFailure(`missing operand after ‘${change}’`);
		if (reference === undefined && changedMode(change, 0, false, 0) === undefined)
			throw call.busybox
				? new ToolFailure(`invalid mode '${change}'`)
				: call.usageFailure(`invalid mode: ‘${change}’`);
		return each(call, paths, changeFailure(call, 'permissions'), async (top) => {
			for await (const path of walk(process, top, options.has('R'))) {
				const status = process.files.status(path);
				const mode =
					reference === undefined
						? (changedMode(change, status.mode, status.kind === 'directory', process.umask) ?? status.mode)
						: process.files.status(reference).mode;
				process.files.changeMode(path, mode);
				const octal = (value: number) =>
					`${value.toString(8).padStart(4, '0')} (${modeLetters({ ...status, mode: value }).slice(1)})`;
				if (options.has('v') || (options.has('c') && mode !== status.mode))
					await call.print(
						mode === status.mode
							? `mode of '${path}' retained as ${octal(mode)}\n`
							: `mode of '${path}' changed from ${octal(status.mode)} to ${octal(mode)}\n`,
					);
			}
		});
	},
};

function ownership(call: Call, text: string): { uid?: number; gid?: number } {
	const [, user, separator, group] = /^([^:.]*)([:.]?)(.*)$/.exec(text) ?? [];
	const found = user === '' ? {} : findUser(call.process, user);
	if (!found) return call.fail(call.busybox ? `unknown user ${user}` : `invalid user: ‘${text}’`);
	let gid: number | undefined;
	if (group)
		gid =
			findGroup(call.process, group) ??
			call.fail(call.busybox ? `unknown group ${group}` : `invalid group: ‘${text}’`);
	else if (separator) gid = (found as { gid?: number }).gid;
	return { uid: (found as { uid?: number }).uid, gid };
}

async function changeOwners(
	call: Call,
	what: 'ownership' | 'group',
	chosen: (text: string) => { uid?: number; gid?: number },
): Promise<number> {
	const options = call.options({
		short: 'Rchvf',
		long: { recursive: 'R', 'no-dereference': 'h', verbose: 'v', silent: 'f' },
	});
	const [text, ...paths] = options.operands;
	if (text === undefined) throw call.usageFailure('missing operand');
	if (paths.length === 0) throw call.usageFailure(`missing operand after ‘${text}’`);
	const { uid, gid } = chosen(text);
	const { files } = call.process;
	return each(call, paths, changeFailure(call, what), async (top) => {
		for await (const path of walk(call.process, top, options.has('R'))) {
			const status = files.status(path);
			files.changeOwner(path, uid ?? status.uid, gid ?? status.gid);
		}
	});
}

export const chown: Tool = {
	name: 'chown',
	usage: '[-Rh]... USER[:[GRP]] FILE...',
	run: (call) => changeOwners(call, 'ownership', (text) => ownership(call, text)),
};

export const chgrp: Tool = {
	name: 'chgrp',
	usage: '[-Rh]... GROUP FILE...',
	run: (call) =>
		changeOwners(call, 'group', (text) => ({
			gid:
				findGroup(call.process, text) ??
				call.fail(call.busybox ? `unknown group ${text}` : `invalid group: ‘${text}’`),
		})),
};

/** The file type in st_mode (inode(7)). */
const typeBits: Record<FileStatus['kind'], number> = {
	file: 0x8000,
	directory: 0x4000,
	symlink: 0xa000,
	device: 0x2000,
	block: 0x6000,
};

const kinds: Record<FileStatus['kind'], string> = {
	file: 'regular file',
	directory: 'directory',
	symlink: 'symbolic link',
	device: 'character special file',
	block: 'block special file',
};

function describe(process: Process, path: string, status: FileStatus, format: string): string {
	const time = (at: number) => strftime('%Y-%m-%d %H:%M:%S.%N +0000', at);
	const values: Record<string, () => string> = {
		a: () => status.mode.toString(8),
		A: () => modeLetters(status),
		b: () => String(Math.ceil(status.size / 4096) * 8),
		B: () => '512',
		d: () => '64',
		f: () => (typeBits[status.kind] | status.mode).toString(16),
		F: () => (status.kind === 'file' && status.size === 0 ? 'regular empty file' : kinds[status.kind]),
		g: () => String(status.gid),
		G: () => groupName(process, status.gid) ?? 'UNKNOWN',
		h: () => String(status.links),
		i: () => String(status.inode),
		n: () => path,
		N: () => (status.kind === 'symlink' ? `'${path}' -> '${process.files.readLink(path)}'` : `'${path}'`),
		o: () => '4096',
		s: () => String(status.size),
		u: () => String(status.uid),
		U: () => userName(process, status.uid) ?? 'UNKNOWN',
		x: () => time(status.modifiedAt),
		y: () => time(status.modifiedAt),
		z: () => time(status.modifiedAt),
		w: () => '-',
		X: () => String(Math.floor(status.modifiedAt / 1000)),
		Y: () => String(Math.floor(status.modifiedAt / 1000)),
		Z: () => String(Math.floor(status.modifiedAt / 1000)),
		W: () => '0',
		'%': () => '%',
	};
	return format.replace(/%([-0]?)(\d*)([a-zA-Z%])/g, (whole, flag: string, width: string, letter: string) => {
		const value = Object.hasOwn(values, letter) ? values[letter]() : whole;
		return flag === '-'
			? value.padEnd(Number(width))
			: value.padStart(Number(width), flag === '0' ? '0' : ' ');
	});
}

const longFormat =
	'  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: 0,%d\tInode: %-11i Links: %h\nAccess: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n';

export const stat: Tool = {
	name: 'stat',
	usage: '[-lt] [-c FMT] FILE...',
	async run(call) {
		const options = call.options({
			short: 'c:Lt',
			long: { 'format=': 'c', 'printf=': 'printf', dereference: 'L', terse: 't' },
		});
		if (options.operands.length === 0) throw call.usageFailure('missing operand');
		const format = options.value('c');
		const printed = options
			.value('printf')
			?.replace(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t', '\\': '\\' })[letter] ?? '');
		const long = longFormat.replace('%N', call.busybox ? '%n' : '%n');
		const words = (path: string, error: Error) =>
			call.busybox ? `can't stat '${path}': ${error.message}` : `cannot statx '${path}': ${error.message}`;
		return each(call, options.operands, words, async (path) => {
			const status = call.process.files.status(path, { followLinks: options.has('L') });
			await call.print(
				describe(call.process, path, status, printed ?? (format === undefined ? long : `${format}\n`)),
			);
		});
	},
};

export const truncate: Tool = {
	name: 'truncate',
	usage: '[-c] -s SIZE FILE...',
	async run(call) {
		const options = call.options({ short: 'cs:', long: { 'size=': 's', 'no-create': 'c' } });
		const text = options.value('s');
		if (text === undefined)
			throw call.usageFailure(
				call.busybox ? 'missing size' : 'you must specify either ‘--size’ or ‘--reference’',
			);
		const [, sign, number] = /^([-+]?)(.*)$/.exec(text) ?? [];
		const size = parseSize(number ?? '');
		if (size === undefined) return call.fail(`Invalid number: ‘${text}’`);
		const words = (path: string, error: Error) => `cannot open '${path}' for writing: ${error.message}`;
		return each(call, options.operands, words, (path) => {
			const file = call.process.open(path, options.has('c') ? 'r+' : 'a');
			const before = call.process.files.status(path).size;
			file.truncate?.(sign === '+' ? before + size : sign === '-' ? Math.max(0, before - size) : size);
			file.release();
		});
	},
};
