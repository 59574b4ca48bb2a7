// What a file system's names point to. Inodes of an image are frozen and shared by every container; a container
// that changes one gets a copy of its own (copy-up), which shares the content until that is written as well.
import type { BlockContent } from './block-device.ts';
import { systemError } from './errors.ts';
import type { DiskUsage } from './files.ts';
import type { MountTable } from './mounts.ts';
import type { OpenFile } from './process.ts';

/** How much may be written below one mount, and how much is. */
export class Quota implements DiskUsage {
	used = 0;
	grown: (() => void) | undefined;
	limit: number;
	/** The size that is shown, of a volume that has one of its own. */
	sizeBytes: number | undefined;

	constructor(limit: number) {
		this.limit = limit;
	}

	/** Takes bytes, or gives them back where negative; throws ENOSPC. */
	charge(bytes: number): void {
		if (bytes > 0 && this.used + bytes > this.limit) throw systemError('ENOSPC');
		this.used += bytes;
		if (bytes > 0) this.grown?.();
	}
}

export interface Attributes {
	mode: number;
	uid: number;
	gid: number;
	modifiedAt: number;
	inode: number;
}

abstract class Node implements Attributes {
	mode: number;
	uid: number;
	gid: number;
	modifiedAt: number;
	inode: number;
	links = 1;
	/** Part of an image: never changed, but copied. */
	readonly frozen: boolean;

	constructor(attributes: Attributes, frozen: boolean) {
		this.mode = attributes.mode;
		this.uid = attributes.uid;
		this.gid = attributes.gid;
		this.modifiedAt = attributes.modifiedAt;
		this.inode = attributes.inode;
		this.frozen = frozen;
	}
}

const none = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * From this size on a file's content grows where it is, so far at a time: to copy it each time that it doubles
 * would hold everybody else up.
 */
const growsInPlaceFrom = 4 * 1024 * 1024;
const growth = 1024 * 1024;
/** No disk of the lab holds more; it is address space only until it is used. */
const largest = 256 * 1024 * 1024;

export class FileInode extends Node {
	readonly kind = 'file';
	size: number;
	/** Open descriptions that keep an unlinked file's content. */
	opens = 0;
	#content: Uint8Array | string;
	#owned = false;
	#quota: Quota | undefined;
	#charged = 0;

	constructor(attributes: Attributes, content: Uint8Array | string = none, frozen = false) {
		super(attributes, frozen);
		this.#content = content;
		this.size = typeof content === 'string' ? this.#bytes().length : content.length;
	}

	/** A copy for a container, whose writes count against its quota. */
	copyUp(): FileInode {
		return new FileInode(this, this.#bytes());
	}

	#bytes(): Uint8Array {
		if (typeof this.#content === 'string') this.#content = encoder.encode(this.#content);
		return this.#content;
	}

	read(offset: number, max: number): Uint8Array {
		return this.#bytes().slice(Math.min(offset, this.size), Math.min(offset + max, this.size));
	}

	write(offset: number, data: Uint8Array, quota: Quota): void {
		const end = offset + data.length;
		this.#reserve(Math.max(end, this.size), quota);
		(this.#content as Uint8Array).set(data, offset);
		this.size = Math.max(this.size, end);
	}

	truncate(size: number, quota: Quota): void {
		const kept = this.#bytes().slice(0, Math.min(size, this.size));
		this.#account(size, quota);
		this.#content = kept;
		this.#owned = true;
		this.size = kept.length;
		if (size > this.size) this.#reserve(size, quota);
		this.size = size;
	}

	/** Gives the content's bytes back once neither a name nor a descriptor leads here. */
	forget(): void {
		if (this.links > 0 || this.opens > 0) return;
		this.#quota?.charge(-this.#charged);
		this.#charged = 0;
	}

	#account(size: number, quota: Quota): void {
		quota.charge(size - this.#charged);
		this.#charged = size;
		this.#quota = quota;
	}

	#reserve(size: number, quota: Quota): void {
		const content = this.#bytes();
		this.#account(size, quota);
		if (this.#owned && content.length >= size) return;
		const { buffer } = content;
		if (this.#owned && buffer instanceof ArrayBuffer && buffer.resizable && size <= buffer.maxByteLength) {
			buffer.resize(Math.min(buffer.maxByteLength, Math.ceil(size / growth) * growth));
			return;
		}
		const doubled = this.#owned ? Math.max(size, content.length * 2) : size;
		const grown =
			size >= growsInPlaceFrom && size <= largest
				? new Uint8Array(new ArrayBuffer(size, { maxByteLength: largest }))
				: new Uint8Array(doubled);
		grown.set(content.subarray(0, this.size));
		this.#content = grown;
		this.#owned = true;
	}
}

/** A file whose content is made when it is read, as in /proc; written to only where it takes writes. */
export class GeneratedFile extends Node {
	readonly kind = 'generated';
	readonly size = 0;
	readonly generate: () => string;

	constructor(attributes: Attributes, generate: () => string) {
		super(attributes, false);
		this.generate = generate;
	}
}

export class SymlinkInode extends Node {
	readonly kind = 'symlink';
	/**
	 * A function where the target depends on who asks, as that of /proc/self does; a container's mounts where
	 * the link leads to its root, as /proc/PID/root does.
	 */
	readonly target: string | ((pid: number) => string) | MountTable;

	constructor(attributes: Attributes, target: SymlinkInode['target'], frozen = false) {
		super(attributes, frozen);
		this.target = target;
	}

	get size(): number {
		return typeof this.target === 'string' ? this.target.length : 0;
	}

	/** The target as readlink(2) gives it to a process. */
	textFor(pid: number): string {
		if (typeof this.target === 'string') return this.target;
		return typeof this.target === 'function' ? this.target(pid) : '/';
	}
}

export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'tty';

export class DeviceInode extends Node {
	readonly kind = 'device';
	/** A kernel device, a disk, or the open file itself below /proc/self/fd. */
	readonly device: DeviceName | BlockContent | OpenFile;

	constructor(attributes: Attributes, device: DeviceName | BlockContent | OpenFile) {
		super(attributes, false);
		this.device = device;
	}
}

/** A directory whose entries are made when they are looked up, as in /proc. */
export interface Listing {
	get(name: string): Inode | undefined;
	names(): string[];
}

export class DirectoryInode extends Node {
	readonly kind = 'directory';
	/** The image's directory below, seen through where nothing stands in `#changed`; null hides a name. */
	readonly #lower: Listing | undefined;
	readonly #changed = new Map<string, Inode | null>();

	constructor(attributes: Attributes, lower?: Listing, frozen = false) {
		super(attributes, frozen);
		this.#lower = lower;
	}

	copyUp(): DirectoryInode {
		return new DirectoryInode(this, this);
	}

	get(name: string): Inode | undefined {
		const changed = this.#changed.get(name);
		return changed === undefined ? this.#lower?.get(name) : (changed ?? undefined);
	}

	names(): string[] {
		const names = new Set(this.#lower?.names());
		for (const [name, inode] of this.#changed) {
			if (inode) names.add(name);
			else names.delete(name);
		}
		return [...names];
	}

	set(name: string, inode: Inode): void {
		this.#changed.set(name, inode);
	}

	delete(name: string): void {
		if (this.#lower?.get(name)) this.#changed.set(name, null);
		else this.#changed.delete(name);
	}
}

export type Inode = FileInode | GeneratedFile | SymlinkInode | DeviceInode | DirectoryInode;

/** The container's own copy of an image's inode. */
export function copyUp(inode: Inode): Inode {
	if (inode instanceof SymlinkInode) return new SymlinkInode(inode, inode.target);
	return inode instanceof FileInode || inode instanceof DirectoryInode ? inode.copyUp() : inode;
}
