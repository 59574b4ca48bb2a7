// Volumes: directories that are mounted into containers and outlive them.

import type { Image } from '../images/image.ts';
import { BlockContent } from './block-device.ts';
import { systemError } from './errors.ts';
import type { FileTree, Volume } from './files.ts';
import { fill, imageRoot, inodeOf } from './image-tree.ts';
import { DirectoryInode, FileInode, type Inode, Quota, SymlinkInode } from './inode.ts';

/** What one volume may hold at most, however large it is said to be: a volume of the lab lives in memory. */
const volumeBytes = 256 * 1024 * 1024;

/**
 * Volumes whose content the kubelet writes and replaces (pkg/volume/util/atomic_writer.go); containers only read
 * them.
 */
export const projectedTypes = new Set(['configMap', 'secret', 'projected', 'downwardAPI']);

export class VolumeDirectory implements Volume {
	readonly type: string;
	readonly source: string;
	readonly root: DirectoryInode | FileInode;
	readonly quota: Quota;
	readonly nextInode: () => number;
	readonly #fileMode: number;
	#block: BlockContent | undefined;
	#group: number | undefined;
	#generation = 0;

	/** `part` makes it a part of another volume, `image` the content of an image. */
	constructor(
		options: {
			type: string;
			source: string;
			mode?: number;
			sizeBytes?: number;
			image?: Image;
			part?: { of: VolumeDirectory; root: DirectoryInode | FileInode };
		},
		now: number,
	) {
		const projected = projectedTypes.has(options.type);
		this.type = options.type;
		this.source = options.source;
		this.quota = options.part?.of.quota ?? new Quota(volumeBytes);
		let inodes = 2;
		this.nextInode = options.part?.of.nextInode ?? (() => inodes++);
		if (options.sizeBytes !== undefined) this.resize(options.sizeBytes);
		this.#fileMode = projected ? (options.mode ?? 0o644) : 0o644;
		// A ConfigMap's lies on the disk, the others in a tmpfs of their own.
		const mode = options.type === 'configMap' ? 0o777 : projected ? 0o1777 : (options.mode ?? 0o777);
		this.root =
			options.part?.root ??
			(options.image && imageRoot(options.image)) ??
			new DirectoryInode({ mode, uid: 0, gid: 0, modifiedAt: now, inode: 1 });
	}

	get usage(): Quota {
		return this.quota;
	}

	get kind(): 'directory' | 'file' {
		return this.root.kind;
	}

	/** What a raw block device shows of it: nothing of its files. */
	get block(): BlockContent {
		this.#block ??= new BlockContent(this.quota);
		return this.#block;
	}

	/** What it holds already stays, also where that is more. */
	resize(sizeBytes: number): void {
		this.quota.sizeBytes = sizeBytes;
		this.quota.limit = Math.min(sizeBytes, volumeBytes);
	}

	/** Puts content in: into a folder of its own behind links for what the kubelet projects, else straight in. */
	fill(content: FileTree, now: number): void {
		const options = {
			frozen: false,
			modifiedAt: now,
			nextInode: this.nextInode,
			fileMode: this.#fileMode,
		};
		if (!projectedTypes.has(this.type)) {
			fill(this.#directory, content, options);
			return;
		}
		const root = this.#directory;
		const folder = timestampedFolder(now, this.#generation++);
		const link = (target: string) =>
			new SymlinkInode({ mode: 0o777, uid: 0, gid: 0, modifiedAt: now, inode: this.nextInode() }, target);
		for (const name of root.names()) if (!(name in content) && name !== '..data') root.delete(name);
		root.set(folder, inodeOf(content, options));
		root.set('..data', link(folder));
		for (const name of Object.keys(content)) if (!root.get(name)) root.set(name, link(`..data/${name}`));
		if (this.#group !== undefined) giveToGroup(root, this.#group, readable);
	}

	/**
	 * Gives all that it holds to a group that may read it and, unless the kubelet writes it, write it (fsGroup).
	 * `onRootMismatch` leaves it where its root has been given already.
	 */
	setGroup(gid: number, onRootMismatch: boolean): void {
		const { root } = this;
		const isGiven = root.gid === gid && (root.mode & 0o2770) === 0o2770;
		if (onRootMismatch && isGiven) return;
		this.#group = gid;
		giveToGroup(root, gid, projectedTypes.has(this.type) ? readable : writable);
	}

	get #directory(): DirectoryInode {
		if (this.root instanceof DirectoryInode) return this.root;
		throw systemError('ENOTDIR');
	}

	/** The part at a path, made where `create` says so; undefined where there is none. Throws SystemError. */
	part(path: string, now: number, create?: 'directory' | 'file'): VolumeDirectory | undefined {
		let inode: DirectoryInode | FileInode = this.root;
		const names = path.split('/').filter((name) => name !== '' && name !== '.');
		for (const [index, name] of names.entries()) {
			if (!(inode instanceof DirectoryInode)) return undefined;
			const child = this.#linked(inode.get(name));
			if (child instanceof DirectoryInode || child instanceof FileInode) inode = child;
			else {
				if (!create || child) return undefined;
				const attributes = { uid: 0, gid: 0, modifiedAt: now, inode: this.nextInode() };
				const made: DirectoryInode | FileInode =
					create === 'file' && index === names.length - 1
						? new FileInode({ ...attributes, mode: 0o644 })
						: new DirectoryInode({ ...attributes, mode: 0o755 });
				inode.set(name, made);
				inode = made;
			}
		}
		return new VolumeDirectory({ type: this.type, source: path, part: { of: this, root: inode } }, now);
	}

	/** The directory or file of a subPath; a missing directory is made, as the kubelet does. Throws SystemError. */
	at(subPath: string, now: number): DirectoryInode | FileInode {
		let inode: DirectoryInode | FileInode = this.root;
		for (const name of subPath.split('/').filter((part) => part !== '' && part !== '.')) {
			if (name === '..') throw systemError('EINVAL');
			if (!(inode instanceof DirectoryInode)) throw systemError('ENOTDIR');
			const parent: DirectoryInode = inode;
			const child = this.#linked(parent.get(name));
			if (child instanceof DirectoryInode || child instanceof FileInode) inode = child;
			else {
				inode = new DirectoryInode({
					mode: 0o755,
					uid: 0,
					gid: 0,
					modifiedAt: now,
					inode: this.nextInode(),
				});
				parent.set(name, inode);
			}
		}
		return inode;
	}

	/** Follows the links of projected content, which are all relative to the root. */
	#linked(inode: ReturnType<DirectoryInode['get']>): ReturnType<DirectoryInode['get']> {
		if (!(inode instanceof SymlinkInode) || typeof inode.target !== 'string') return inode;
		let found: ReturnType<DirectoryInode['get']> = this.root;
		for (const name of inode.target.split('/'))
			found = found instanceof DirectoryInode ? this.#linked(found.get(name)) : undefined;
		return found;
	}
}

/** What a group may do, by its bits: pkg/volume/volume_linux.go. */
const readable = 0o440;
const writable = 0o660;

function giveToGroup(inode: Inode, gid: number, bits: number): void {
	if (inode.frozen) return;
	inode.gid = gid;
	if (inode instanceof SymlinkInode) return;
	inode.mode |= inode instanceof DirectoryInode ? bits | 0o2110 : bits;
	if (!(inode instanceof DirectoryInode)) return;
	for (const name of inode.names()) giveToGroup(inode.get(name)!, gid, bits);
}

/** As the atomic writer names it: `..2026_01_02_03_04_05.0000000001`. */
function timestampedFolder(now: number, generation: number): string {
	const time = new Date(now).toISOString().slice(0, 19).replace(/[-T:]/g, '_');
	return `..${time}.${String(generation + 1).padStart(10, '0')}`;
}
