// Turns the file trees of images and volumes into inodes. An image's inodes are made once, frozen, and shared.
import type { Image } from '../images/image.ts';
import { executableOf } from './executable.ts';
import type { FileTree, FileTreeEntry } from './files.ts';
import { type Attributes, DirectoryInode, FileInode, type Inode, SymlinkInode } from './inode.ts';

/** When the files of images were last modified: a fixed day, so that equal labs list equal times. */
const imageTime = Date.UTC(2025, 0, 14);

export interface TreeOptions {
	frozen: boolean;
	modifiedAt: number;
	/** Gives the next inode number. */
	nextInode: () => number;
	/** Permission bits of files that name none. */
	fileMode?: number;
}

const isSpecial = (
	entry: FileTreeEntry,
): entry is Exclude<FileTreeEntry, string | Uint8Array | FileTree> & object =>
	typeof entry === 'object' &&
	!(entry instanceof Uint8Array) &&
	['$file', '$link', '$program', '$directory'].some((key) => Object.hasOwn(entry, key));

/** The inode of one entry, with everything below it. */
export function inodeOf(entry: FileTreeEntry, options: TreeOptions): Inode {
	const attributes = (mode: number, owner: { uid?: number; gid?: number } = {}): Attributes => ({
		mode,
		uid: owner.uid ?? 0,
		gid: owner.gid ?? 0,
		modifiedAt: options.modifiedAt,
		inode: options.nextInode(),
	});
	const fileMode = options.fileMode ?? 0o644;
	if (typeof entry === 'string' || entry instanceof Uint8Array)
		return new FileInode(attributes(fileMode), entry, options.frozen);
	if (!isSpecial(entry)) {
		const directory = new DirectoryInode(attributes(0o755), undefined, options.frozen);
		fill(directory, entry, options);
		return directory;
	}
	if ('$link' in entry) return new SymlinkInode(attributes(0o777), entry.$link as string, options.frozen);
	if ('$program' in entry)
		return new FileInode(attributes(0o755), executableOf(entry.$program as never), options.frozen);
	if ('$file' in entry) {
		const file = entry as { $file: string | Uint8Array; mode?: number; uid?: number; gid?: number };
		return new FileInode(attributes(file.mode ?? fileMode, file), file.$file, options.frozen);
	}
	const folder = entry as { $directory: FileTree; mode?: number; uid?: number; gid?: number };
	const directory = new DirectoryInode(attributes(folder.mode ?? 0o755, folder), undefined, options.frozen);
	fill(directory, folder.$directory, options);
	return directory;
}

/** Puts a tree's entries into a directory, merging directories that are there already. */
export function fill(directory: DirectoryInode, tree: FileTree, options: TreeOptions): void {
	for (const [name, entry] of Object.entries(tree)) {
		const existing = directory.get(name);
		const inode = inodeOf(entry, options);
		if (existing instanceof DirectoryInode && inode instanceof DirectoryInode) {
			for (const child of inode.names()) merge(existing, child, inode.get(child)!);
			Object.assign(existing, { mode: inode.mode, uid: inode.uid, gid: inode.gid });
		} else directory.set(name, inode);
	}
}

function merge(directory: DirectoryInode, name: string, inode: Inode): void {
	const existing = directory.get(name);
	if (existing instanceof DirectoryInode && inode instanceof DirectoryInode)
		for (const child of inode.names()) merge(existing, child, inode.get(child)!);
	else directory.set(name, inode);
}

const trees = new WeakMap<readonly FileTree[], DirectoryInode>();

/** The root directory of an image: made at the first container's start, and never changed. */
export function imageRoot(image: Image): DirectoryInode {
	let root = trees.get(image.layers);
	if (!root) {
		let inodes = 2;
		const options: TreeOptions = { frozen: true, modifiedAt: imageTime, nextInode: () => inodes++ };
		root = inodeOf({}, options) as DirectoryInode;
		for (const layer of image.layers) fill(root, layer, options);
		trees.set(image.layers, root);
	}
	return root;
}
