// A container's file system: image layers shared and read-only, a writable layer on top, volumes mounted.
import type { Program } from './process.ts';

export interface FileStatus {
	/** A device is one of characters, a block one of a disk. */
	kind: 'file' | 'directory' | 'symlink' | 'device' | 'block';
	/** Permission bits, as 0o755. */
	mode: number;
	uid: number;
	gid: number;
	size: number;
	/** Milliseconds since 1970. */
	modifiedAt: number;
	inode: number;
	links: number;
}

/** A directory tree as an image carries it: nested, keyed by name. */
export type FileTree = { [name: string]: FileTreeEntry };
export type FileTreeEntry =
	| string
	| Uint8Array
	| FileTree
	| { $file: string | Uint8Array; mode?: number; uid?: number; gid?: number }
	| { $link: string }
	/** An executable whose code is a program of the lab. */
	| { $program: Program }
	| { $directory: FileTree; mode?: number; uid?: number; gid?: number };

/**
 * All calls throw SystemError (ENOENT, ENOTDIR, EISDIR, EEXIST, EACCES, EROFS, ENOTEMPTY, ENOSPC, ELOOP, EXDEV).
 * Paths are absolute, or relative to the process's cwd where a process calls.
 */
export interface FileSystem {
	status(path: string, options?: { followLinks?: boolean }): FileStatus;
	exists(path: string): boolean;
	readFile(path: string): Uint8Array;
	readText(path: string): string;
	writeFile(path: string, data: string | Uint8Array, options?: { mode?: number; append?: boolean }): void;
	/** The program behind an executable, where the file carries one. */
	programOf(path: string): Program | undefined;
	list(path: string): string[];
	makeDirectory(path: string, options?: { recursive?: boolean; mode?: number }): void;
	/** rmdir(2) for directories, unlink(2) for the rest. */
	remove(path: string, options?: { recursive?: boolean }): void;
	rename(from: string, to: string): void;
	link(existing: string, path: string): void;
	symlink(target: string, path: string): void;
	readLink(path: string): string;
	changeMode(path: string, mode: number): void;
	changeOwner(path: string, uid: number, gid: number): void;
	setModified(path: string, at: number): void;
	/** The path with links and dots resolved. */
	realPath(path: string): string;
	/** Where something is mounted, for `mount` and `df`. */
	mounts(): readonly {
		path: string;
		source: string;
		type: string;
		readOnly: boolean;
		/** Of a volume that has a size of its own. */
		sizeBytes?: number;
	}[];
}

/** What is written somewhere, in bytes. */
export interface DiskUsage {
	readonly used: number;
	/** Called whenever more is written. */
	grown: (() => void) | undefined;
}

/** What a volume is to the runtime: a directory that can be mounted into containers and outlive them. */
export interface Volume {
	readonly type: string;
	readonly source: string;
	readonly kind: 'directory' | 'file';
	readonly usage: DiskUsage;
	/** An opaque tree that only runtime/ looks into. */
	readonly root: unknown;
}
