// ls, in the layouts of coreutils and of busybox.
import type { FileStatus } from '../files.ts';
import { SystemError } from '../process.ts';
import { groupName, userName } from './accounts.ts';
import { strftime } from './dates.ts';
import { modeLetters } from './file-modes.ts';
import type { Options } from './options.ts';
import { humanSize } from './sizes.ts';
import { type Call, join, type Tool } from './tool.ts';

interface Listed {
	name: string;
	path: string;
	status: FileStatus;
}

const halfYear = (365.2425 / 2) * 86_400_000;

class Listing {
	readonly call: Call;
	readonly options: Options;
	readonly long: boolean;
	readonly columns: number | undefined;
	code = 0;
	#first = true;

	constructor(call: Call, options: Options) {
		this.call = call;
		this.options = options;
		this.long =
			options.last('l', 'n', 'g', 'o', '1', 'C', 'x', 'm') !== undefined && options.has('l', 'n', 'g', 'o');
		const terminal = call.process.file(1).terminal;
		const columned = options.last('C', 'x', '1') ?? (terminal ? 'C' : '1');
		this.columns = columned === '1' ? undefined : terminal?.size.columns || 80;
	}

	async complain(path: string, error: SystemError): Promise<void> {
		const { busybox } = this.call;
		const verb = error.code === 'EACCES' && !busybox ? 'cannot open directory' : 'cannot access';
		await this.call.complain(busybox ? `${path}: ${error.message}` : `${verb} '${path}': ${error.message}`);
		this.code = busybox ? 1 : 2;
	}

	async status(name: string, path: string, followLinks: boolean): Promise<Listed | undefined> {
		const { files } = this.call.process;
		try {
			return { name, path, status: files.status(path, { followLinks }) };
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			if (followLinks && error.code === 'ENOENT' && name !== '') {
				try {
					return { name, path, status: files.status(path, { followLinks: false }) };
				} catch {
					// There is no link either: the first error says it.
				}
			}
			await this.complain(path, error);
			return undefined;
		}
	}

	sort(entries: Listed[]): Listed[] {
		const { options } = this;
		if (options.has('U', 'f')) return entries;
		const byName = (a: Listed, b: Listed) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
		const by = options.last('t', 'S', 'X');
		const compare = (a: Listed, b: Listed) => {
			if (by === 't') return b.status.modifiedAt - a.status.modifiedAt || byName(a, b);
			if (by === 'S') return b.status.size - a.status.size || byName(a, b);
			return byName(a, b);
		};
		const sorted = entries.sort(compare);
		return options.has('r') ? sorted.reverse() : sorted;
	}

	mark({ status }: Listed): string {
		if (!this.options.has('F', 'p')) return '';
		if (status.kind === 'directory') return '/';
		if (this.options.has('p') && !this.options.has('F')) return '';
		if (status.kind === 'symlink') return '@';
		return status.kind === 'file' && status.mode & 0o111 ? '*' : '';
	}

	/** Names that a shell would take apart stand in quotes on a terminal, as coreutils prints them. */
	shown(name: string): string {
		const quoted =
			!this.call.busybox && this.call.process.file(1).terminal && /[\s'"\\$*?[\]();&|<>`!]/.test(name);
		return quoted ? `'${name.replaceAll("'", "'\\''")}'` : name;
	}

	date(at: number): string {
		const { busybox, process } = this.call;
		if (this.options.has('full-time')) return strftime('%Y-%m-%d %H:%M:%S.%N +0000', at);
		const recent = at > process.clock.now() - halfYear && at <= process.clock.now() + (busybox ? 900_000 : 0);
		return strftime(recent ? '%b %e %H:%M' : '%b %e  %Y', at);
	}

	async print(entries: Listed[]): Promise<void> {
		const { call, options } = this;
		const inode = (entry: Listed) => (options.has('i') ? `${entry.status.inode} ` : '');
		if (this.long) return this.printLong(entries);
		const names = entries.map((entry) => `${inode(entry)}${this.shown(entry.name)}${this.mark(entry)}`);
		if (options.has('m')) {
			if (names.length > 0) await call.print(`${names.join(', ')}\n`);
			return;
		}
		if (this.columns === undefined) {
			for (const name of names) await call.print(`${name}\n`);
			return;
		}
		for (const line of inColumns(names, this.columns)) await call.print(`${line}\n`);
	}

	async printLong(entries: Listed[]): Promise<void> {
		const { call, options } = this;
		const { process } = call;
		const numeric = options.has('n');
		const owner = (id: number, find: (process: Call['process'], id: number) => string | undefined) =>
			(numeric ? undefined : find(process, id)) ?? String(id);
		const rows = entries.map((entry) => {
			const { status } = entry;
			const target = status.kind === 'symlink' ? ` -> ${process.files.readLink(entry.path)}` : '';
			return {
				cells: [
					...(options.has('i') ? [String(status.inode)] : []),
					modeLetters(status),
					String(status.links),
					...(options.has('g') ? [] : [owner(status.uid, userName)]),
					...(options.has('o', 'G') ? [] : [owner(status.gid, groupName)]),
					options.has('h') ? humanSize(status.size) : String(status.size),
				],
				rest: `${this.date(status.modifiedAt)} ${this.shown(entry.name)}${target || this.mark(entry)}${target && this.mark({ ...entry, status: { ...status, kind: 'file', mode: 0 } })}`,
			};
		});
		const names = options.has('i') ? 1 : 0;
		const isName = (column: number, last: number) => column > names + 1 && column < last;
		const minimum = call.busybox ? [0, 5, 8, 8, 9] : [];
		const widths = (rows[0]?.cells ?? []).map((_, column) =>
			Math.max(minimum[column] ?? 0, ...rows.map(({ cells }) => cells[column].length)),
		);
		for (const { cells, rest } of rows) {
			const padded = cells.map((cell, column) =>
				isName(column, cells.length - 1) || column === names
					? cell.padEnd(widths[column])
					: cell.padStart(widths[column]),
			);
			await call.print(`${padded.join(' ')} ${rest}\n`);
		}
	}

	async directory(path: string, titled: boolean): Promise<void> {
		const { call, options } = this;
		let names: string[];
		try {
			names = call.process.files.list(path);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			await this.complain(path, error);
			return;
		}
		const wanted = options.has('a', 'f')
			? ['.', '..', ...names]
			: names.filter((name) => options.has('A') || !name.startsWith('.'));
		const entries: Listed[] = [];
		for (const name of wanted) {
			const wait = call.process.step();
			if (wait) await wait;
			const entry = await this.status(name, join(path, name), options.has('L'));
			if (entry) entries.push(entry);
		}
		this.sort(entries);
		if (titled) await call.print(`${this.#first ? '' : '\n'}${path}:\n`);
		this.#first = false;
		if (this.long) {
			const blocks = entries.reduce((sum, { status }) => sum + blocksOf(status), 0);
			await call.print(`total ${options.has('h') ? humanSize(blocks * 1024) : blocks}\n`);
		}
		await this.print(entries);
		if (!options.has('R')) return;
		for (const { name, path: below, status } of entries)
			if (status.kind === 'directory' && name !== '.' && name !== '..') await this.directory(below, true);
	}

	notFirst() {
		this.#first = false;
	}
}

/** Disk blocks of 1 KiB, on a file system with blocks of 4 KiB. */
export function blocksOf(status: FileStatus): number {
	return status.kind === 'symlink' || status.kind === 'device' ? 0 : Math.ceil(status.size / 4096) * 4;
}

/** Names down the columns that fit the width, as `ls -C`. */
function inColumns(names: readonly string[], width: number): string[] {
	for (let rows = 1; rows <= names.length; rows++) {
		const columns = Math.ceil(names.length / rows);
		const widths = Array.from({ length: columns }, (_, column) =>
			Math.max(...names.slice(column * rows, (column + 1) * rows).map((name) => name.length)),
		);
		if (widths.reduce((sum, w) => sum + w + 2, -2) >= width && rows < names.length) continue;
		return Array.from({ length: rows }, (_, row) =>
			widths
				.map((w, column) => {
					const name = names[column * rows + row];
					if (name === undefined) return '';
					return names[(column + 1) * rows + row] === undefined ? name : name.padEnd(w + 2);
				})
				.join(''),
		);
	}
	return [];
}

export const ls: Tool = {
	name: 'ls',
	usage: '[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...',
	async run(call) {
		const options = call.options(
			{
				short: '1AaCxdLHRFplinshrSXvctufUgoGmkqbw:T:I:',
				long: {
					all: 'a',
					'almost-all': 'A',
					directory: 'd',
					'human-readable': 'h',
					recursive: 'R',
					reverse: 'r',
					inode: 'i',
					'numeric-uid-gid': 'n',
					size: 's',
					classify: 'F',
					'full-time': 'full-time',
					dereference: 'L',
					'color=?': 'color',
					'time-style=': 'time-style',
					'no-group': 'G',
					'group-directories-first': 'groupdirs',
				},
			},
			call.busybox ? 1 : 2,
		);
		const listing = new Listing(call, options);
		const operands = options.operands.length > 0 ? options.operands : ['.'];
		const files: Listed[] = [];
		const directories: Listed[] = [];
		for (const path of operands) {
			const follow = !options.has('d') && !(listing.long || options.has('F')) ? true : options.has('L', 'H');
			const entry = await listing.status(path, path, follow);
			if (!entry) continue;
			const isDirectory = entry.status.kind === 'directory' && !options.has('d');
			(isDirectory ? directories : files).push(entry);
		}
		if (files.length > 0) {
			await listing.print(listing.sort(files));
			listing.notFirst();
		}
		for (const { path } of listing.sort(directories))
			await listing.directory(path, operands.length > 1 || options.has('R'));
		return listing.code;
	},
};
