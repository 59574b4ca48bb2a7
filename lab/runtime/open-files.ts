// Open file descriptions of regular files, devices and generated files.
import type { Random } from '../random.ts';
import { BlockContent, BlockDevice } from './block-device.ts';
import { systemError } from './errors.ts';
import type { DeviceName, FileInode, Inode, Quota } from './inode.ts';
import type { Place } from './mounts.ts';
import type { OpenFile, Process } from './process.ts';
import { chargeTransfer } from './transfer-cost.ts';

const none = new Uint8Array(0);

export interface OpenFlags {
	read: boolean;
	write: boolean;
	create: boolean;
	truncate: boolean;
	append: boolean;
	exclusive: boolean;
}

/** Which open file holds the lock of a regular file. */
const locks = new WeakMap<FileInode, RegularFile>();

/** fopen(3)'s modes: r, r+, w, w+, a, a+, and x for O_EXCL. */
export function openFlags(text: string): OpenFlags {
	const plus = text.includes('+');
	const first = text[0];
	if (first !== 'r' && first !== 'w' && first !== 'a') throw systemError('EINVAL');
	return {
		read: first === 'r' || plus,
		write: first !== 'r' || plus,
		create: first !== 'r',
		truncate: first === 'w',
		append: first === 'a',
		exclusive: text.includes('x'),
	};
}

export class RegularFile implements OpenFile {
	readonly kind = 'file';
	readonly name: string;
	readonly #inode: FileInode;
	readonly #quota: Quota;
	readonly #flags: OpenFlags;
	readonly #now: () => number;
	#offset = 0;
	#holders = 1;

	constructor(inode: FileInode, place: Place, flags: OpenFlags, now: () => number) {
		this.name = place.path;
		this.#inode = inode;
		this.#quota = place.mount.quota;
		this.#flags = flags;
		this.#now = now;
		inode.opens++;
		if (flags.truncate) this.truncate(0);
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		if (!this.#flags.read) throw systemError('EBADF');
		await chargeTransfer(caller, Math.min(max, this.#inode.size - this.#offset));
		const data = this.#inode.read(this.#offset, max);
		this.#offset += data.length;
		return data;
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		if (!this.#flags.write) throw systemError('EBADF');
		await chargeTransfer(caller, data.length);
		if (this.#flags.append) this.#offset = this.#inode.size;
		this.#inode.write(this.#offset, data, this.#quota);
		this.#inode.modifiedAt = this.#now();
		this.#offset += data.length;
	}

	seek(offset: number): void {
		this.#offset = offset;
	}

	truncate(size: number): void {
		if (!this.#flags.write) throw systemError('EINVAL');
		this.#inode.truncate(size, this.#quota);
		this.#inode.modifiedAt = this.#now();
	}

	lock(): void {
		const holder = locks.get(this.#inode);
		if (holder && holder !== this) throw systemError('EAGAIN');
		locks.set(this.#inode, this);
	}

	retain(): void {
		this.#holders++;
	}

	release(): void {
		if (--this.#holders > 0) return;
		if (locks.get(this.#inode) === this) locks.delete(this.#inode);
		this.#inode.opens--;
		if (!this.#inode.frozen) this.#inode.forget();
	}
}

/** What is read is fixed at the opening; what is written is refused. */
export class GeneratedContent implements OpenFile {
	readonly kind = 'file';
	readonly name: string;
	readonly #content: Uint8Array;
	#offset = 0;

	constructor(name: string, content: string) {
		this.name = name;
		this.#content = new TextEncoder().encode(content);
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		await chargeTransfer(caller, 0);
		const data = this.#content.slice(this.#offset, this.#offset + max);
		this.#offset += data.length;
		return data;
	}

	async write(): Promise<void> {
		throw systemError('EBADF');
	}

	seek(offset: number): void {
		this.#offset = offset;
	}

	retain(): void {}
	release(): void {}
}

export class OpenDirectory implements OpenFile {
	readonly kind = 'directory';
	readonly name: string;

	constructor(name: string) {
		this.name = name;
	}

	async read(): Promise<Uint8Array> {
		throw systemError('EISDIR');
	}

	async write(): Promise<void> {
		throw systemError('EBADF');
	}

	retain(): void {}
	release(): void {}
}

/** /dev/null, zero, full and random (null(4), full(4), random(4)). */
export class Device implements OpenFile {
	readonly kind: 'null' | 'file';
	readonly name: string;
	readonly #device: Exclude<DeviceName, 'tty'>;
	readonly #random: Random;

	constructor(device: Exclude<DeviceName, 'tty'>, random: Random) {
		this.kind = device === 'null' ? 'null' : 'file';
		this.name = `/dev/${device}`;
		this.#device = device;
		this.#random = random;
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		await chargeTransfer(caller, this.#device === 'null' ? 0 : max);
		if (this.#device === 'null') return none;
		const data = new Uint8Array(max);
		if (this.#device === 'random') for (let at = 0; at < max; at++) data[at] = this.#random() * 256;
		return data;
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		await chargeTransfer(caller, data.length);
		if (this.#device === 'full') throw systemError('ENOSPC');
	}

	retain(): void {}
	release(): void {}
}

/** The file behind an inode that is opened by name; devices that are open files themselves are handed out as they are. */
export function openInode(
	inode: Inode,
	place: Place,
	flags: OpenFlags,
	caller: { now: () => number; random: Random; terminal: OpenFile | undefined },
): OpenFile {
	switch (inode.kind) {
		case 'file':
			return new RegularFile(inode, place, flags, caller.now);
		case 'generated':
			return new GeneratedContent(place.path, inode.generate());
		case 'directory':
			return new OpenDirectory(place.path);
		case 'symlink':
			throw systemError('ELOOP');
		case 'device':
			if (inode.device instanceof BlockContent) return new BlockDevice(place.path, inode.device, flags);
			if (typeof inode.device === 'object') {
				inode.device.retain();
				return inode.device;
			}
			if (inode.device !== 'tty') return new Device(inode.device, caller.random);
			if (!caller.terminal) throw systemError('ENXIO');
			caller.terminal.retain();
			return caller.terminal;
	}
}
