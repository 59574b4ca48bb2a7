// A process's table of file descriptors.
import { systemError } from './errors.ts';
import type { OpenFile } from './process.ts';

/** RLIMIT_NOFILE of a container. */
const mostDescriptors = 1024;

export class Descriptors {
	readonly #files = new Map<number, OpenFile>();

	/** Throws SystemError EBADF. */
	get(descriptor: number): OpenFile {
		const file = this.#files.get(descriptor);
		if (!file) throw systemError('EBADF');
		return file;
	}

	/** Takes over the caller's hold of the file, and releases what was there. */
	set(descriptor: number, file: OpenFile | null): void {
		if (descriptor < 0 || descriptor >= mostDescriptors) throw systemError('EBADF');
		const before = this.#files.get(descriptor);
		if (file) this.#files.set(descriptor, file);
		else this.#files.delete(descriptor);
		before?.release();
	}

	/** A child's table: the parent's files, but those that `files` names instead (null: none). */
	inherit(parent: Descriptors, files: ReadonlyMap<number, OpenFile | null> = new Map()): void {
		for (const [descriptor, file] of new Map([...parent.#files, ...files])) {
			if (!file) continue;
			file.retain();
			this.#files.set(descriptor, file);
		}
	}

	close(): void {
		for (const file of this.#files.values()) file.release();
		this.#files.clear();
	}

	/** What is open, in ascending order. */
	list(): [number, OpenFile][] {
		return [...this.#files].sort(([left], [right]) => left - right);
	}
}
