// What is mounted where in a container, and the walk from a path to the inode it names (path_resolution(7)).
import { systemError } from './errors.ts';
import type { FileSystem } from './files.ts';
import { copyUp, DirectoryInode, type FileInode, type Inode, type Quota } from './inode.ts';

export interface Mount {
	readonly path: string;
	readonly source: string;
	readonly type: string;
	readonly readOnly: boolean;
	readonly root: DirectoryInode | FileInode;
	readonly quota: Quota;
	/** Gives the next inode number of this file system. */
	readonly nextInode: () => number;
}

/** A name that a walk has reached; `inode` is absent where nothing has that name yet. */
export interface Place {
	/** Canonical: no links, no dots. */
	readonly path: string;
	/** The mounts that the walk is in: another container's below its /proc/PID/root. */
	readonly table: MountTable;
	/** The canonical path in that table, by which its mounts are found. */
	readonly pathInTable: string;
	readonly name: string;
	/** Itself for the root. */
	readonly parent: Place;
	readonly mount: Mount;
	inode: Inode | undefined;
}

/** Who walks: permissions follow from user and groups. */
export interface Walker {
	readonly uid: number;
	readonly gid: number;
	readonly groups: readonly number[];
	readonly cwd: string;
	readonly pid: number;
}

const below = (path: string, name: string) => (path === '/' ? `/${name}` : `${path}/${name}`);

const longestName = 255;
const mostLinks = 40;

/** Whether a mode lets somebody read (4), write (2) or search and execute (1). */
export function permits(
	inode: Inode,
	wanted: 4 | 2 | 1,
	walker: Pick<Walker, 'uid' | 'gid' | 'groups'>,
): boolean {
	if (walker.uid === 0) return wanted !== 1 || inode instanceof DirectoryInode || (inode.mode & 0o111) !== 0;
	const isMember = walker.gid === inode.gid || walker.groups.includes(inode.gid);
	const shift = walker.uid === inode.uid ? 6 : isMember ? 3 : 0;
	return ((inode.mode >> shift) & wanted) !== 0;
}

export class MountTable {
	readonly #mounts = new Map<string, Mount>();
	/** Of the paths of its mounts: below that nothing is looked up, so that deep trees stay cheap to walk. */
	#longestPath = 1;

	constructor(root: Mount) {
		this.#mounts.set('/', root);
	}

	add(mount: Mount): void {
		this.#mounts.set(mount.path, mount);
		this.#longestPath = Math.max(this.#longestPath, mount.path.length);
	}

	at(path: string): Mount | undefined {
		return this.#mounts.get(path);
	}

	list(): ReturnType<FileSystem['mounts']> {
		return [...this.#mounts.values()].map(({ path, source, type, readOnly, quota: { sizeBytes } }) => ({
			path,
			source,
			type,
			readOnly,
			sizeBytes,
		}));
	}

	/**
	 * Walks a path. Its last name may be absent; everything before must be there. Links are followed, the last
	 * one only where `followLast` says so or a slash ends the path.
	 */
	walk(path: string, walker: Walker, followLast = true): Place {
		if (path === '') throw systemError('ENOENT');
		let place = this.#root();
		const left = this.#names(path.startsWith('/') ? path : `${walker.cwd}/${path}`);
		const asDirectory = path.endsWith('/') || path.endsWith('/.');
		let links = 0;
		while (left.length > 0) {
			const name = left.pop()!;
			if (name === '' || name === '.') continue;
			const directory = place.inode;
			if (!directory) throw systemError('ENOENT');
			if (!(directory instanceof DirectoryInode)) throw systemError('ENOTDIR');
			if (!permits(directory, 1, walker)) throw systemError('EACCES');
			if (name === '..') {
				place = place.parent;
				continue;
			}
			if (name.length > longestName) throw systemError('ENAMETOOLONG');
			const child = this.#child(place, directory, name);
			const isLast = left.every((rest) => rest === '' || rest === '.');
			if (child.inode?.kind === 'symlink' && (!isLast || followLast || asDirectory)) {
				if (++links > mostLinks) throw systemError('ELOOP');
				const { target } = child.inode;
				if (target instanceof MountTable) {
					place = target === this ? this.#root() : target.#root(child.path);
					continue;
				}
				const text = child.inode.textFor(walker.pid);
				if (text.startsWith('/')) place = this.#root();
				left.push(...this.#names(text));
				continue;
			}
			place = child;
		}
		if (asDirectory && place.inode && !(place.inode instanceof DirectoryInode)) throw systemError('ENOTDIR');
		return place;
	}

	/** The place's inode as the container's own, copied up from the image together with the directories above it. */
	own(place: Place): Inode {
		if (!place.inode) throw systemError('ENOENT');
		if (!place.inode.frozen) return place.inode;
		const directory = this.own(place.parent) as DirectoryInode;
		const current = directory.get(place.name);
		place.inode = current && !current.frozen ? current : copyUp(place.inode);
		directory.set(place.name, place.inode);
		return place.inode;
	}

	#names(path: string): string[] {
		return path.split('/').reverse();
	}

	#root(path = '/'): Place {
		const mount = this.#mounts.get('/')!;
		const { root: inode } = mount;
		const root = { path, table: this as MountTable, pathInTable: '/', name: '/', mount, inode } as {
			-readonly [K in keyof Place]: Place[K];
		};
		root.parent = root;
		return root;
	}

	#child(parent: Place, directory: DirectoryInode, name: string): Place {
		const { table } = parent;
		const path = below(parent.path, name);
		const pathInTable = parent.path === parent.pathInTable ? path : below(parent.pathInTable, name);
		const mount = pathInTable.length > table.#longestPath ? undefined : table.#mounts.get(pathInTable);
		const inode = mount?.root ?? directory.get(name);
		return { path, table, pathInTable, name, parent, mount: mount ?? parent.mount, inode };
	}
}
