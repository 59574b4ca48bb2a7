// A disk as it is kept while the lab is off: its files with their owners, modes and times, or its raw bytes.
import { type Attributes, DirectoryInode, FileInode, type Inode, SymlinkInode } from './inode.ts';
import type { VolumeDirectory } from './volumes.ts';

type SavedAttributes = Omit<Attributes, 'inode'>;

export interface SavedDirectory extends SavedAttributes {
	kind: 'directory';
	entries: [name: string, SavedInode][];
}

export type SavedInode =
	| SavedDirectory
	| (SavedAttributes & { kind: 'symlink'; target: string })
	/** `file` tells files apart, of which one may have several names; only its first one has the content. */
	| (SavedAttributes & { kind: 'file'; file: number; content?: Uint8Array });

export interface SavedVolume {
	sizeBytes: number;
	root: SavedDirectory;
	/** What was written past any file system (volumeMode: Block). */
	block: Uint8Array;
}

/** What makes sense without the kernel that made it; sockets and devices do not. */
export function saveVolume(volume: VolumeDirectory): SavedVolume {
	const seen = new Set<number>();
	const attributesOf = ({ mode, uid, gid, modifiedAt }: Inode): SavedAttributes => ({
		mode,
		uid,
		gid,
		modifiedAt,
	});
	const saveDirectory = (directory: DirectoryInode): SavedDirectory => ({
		kind: 'directory',
		...attributesOf(directory),
		entries: directory.names().flatMap((name): [string, SavedInode][] => {
			const inode = directory.get(name);
			const saved = inode && save(inode);
			return saved ? [[name, saved]] : [];
		}),
	});
	const save = (inode: Inode): SavedInode | undefined => {
		if (inode instanceof DirectoryInode) return saveDirectory(inode);
		const attributes = attributesOf(inode);
		if (inode instanceof SymlinkInode && typeof inode.target === 'string')
			return { kind: 'symlink', ...attributes, target: inode.target };
		if (!(inode instanceof FileInode)) return undefined;
		const file = inode.inode;
		if (seen.has(file)) return { kind: 'file', ...attributes, file };
		seen.add(file);
		return { kind: 'file', ...attributes, file, content: inode.read(0, inode.size) };
	};
	const { root, quota, block } = volume;
	if (!(root instanceof DirectoryInode)) throw new TypeError('a disk has a directory at its root');
	return { sizeBytes: quota.sizeBytes ?? quota.limit, root: saveDirectory(root), block: block.written };
}

/** Throws SystemError ENOSPC where it does not fit. */
export function restoreVolume(volume: VolumeDirectory, { root, block }: SavedVolume): void {
	const files = new Map<number, FileInode>();
	const { quota, nextInode } = volume;
	const fill = (directory: DirectoryInode, { entries }: SavedDirectory) => {
		for (const [name, saved] of entries) directory.set(name, restore(saved));
	};
	const restore = (saved: SavedInode): Inode => {
		const known = saved.kind === 'file' ? files.get(saved.file) : undefined;
		if (known) {
			known.links++;
			return known;
		}
		const attributes = { ...saved, inode: nextInode() };
		if (saved.kind === 'symlink') return new SymlinkInode(attributes, saved.target);
		if (saved.kind === 'directory') {
			const directory = new DirectoryInode(attributes);
			fill(directory, saved);
			return directory;
		}
		const file = new FileInode(attributes);
		file.write(0, saved.content ?? new Uint8Array(0), quota);
		files.set(saved.file, file);
		return file;
	};
	const { mode, uid, gid, modifiedAt } = root;
	Object.assign(volume.root, { mode, uid, gid, modifiedAt });
	fill(volume.root as DirectoryInode, root);
	if (block.length > 0) volume.block.write(0, block);
}
