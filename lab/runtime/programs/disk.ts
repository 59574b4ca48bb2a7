// du, df and mount: how much is stored, and where it is mounted.
import type { FileStatus } from '../files.ts';
import { SystemError } from '../process.ts';
import type { Options } from './options.ts';
import { alignColumns, humanSize } from './sizes.ts';
import { type Call, join, type Tool } from './tool.ts';

/** The disk of a node, which images and volumes share. */
const diskBytes = 64 * 1024 ** 3;

/** What a file takes on a disk with blocks of 4 KiB. */
function occupied(status: FileStatus, apparent: boolean): number {
	if (apparent) return status.size;
	if (status.kind === 'directory') return 4096;
	return status.kind === 'file' ? Math.ceil(status.size / 4096) * 4096 : 0;
}

async function measure(call: Call, path: string, options: Options, depth: number): Promise<number> {
	const { files } = call.process;
	const wait = call.process.step();
	if (wait) await wait;
	const status = files.status(path, { followLinks: options.has('L') });
	let total = occupied(status, options.has('apparent', 'b'));
	const isDirectory = status.kind === 'directory';
	if (isDirectory) {
		let names: string[] = [];
		try {
			names = files.list(path);
		} catch (error) {
			await call.complain(`cannot read directory '${path}': ${(error as Error).message}`);
		}
		for (const name of names) total += await measure(call, join(path, name), options, depth + 1);
	}
	const deepest = options.has('s') ? 0 : Number(options.value('d') ?? Number.POSITIVE_INFINITY);
	if (depth <= deepest && (isDirectory || options.has('a') || depth === 0))
		await call.print(`${shown(total, options)}\t${path}\n`);
	return total;
}

function shown(bytes: number, options: Options): string {
	if (options.has('h')) return humanSize(bytes);
	if (options.has('b')) return String(bytes);
	return String(Math.ceil(bytes / (options.has('m') ? 1024 ** 2 : 1024)));
}

export const du: Tool = {
	name: 'du',
	usage: '[-aHLdclsxhmk] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'abcd:hHkLlmsx',
			long: {
				all: 'a',
				bytes: 'b',
				total: 'c',
				'max-depth=': 'd',
				'human-readable': 'h',
				summarize: 's',
				'apparent-size': 'apparent',
			},
		});
		let sum = 0;
		let code = 0;
		for (const path of options.operands.length > 0 ? options.operands : ['.']) {
			try {
				sum += await measure(call, path, options, 0);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				await call.complain(
					call.busybox ? `${path}: ${error.message}` : `cannot access '${path}': ${error.message}`,
				);
				code = 1;
			}
		}
		if (options.has('c')) await call.print(`${shown(sum, options)}\ttotal\n`);
		return code;
	},
};

export const df: Tool = {
	name: 'df',
	usage: '[-PkmhTai] [FILESYSTEM]...',
	async run(call) {
		const options = call.options({
			short: 'ahiHkmPTt:x:',
			long: { all: 'a', 'human-readable': 'h', portability: 'P', 'print-type': 'T', inodes: 'i' },
		});
		const { files } = call.process;
		const pseudo = ['proc', 'sysfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2', 'devtmpfs'];
		let mounts = files.mounts().filter(({ type }) => options.has('a') || !pseudo.includes(type));
		if (options.operands.length > 0) {
			const wanted = [];
			for (const path of options.operands) {
				if (!files.exists(path))
					return call.fail(
						call.busybox ? `${path}: can't find mount point` : `${path}: No such file or directory`,
					);
				const real = files.realPath(path);
				const above = files
					.mounts()
					.filter((mount) => mount.path === '/' || real === mount.path || real.startsWith(`${mount.path}/`));
				wanted.push(above.reduce((best, mount) => (mount.path.length >= best.path.length ? mount : best)));
			}
			mounts = wanted;
		}
		const size = (bytes: number) =>
			options.has('h') ? humanSize(bytes) : String(Math.ceil(bytes / (options.has('m') ? 1024 ** 2 : 1024)));
		const used = async (path: string) => {
			let total = 0;
			const add = async (folder: string) => {
				for (const name of files.list(folder)) {
					const wait = call.process.step();
					if (wait) await wait;
					const below = join(folder, name);
					const status = files.status(below, { followLinks: false });
					total += occupied(status, false);
					if (status.kind === 'directory' && !files.mounts().some((mount) => mount.path === below))
						await add(below);
				}
			};
			await add(path);
			return total;
		};
		const unit = options.has('h')
			? 'Size'
			: options.has('m')
				? '1M-blocks'
				: call.busybox
					? '1K-blocks'
					: '1K-blocks';
		const rows: string[][] = [];
		for (const { path, source, type, sizeBytes } of mounts) {
			const capacity = sizeBytes ?? (type === 'tmpfs' ? 64 * 1024 ** 2 : diskBytes);
			const bytes =
				files.status(path).kind === 'directory' ? await used(path) : occupied(files.status(path), false);
			rows.push([
				source,
				...(options.has('T') ? [type] : []),
				size(capacity),
				size(bytes),
				size(capacity - bytes),
				`${Math.ceil((bytes / capacity) * 100)}%`,
				path,
			]);
		}
		const head = [
			'Filesystem',
			...(options.has('T') ? ['Type'] : []),
			unit,
			'Used',
			options.has('h') && !call.busybox ? 'Avail' : 'Available',
			'Use%',
			'Mounted on',
		];
		const last = head.length - 1;
		const left = (column: number) => column === 0 || column === last || (options.has('T') && column === 1);
		// busybox' columns have fixed widths, GNU's those of their cells.
		const widths = [
			'Filesystem'.padEnd(20),
			...(options.has('T') ? ['Type'.padEnd(10)] : []),
			'',
			'',
			'',
			'',
		].map((text, i) => (left(i) ? text.length : i === last - 1 ? 4 : 9));
		const lines = call.busybox
			? [head, ...rows].map((row) =>
					row
						.map((cell, i) =>
							i === last ? cell : left(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
						)
						.join(' '),
				)
			: alignColumns([head, ...rows], left);
		for (const line of lines)
			await call.print(`${line}
`);
		return 0;
	},
};

/** Only shows what is mounted: a container may mount nothing. */
export const mount: Tool = {
	name: 'mount',
	usage: '[OPTIONS] [-o OPT] DEVICE NODE',
	async run(call) {
		const { operands } = call.options({ short: 'at:o:r', long: { 'types=': 't' } });
		if (operands.length > 0)
			return call.busybox
				? call.fail(`permission denied (are you root?)`)
				: call.fail(
						`${operands.at(-1)}: permission denied.\n       dmesg(1) may have more information after failed mount system call.`,
						32,
					);
		for (const { path, source, type, readOnly } of call.process.files.mounts())
			await call.print(`${source} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`);
		return 0;
	},
};
