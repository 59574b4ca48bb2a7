// A raw block device: the bytes of a disk without a file system (volumeMode: Block).
import { systemError } from './errors.ts';
import { FileInode, type Quota } from './inode.ts';
import type { OpenFlags } from './open-files.ts';
import type { OpenFile, Process } from './process.ts';
import { chargeTransfer } from './transfer-cost.ts';

/** What is on a disk: zeros where nothing has been written. */
export class BlockContent {
	readonly quota: Quota;
	readonly #written = new FileInode({ mode: 0o600, uid: 0, gid: 0, modifiedAt: 0, inode: 1 });

	constructor(quota: Quota) {
		this.quota = quota;
	}

	get sizeBytes(): number {
		return this.quota.sizeBytes ?? this.quota.limit;
	}

	read(offset: number, max: number): Uint8Array {
		const data = new Uint8Array(Math.max(0, Math.min(max, this.sizeBytes - offset)));
		data.set(this.#written.read(offset, data.length));
		return data;
	}

	/** What has been written, up to its last byte. */
	get written(): Uint8Array {
		return this.#written.read(0, this.#written.size);
	}

	/** Throws SystemError ENOSPC behind the end. */
	write(offset: number, data: Uint8Array): void {
		if (offset + data.length > this.sizeBytes) throw systemError('ENOSPC');
		this.#written.write(offset, data, this.quota);
	}
}

/** An open block device. */
export class BlockDevice implements OpenFile {
	readonly kind = 'file';
	readonly name: string;
	readonly #content: BlockContent;
	readonly #flags: OpenFlags;
	#offset = 0;

	constructor(name: string, content: BlockContent, flags: OpenFlags) {
		this.name = name;
		this.#content = content;
		this.#flags = flags;
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		if (!this.#flags.read) throw systemError('EBADF');
		const data = this.#content.read(this.#offset, max);
		await chargeTransfer(caller, data.length);
		this.#offset += data.length;
		return data;
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		if (!this.#flags.write) throw systemError('EBADF');
		await chargeTransfer(caller, data.length);
		this.#content.write(this.#offset, data);
		this.#offset += data.length;
	}

	seek(offset: number): void {
		this.#offset = offset;
	}

	/** A device keeps its size, whatever O_TRUNC asks. */
	truncate(): void {}

	retain(): void {}
	release(): void {}
}
