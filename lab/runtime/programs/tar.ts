// tar: archives made, listed and unpacked; tar-format.ts has the format.

import { collect, concat } from '../../bytes.ts';
import { decode } from '../byte-text.ts';
import type { FileStatus } from '../files.ts';
import { SystemError } from '../process.ts';
import { groupName, userName } from './accounts.ts';
import { strftime } from './dates.ts';
import { modeLetters } from './file-modes.ts';
import { globRegex } from './grep.ts';
import { gunzipping, gzipping } from './gzip-format.ts';
import type { Options } from './options.ts';
import {
	ByteReader,
	blockSize,
	entriesOf,
	entryBlocks,
	type Header,
	recordSize,
	types,
} from './tar-format.ts';
import { type Call, join, type Tool } from './tool.ts';
import { inTurns } from './work.ts';

class Archive {
	readonly #call: Call;
	readonly #options: Options;
	readonly #folder: string;
	failed = false;

	constructor(call: Call, options: Options) {
		this.#call = call;
		this.#options = options;
		const { files, cwd } = call.process;
		let folder = cwd;
		for (const path of options.values('C')) {
			folder = path.startsWith('/') ? path : join(folder, path);
			if (!files.exists(folder))
				call.fail(
					call.busybox
						? `can't change directory to '${path}': No such file or directory`
						: `${path}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`,
					call.busybox ? 1 : 2,
				);
		}
		this.#folder = folder;
	}

	#excluded(name: string): boolean {
		return this.#options
			.values('exclude')
			.some(
				(pattern) =>
					globRegex(pattern).find(name.replace(/\/$/, '')) !== undefined ||
					globRegex(`*/${pattern}`).find(`/${name.replace(/\/$/, '')}`) !== undefined,
			);
	}

	async create(paths: readonly string[], write: (data: Uint8Array) => Promise<void> | void): Promise<void> {
		const call = this.#call;
		if (paths.length === 0)
			call.fail(
				call.busybox
					? 'empty archive'
					: "Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.",
				call.busybox ? 1 : 2,
			);
		let size = 0;
		let warned = false;
		const put = async (blocks: Uint8Array[]) => {
			for (const block of blocks) {
				size += block.length;
				await write(block);
			}
		};
		const add = async (path: string): Promise<void> => {
			const { files } = call.process;
			const wait = call.process.step();
			if (wait) await wait;
			if (this.#excluded(path)) return;
			const place = path.startsWith('/') ? path : join(this.#folder, path);
			const warn = async () => {
				if (!path.startsWith('/') || this.#options.has('P') || warned) return;
				const [first, quote] = call.busybox ? ['r', "'"] : ['R', '`'];
				await call.complain(`${first}emoving leading ${quote}/' from member names`);
				warned = true;
			};
			// GNU tar looks at the name first, busybox at the file.
			if (!call.busybox) await warn();
			let status: FileStatus;
			let content: Uint8Array | undefined;
			try {
				status = files.status(place, { followLinks: this.#options.has('h') });
				content = status.kind === 'file' ? files.readFile(place) : undefined;
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				await call.complain(
					call.busybox ? `${path}: ${error.message}` : `${path}: Cannot stat: ${error.message}`,
				);
				this.failed = true;
				return;
			}
			if (call.busybox) await warn();
			const name = (this.#options.has('P') ? path : path.replace(/^\/+/, '')) || './';
			const directory = status.kind === 'directory';
			const header: Header = {
				name: directory && !name.endsWith('/') ? `${name}/` : name,
				mode: status.mode,
				uid: status.uid,
				gid: status.gid,
				size: content?.length ?? 0,
				modifiedAt: status.modifiedAt,
				type: { file: '0', directory: '5', symlink: '2', device: '3', block: '4' }[status.kind],
				target: status.kind === 'symlink' ? files.readLink(place) : '',
				user: userName(call.process, status.uid) ?? '',
				group: groupName(call.process, status.gid) ?? '',
			};
			if (this.#options.has('v')) await this.#say(header);
			await put(entryBlocks(header, content));
			if (directory) for (const child of files.list(place)) await add(join(path, child));
		};
		for (const path of paths) await add(path);
		await put([new Uint8Array(2 * blockSize)]);
		await put([new Uint8Array((recordSize - (size % recordSize)) % recordSize)]);
	}

	/** The names of -v; on standard error where the archive itself goes to standard output. */
	async #say(header: Header): Promise<void> {
		const options = this.#options;
		const toOutput = options.has('c') && (options.value('f') ?? '-') === '-';
		const line = options.has('t') && options.has('v') ? this.#longLine(header) : header.name;
		if (toOutput || (options.has('x') && options.has('O'))) await this.#call.process.write(2, `${line}\n`);
		else await this.#call.print(`${line}\n`);
	}

	#longLine(header: Header): string {
		const kind = types[header.type] ?? 'file';
		const owner = `${header.user || header.uid}/${header.group || header.gid}`;
		const target = kind === 'symlink' ? ` -> ${header.target}` : '';
		const size = String(header.size);
		return `${modeLetters({ kind, mode: header.mode })} ${owner}${size.padStart(Math.max(size.length + 1, 19 - owner.length))} ${strftime('%Y-%m-%d %H:%M', header.modifiedAt)} ${header.name}${target}`;
	}

	async read(source: AsyncIterable<Uint8Array>, members: readonly string[]): Promise<void> {
		const call = this.#call;
		const options = this.#options;
		const reader = new ByteReader(source);
		const found = new Set<string>();
		const wanted = (name: string) => {
			if (members.length === 0) return true;
			const bare = name.replace(/\/$/, '');
			const member = members.find(
				(each) => bare === each.replace(/\/$/, '') || bare.startsWith(`${each.replace(/\/$/, '')}/`),
			);
			if (member !== undefined) found.add(member);
			return member !== undefined;
		};
		let warned = false;
		for await (const { header, content } of entriesOf(call, reader)) {
			if (!wanted(header.name) || this.#excluded(header.name)) continue;
			if (options.has('t')) {
				await call.print(`${options.has('v') ? this.#longLine(header) : header.name}\n`);
				continue;
			}
			if (options.has('v')) await this.#say(header);
			if (options.has('O')) {
				await call.print(await content());
				continue;
			}
			const strip = Number(options.value('strip') ?? 0);
			let name = header.name.split('/').slice(strip).join('/');
			if (name === '' || (strip > 0 && name === '/')) continue;
			if (name.startsWith('/') && !options.has('P')) {
				if (!warned)
					await call.complain(
						call.busybox
							? "removing leading '/' from member names"
							: "Removing leading `/' from member names",
					);
				warned = true;
				name = name.replace(/^\/+/, '');
			}
			if (name.split('/').includes('..') && !options.has('P')) {
				await call.complain(`${name}: Member name contains '..'`);
				this.failed = true;
				continue;
			}
			await this.#extract(header, name, content);
		}
		// What follows the archive is read, so that whoever writes it does not find the pipe closed.
		while ((await reader.take(65536)).length > 0);
		await reader.close();
		for (const member of members)
			if (!found.has(member)) {
				await call.complain(
					call.busybox ? `${member}: not found in archive` : `${member}: Not found in archive`,
				);
				this.failed = true;
			}
	}

	async #extract(header: Header, name: string, content: () => Promise<Uint8Array>): Promise<void> {
		const call = this.#call;
		const { files, uid } = call.process;
		const place = name.startsWith('/') ? name : join(this.#folder, name.replace(/\/$/, ''));
		const kind = types[header.type];
		try {
			const parent = place.slice(0, place.lastIndexOf('/')) || '/';
			if (!files.exists(parent)) files.makeDirectory(parent, { recursive: true });
			const mode = this.#options.has('p') || uid === 0 ? header.mode : header.mode & ~call.process.umask;
			if (kind === 'directory') {
				if (!files.exists(place)) files.makeDirectory(place, { mode });
			} else {
				if (this.#options.has('k') && files.exists(place)) return;
				const target = () => {
					try {
						return files.status(place, { followLinks: false }).kind !== 'directory';
					} catch {
						return false;
					}
				};
				if (target()) files.remove(place);
				if (kind === 'symlink') files.symlink(header.target, place);
				else if (header.type === '1') files.link(join(this.#folder, header.target), place);
				else files.writeFile(place, await content(), { mode });
			}
			if (kind === 'symlink' || header.type === '1') return;
			if (uid === 0 && !this.#options.has('no-same-owner') && !this.#options.has('o'))
				files.changeOwner(place, header.uid, header.gid);
			files.changeMode(place, mode);
			if (!this.#options.has('m')) files.setModified(place, header.modifiedAt);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			await call.complain(
				call.busybox ? `can't open '${name}': ${error.message}` : `${name}: Cannot open: ${error.message}`,
			);
			this.failed = true;
		}
	}
}

export const tar: Tool = {
	name: 'tar',
	usage: 'c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [LONGOPT]... [FILE]...',
	async run(call) {
		// The first word may lack its dash: `tar xf FILE`. Its letters take their values from the words after it.
		const [first = '', ...rest] = call.args;
		const old = first !== '' && !first.startsWith('-');
		const bundled = old
			? [...first].flatMap((letter) =>
					/[fCTX]/.test(letter) ? [`-${letter}`, rest.shift() ?? ''] : [`-${letter}`],
				)
			: [first].filter(Boolean);
		const spec = {
			short: 'ctxrf:C:vzpmoOhkPT:X:Jjaw',
			long: {
				create: 'c',
				list: 't',
				extract: 'x',
				get: 'x',
				'file=': 'f',
				'directory=': 'C',
				verbose: 'v',
				gzip: 'z',
				'preserve-permissions': 'p',
				touch: 'm',
				'to-stdout': 'O',
				dereference: 'h',
				'keep-old-files': 'k',
				'absolute-names': 'P',
				'exclude=': 'exclude',
				'strip-components=': 'strip',
				'no-same-owner': 'no-same-owner',
				'no-same-permissions': 'no-same-permissions',
				'files-from=': 'T',
				overwrite: 'overwrite',
				'warning=': 'warning',
				'numeric-owner': 'numeric-owner',
				'owner=': 'owner',
				'group=': 'group',
			},
		};
		const options = call.withArguments([...bundled, ...rest]).options(spec, call.busybox ? 1 : 2);
		const modes = ['c', 't', 'x'].filter((mode) => options.has(mode));
		if (modes.length !== 1)
			throw call.usageFailure(
				modes.length === 0
					? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
					: "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option",
				call.busybox ? 1 : 2,
			);
		if (options.has('J', 'j', 'r'))
			return call.fail(`the lab's tar has no ${options.has('r') ? '-r' : 'compression but gzip'}`, 2);
		const archive = new Archive(call, options);
		const path = options.value('f') ?? '-';
		const members = [...options.operands];
		const list = options.value('T');
		if (list !== undefined)
			members.push(
				...decode(await call.readAll(list))
					.split('\n')
					.filter(Boolean),
			);
		if (modes[0] === 'c') {
			const parts: Uint8Array[] = [];
			// Without compression an archive for a pipe goes out as it is made.
			if (path === '-' && !options.has('z'))
				await archive.create(members, async (data) => void (await call.print(data)));
			else {
				await archive.create(members, (data) => void parts.push(data));
				const data = options.has('z') ? await inTurns(call.process, gzipping(concat(parts))) : concat(parts);
				if (path === '-') await call.print(data);
				else {
					try {
						call.process.files.writeFile(path, data);
					} catch (error) {
						return cannotOpen(call, path, error as Error);
					}
				}
			}
		} else {
			let source: AsyncGenerator<Uint8Array>;
			try {
				source = call.open(path);
			} catch (error) {
				return cannotOpen(call, path, error as Error);
			}
			await archive.read(options.has('z') || path.endsWith('gz') ? gunzipped(call, source) : source, members);
		}
		if (archive.failed && !call.busybox)
			await call.complain('Exiting with failure status due to previous errors');
		return archive.failed ? (call.busybox ? 1 : 2) : 0;
	},
};

async function* gunzipped(call: Call, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield (await inTurns(call.process, gunzipping(await collect(source)))) ??
		call.fail(
			call.busybox ? 'invalid magic' : 'Child returned status 1\ntar: Error is not recoverable: exiting now',
			2,
		);
}

const cannotOpen = (call: Call, path: string, { message }: Error) =>
	call.fail(
		call.busybox
			? `can't open '${path}': ${message}`
			: `${path}: Cannot open: ${message}\ntar: Error is not recoverable: exiting now`,
		call.busybox ? 1 : 2,
	);
