// The file system as one process sees it: its mounts, its working directory, its user's permissions.
import { BlockContent } from './block-device.ts';
import { systemError } from './errors.ts';
import { programIn } from './executable.ts';
import type { FileStatus, FileSystem } from './files.ts';
import {
	type Attributes,
	DeviceInode,
	DirectoryInode,
	FileInode,
	GeneratedFile,
	type Inode,
	SymlinkInode,
} from './inode.ts';
import { type MountTable, type Place, permits, type Walker } from './mounts.ts';
import type { Program } from './process.ts';

/** The user, working directory and umask that calls are made with, and what must hold before each. */
export interface Viewer extends Walker {
	readonly umask: number;
	/** Milliseconds since 1970. */
	now(): number;
	/** Throws where the process has been killed. */
	check(): void;
	/** Takes steps that a call costs beyond its own; they are paid for before the next one. */
	charge(steps: number): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const directorySize = 4096;
/** A longer path costs by its length: a walk through hundreds of directories is no small call. */
const plainPath = 64;

export class FileView implements FileSystem {
	readonly #table: MountTable;
	readonly #viewer: Viewer;

	constructor(table: MountTable, viewer: Viewer) {
		this.#table = table;
		this.#viewer = viewer;
	}

	status(path: string, options: { followLinks?: boolean } = {}): FileStatus {
		const inode = this.#existing(path, options.followLinks ?? true).inode;
		return statusOf(inode);
	}

	exists(path: string): boolean {
		try {
			return this.#walk(path).inode !== undefined;
		} catch (error) {
			if (error instanceof Error) return false;
			throw error;
		}
	}

	readFile(path: string): Uint8Array {
		return contentOf(this.#readable(path));
	}

	readText(path: string): string {
		return decoder.decode(this.readFile(path));
	}

	writeFile(
		path: string,
		data: string | Uint8Array,
		options: { mode?: number; append?: boolean } = {},
	): void {
		const { inode, place } = this.openInode(path, { write: true, create: true, mode: options.mode });
		if (!(inode instanceof FileInode)) return;
		const bytes = typeof data === 'string' ? encoder.encode(data) : data;
		if (!options.append) inode.truncate(0, place.mount.quota);
		inode.write(inode.size, bytes, place.mount.quota);
		inode.modifiedAt = this.#viewer.now();
	}

	programOf(path: string): Program | undefined {
		return programIn(contentOf(this.#existing(path).inode));
	}

	/** Whether the process may read (4), write (2) or execute (1) what the path names, as access(2). */
	permits(path: string, wanted: 4 | 2 | 1): boolean {
		const { inode } = this.#existing(path);
		return permits(inode, wanted, this.#viewer);
	}

	list(path: string): string[] {
		const { inode } = this.#existing(path);
		if (!(inode instanceof DirectoryInode)) throw systemError('ENOTDIR');
		if (!permits(inode, 4, this.#viewer)) throw systemError('EACCES');
		return inode.names().sort();
	}

	makeDirectory(path: string, options: { recursive?: boolean; mode?: number } = {}): void {
		if (options.recursive) {
			const names = path.replace(/\/+$/, '').split('/');
			const upTo = (count: number) => names.slice(0, count).join('/');
			let present = names.length;
			while (present > 1 && !this.exists(upTo(present))) present--;
			for (let count = present + 1; count < names.length; count++)
				if (names[count - 1] !== '') this.makeDirectory(upTo(count));
			if (this.#walk(path).inode instanceof DirectoryInode) return;
		}
		const place = this.#walk(path);
		if (place.inode) throw systemError('EEXIST');
		this.#add(place, new DirectoryInode(this.#attributes(place, options.mode ?? 0o777)));
	}

	remove(path: string, options: { recursive?: boolean } = {}): void {
		const place = this.#existing(path, false);
		if (isMountPoint(place)) throw systemError('EBUSY');
		if (place.inode instanceof DirectoryInode) {
			const names = place.inode.names();
			if (names.length > 0 && !options.recursive) throw systemError('ENOTEMPTY');
			for (const name of names) this.remove(`${place.path}/${name}`, options);
		}
		this.#removeName(place);
	}

	/** Puts an inode in the place of a file (mknod(2), for the runtime). */
	place(path: string, inode: Inode): void {
		const { parent, name } = this.#existing(path, false);
		(this.#table.own(parent) as DirectoryInode).set(name, inode);
	}

	rename(from: string, to: string): void {
		const source = this.#existing(from, false);
		const target = this.#walk(to, false);
		if (source.mount !== target.mount) throw systemError('EXDEV');
		if (isMountPoint(source) || isMountPoint(target)) throw systemError('EBUSY');
		if (source.inode === target.inode || source.path === target.path) return;
		if (target.path.startsWith(`${source.path}/`)) throw systemError('EINVAL');
		const isDirectory = source.inode instanceof DirectoryInode;
		if (target.inode instanceof DirectoryInode) {
			if (!isDirectory) throw systemError('EISDIR');
			if (target.inode.names().length > 0) throw systemError('ENOTEMPTY');
		} else if (target.inode && isDirectory) throw systemError('ENOTDIR');
		this.#mayChange(source.parent, source);
		this.#mayChange(target.parent, target);
		const inode = this.#table.own(source);
		if (target.inode) this.#removeName(target);
		(this.#table.own(source.parent) as DirectoryInode).delete(source.name);
		(this.#table.own(target.parent) as DirectoryInode).set(target.name, inode);
		this.#touch(source.parent);
		this.#touch(target.parent);
	}

	link(existing: string, path: string): void {
		const source = this.#existing(existing, false);
		if (source.inode instanceof DirectoryInode) throw systemError('EPERM');
		const target = this.#walk(path, false);
		if (target.inode) throw systemError('EEXIST');
		if (source.mount !== target.mount) throw systemError('EXDEV');
		this.#mayChange(target.parent);
		const inode = this.#table.own(source);
		this.#add(target, inode);
		inode.links++;
	}

	symlink(target: string, path: string): void {
		const place = this.#walk(path, false);
		if (place.inode) throw systemError('EEXIST');
		this.#add(place, new SymlinkInode({ ...this.#attributes(place, 0o777), mode: 0o777 }, target));
	}

	readLink(path: string): string {
		const { inode } = this.#existing(path, false);
		if (!(inode instanceof SymlinkInode)) throw systemError('EINVAL');
		return inode.textFor(this.#viewer.pid);
	}

	changeMode(path: string, mode: number): void {
		const inode = this.#ownedByViewer(path);
		inode.mode = mode & 0o7777;
	}

	changeOwner(path: string, uid: number, gid: number): void {
		const place = this.#existing(path);
		if (this.#viewer.uid !== 0) throw systemError('EPERM');
		this.#writableMount(place);
		Object.assign(this.#table.own(place), { uid, gid });
	}

	setModified(path: string, at: number): void {
		this.#ownedByViewer(path).modifiedAt = at;
	}

	realPath(path: string): string {
		return this.#existing(path).path;
	}

	mounts(): ReturnType<FileSystem['mounts']> {
		return this.#table.list();
	}

	/** How much may be written where the path lies, and how much is, in bytes; for df. */
	usage(path: string): { used: number; limit: number } {
		const { quota } = this.#walk(path).mount;
		return { used: quota.used, limit: quota.limit };
	}

	/** Finds or makes what open(2) opens: checks permissions and copies up where it is to be written. */
	openInode(
		path: string,
		wanted: { read?: boolean; write?: boolean; create?: boolean; exclusive?: boolean; mode?: number },
	): { inode: Inode; place: Place } {
		const place = this.#walk(path, !wanted.exclusive);
		if (!place.inode) {
			if (!wanted.create) throw systemError('ENOENT');
			if (path.endsWith('/')) throw systemError('EISDIR');
			this.#add(place, new FileInode(this.#attributes(place, wanted.mode ?? 0o666)));
			return { inode: place.inode!, place };
		}
		if (wanted.exclusive) throw systemError('EEXIST');
		if (wanted.write && place.inode instanceof DirectoryInode) throw systemError('EISDIR');
		if (wanted.read && !permits(place.inode, 4, this.#viewer)) throw systemError('EACCES');
		if (wanted.write) {
			if (!permits(place.inode, 2, this.#viewer)) throw systemError('EACCES');
			if (place.inode instanceof GeneratedFile) throw systemError('EACCES');
			if (place.inode instanceof FileInode) {
				this.#writableMount(place);
				this.#table.own(place);
			}
		}
		return { inode: place.inode, place };
	}

	#walk(path: string, follow = true): Place {
		this.#viewer.check();
		if (path.length > plainPath) this.#viewer.charge(path.length >> 4);
		return this.#table.walk(path, this.#viewer, follow);
	}

	#existing(path: string, follow = true): Place & { inode: Inode } {
		const place = this.#walk(path, follow);
		if (!place.inode) throw systemError('ENOENT');
		return place as Place & { inode: Inode };
	}

	#readable(path: string): Inode {
		const { inode } = this.#existing(path);
		if (inode instanceof DirectoryInode) throw systemError('EISDIR');
		if (!permits(inode, 4, this.#viewer)) throw systemError('EACCES');
		return inode;
	}

	#ownedByViewer(path: string): Inode {
		const place = this.#existing(path);
		if (this.#viewer.uid !== 0 && this.#viewer.uid !== place.inode.uid) throw systemError('EPERM');
		this.#writableMount(place);
		return this.#table.own(place);
	}

	#attributes(place: Place, mode: number): Attributes {
		return {
			mode: mode & ~this.#viewer.umask,
			uid: this.#viewer.uid,
			// A set-group-ID directory hands its group on, as a volume with fsGroup does.
			gid: place.parent.inode && place.parent.inode.mode & 0o2000 ? place.parent.inode.gid : this.#viewer.gid,
			modifiedAt: this.#viewer.now(),
			inode: place.mount.nextInode(),
		};
	}

	#writableMount(place: Place): void {
		if (place.mount.readOnly || place.mount.type === 'proc') throw systemError('EROFS');
	}

	/** Throws unless names may be added to, or this one removed from, the directory. */
	#mayChange(directory: Place, removed?: Place): void {
		if (!(directory.inode instanceof DirectoryInode))
			throw systemError(directory.inode ? 'ENOTDIR' : 'ENOENT');
		this.#writableMount(directory);
		const { uid } = this.#viewer;
		if (!permits(directory.inode, 2, this.#viewer)) throw systemError('EACCES');
		const sticky = (directory.inode.mode & 0o1000) !== 0;
		if (sticky && removed?.inode && uid !== 0 && uid !== removed.inode.uid && uid !== directory.inode.uid)
			throw systemError('EPERM');
	}

	#add(place: Place, inode: Inode): void {
		this.#mayChange(place.parent);
		(this.#table.own(place.parent) as DirectoryInode).set(place.name, inode);
		place.inode = inode;
		this.#touch(place.parent);
	}

	#removeName(place: Place): void {
		this.#mayChange(place.parent, place);
		(this.#table.own(place.parent) as DirectoryInode).delete(place.name);
		this.#touch(place.parent);
		if (!place.inode || place.inode.frozen) return;
		place.inode.links--;
		if (place.inode instanceof FileInode) place.inode.forget();
	}

	#touch(directory: Place): void {
		this.#table.own(directory).modifiedAt = this.#viewer.now();
	}
}

const isMountPoint = ({ table, pathInTable }: Place) => table.at(pathInTable) !== undefined;

function contentOf(inode: Inode): Uint8Array {
	if (inode instanceof FileInode) return inode.read(0, inode.size);
	if (inode instanceof GeneratedFile) return encoder.encode(inode.generate());
	if (inode instanceof DirectoryInode) throw systemError('EISDIR');
	return new Uint8Array(0);
}

function statusOf(inode: Inode): FileStatus {
	const { mode, uid, gid, modifiedAt } = inode;
	const common = { mode, uid, gid, modifiedAt, inode: inode.inode, links: inode.links };
	if (inode instanceof DirectoryInode) {
		const folders = inode.names().filter((name) => inode.get(name) instanceof DirectoryInode).length;
		return { ...common, kind: 'directory', size: directorySize, links: 2 + folders };
	}
	if (inode instanceof SymlinkInode) return { ...common, kind: 'symlink', size: inode.size };
	if (inode instanceof DeviceInode)
		return { ...common, kind: inode.device instanceof BlockContent ? 'block' : 'device', size: 0 };
	return { ...common, kind: 'file', size: inode.size };
}
