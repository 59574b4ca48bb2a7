// Volumes: directories that are mounted into containers and outlive them.

import { systemError } from './errors.ts';
import type { FileTree, Volume } from './files.ts';
import { fill, inodeOf } from './image-tree.ts';
import { DirectoryInode, FileInode, Quota, SymlinkInode } from './inode.ts';

/** What one volume may hold at most, however large it is said to be: a volume of the lab lives in memory. */
const volumeBytes = 256 * 1024 * 1024;

/** Volumes whose content the kubelet writes and replaces (pkg/volume/util/atomic_writer.go). */
const projectedTypes = new Set(['configMap', 'secret', 'projected', 'downwardAPI']);

export class VolumeDirectory implements Volume {
	readonly type: string;
	readonly source: string;
	readonly root: DirectoryInode;
	readonly quota: Quota;
	readonly #fileMode: number;
	#inodes = 2;
	#generation = 0;

	constructor(options: { type: string; source: string; mode?: number; sizeBytes?: number }, now: number) {
		const projected = projectedTypes.has(options.type);
		this.type = options.type;
		this.source = options.source;
		this.quota = new Quota(volumeBytes);
		if (options.sizeBytes !== undefined) this.resize(options.sizeBytes);
		this.#fileMode = projected ? (options.mode ?? 0o644) : 0o644;
		const mode = projected ? 0o1777 : (options.mode ?? 0o777);
		this.root = new DirectoryInode({ mode, uid: 0, gid: 0, modifiedAt: now, inode: 1 });
	}

	readonly nextInode = (): number => this.#inodes++;

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
			fill(this.root, content, options);
			return;
		}
		const folder = timestampedFolder(now, this.#generation++);
		const link = (target: string) =>
			new SymlinkInode({ mode: 0o777, uid: 0, gid: 0, modifiedAt: now, inode: this.nextInode() }, target);
		for (const name of this.root.names()) if (!(name in content) && name !== '..data') this.root.delete(name);
		this.root.set(folder, inodeOf(content, options));
		this.root.set('..data', link(folder));
		for (const name of Object.keys(content))
			if (!this.root.get(name)) this.root.set(name, link(`..data/${name}`));
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

/** As the atomic writer names it: `..2026_01_02_03_04_05.0000000001`. */
function timestampedFolder(now: number, generation: number): string {
	const time = new Date(now).toISOString().slice(0, 19).replace(/[-T:]/g, '_');
	return `..${time}.${String(generation + 1).padStart(10, '0')}`;
}
