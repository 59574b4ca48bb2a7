// Archives in the ustar format (POSIX.1-1988), with GNU's long names when reading and writing.

import { concat } from '../../bytes.ts';
import { decode, encode } from '../byte-text.ts';
import type { FileStatus } from '../files.ts';
import type { Call } from './tool.ts';

export const blockSize = 512;
/** GNU pads archives to records of 20 blocks. */
export const recordSize = 20 * blockSize;
export const types: Record<string, FileStatus['kind']> = {
	'0': 'file',
	'\0': 'file',
	'2': 'symlink',
	'3': 'device',
	'4': 'block',
	'5': 'directory',
};

export interface Header {
	name: string;
	mode: number;
	uid: number;
	gid: number;
	size: number;
	/** Milliseconds since 1970. */
	modifiedAt: number;
	type: string;
	target: string;
	user: string;
	group: string;
}

function headerBlock(header: Header): Uint8Array {
	const block = new Uint8Array(blockSize);
	const text = (value: string, at: number, length: number) =>
		block.set(encode(value).subarray(0, length), at);
	const octal = (value: number, at: number, length: number) =>
		text(
			`${Math.floor(value)
				.toString(8)
				.padStart(length - 1, '0')}\0`,
			at,
			length,
		);
	text(header.name, 0, 100);
	octal(header.mode, 100, 8);
	octal(header.uid, 108, 8);
	octal(header.gid, 116, 8);
	octal(header.size, 124, 12);
	octal(header.modifiedAt / 1000, 136, 12);
	text('        ', 148, 8);
	text(header.type, 156, 1);
	text(header.target, 157, 100);
	text('ustar  \0', 257, 8);
	text(header.user, 265, 32);
	text(header.group, 297, 32);
	const sum = block.reduce((total, byte) => total + byte, 0);
	text(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
	return block;
}

export function padding(size: number): Uint8Array {
	return new Uint8Array((blockSize - (size % blockSize)) % blockSize);
}

/** The blocks of an entry; a name over 100 bytes goes before it as GNU's `L` entry. */
export function entryBlocks(header: Header, content?: Uint8Array): Uint8Array[] {
	const blocks: Uint8Array[] = [];
	for (const [type, value] of [
		['K', header.target],
		['L', header.name],
	] as const) {
		const bytes = encode(`${value}\0`);
		if (bytes.length <= 100) continue;
		const plain = {
			name: '././@LongLink',
			mode: 0,
			uid: 0,
			gid: 0,
			size: bytes.length,
			modifiedAt: 0,
			type,
			target: '',
			user: 'root',
			group: 'root',
		};
		blocks.push(headerBlock(plain), bytes, padding(bytes.length));
	}
	blocks.push(headerBlock(header));
	if (content) blocks.push(content, padding(content.length));
	return blocks;
}

/** Cuts a stream of bytes into pieces of the lengths asked for. */
export class ByteReader {
	readonly #source: AsyncIterator<Uint8Array>;
	#buffer: Uint8Array = new Uint8Array(0);

	constructor(source: AsyncIterable<Uint8Array>) {
		this.#source = source[Symbol.asyncIterator]();
	}

	/** Fewer bytes only at the end of the stream. */
	async take(length: number): Promise<Uint8Array> {
		const parts: Uint8Array[] = [this.#buffer];
		let size = this.#buffer.length;
		while (size < length) {
			const next = await this.#source.next();
			if (next.done) break;
			parts.push(next.value);
			size += next.value.length;
		}
		const joined = concat(parts);
		this.#buffer = joined.subarray(length);
		return joined.subarray(0, length);
	}

	async close(): Promise<void> {
		await this.#source.return?.();
	}
}

function parseHeader(block: Uint8Array): Header | undefined {
	const text = (at: number, length: number) =>
		decode(block.subarray(at, at + length)).replace(/\0[\s\S]*$/, '');
	const octal = (at: number, length: number) => Number.parseInt(text(at, length).trim() || '0', 8);
	const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
	if (octal(148, 8) !== sum) return undefined;
	const prefix = text(257, 5) === 'ustar' && block[262] === 0 ? text(345, 155) : '';
	return {
		name: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100),
		mode: octal(100, 8) & 0o7777,
		uid: octal(108, 8),
		gid: octal(116, 8),
		size: octal(124, 12),
		modifiedAt: octal(136, 12) * 1000,
		type: String.fromCharCode(block[156]),
		target: text(157, 100),
		user: text(265, 32),
		group: text(297, 32),
	};
}

/** The entries of an archive one after another; each must be read or skipped before the next. */
export async function* entriesOf(
	call: Pick<Call, 'busybox' | 'fail'>,
	reader: ByteReader,
): AsyncGenerator<{ header: Header; content: () => Promise<Uint8Array> }> {
	let longName: string | undefined;
	let longTarget: string | undefined;
	for (let first = true; ; first = false) {
		const block = await reader.take(blockSize);
		if (block.length < blockSize) {
			if (first && block.length === 0)
				call.fail(
					call.busybox
						? 'short read'
						: 'This does not look like a tar archive\ntar: Exiting with failure status due to previous errors',
					call.busybox ? 1 : 2,
				);
			if (block.length > 0)
				call.fail('Unexpected EOF in archive\ntar: Error is not recoverable: exiting now', 2);
			return;
		}
		if (block.every((byte) => byte === 0)) return;
		const header = parseHeader(block);
		if (!header)
			return call.fail(
				call.busybox
					? 'invalid tar magic'
					: 'This does not look like a tar archive\ntar: Exiting with failure status due to previous errors',
				call.busybox ? 1 : 2,
			);
		let read: Uint8Array | undefined;
		const content = async () => {
			if (!read) {
				read = await reader.take(header.size);
				if (read.length < header.size)
					call.fail('Unexpected EOF in archive\ntar: Error is not recoverable: exiting now', 2);
				await reader.take(padding(header.size).length);
			}
			return read;
		};
		if (header.type === 'L') longName = decode(await content()).replace(/\0$/, '');
		else if (header.type === 'K') longTarget = decode(await content()).replace(/\0$/, '');
		else if (header.type === 'x' || header.type === 'g') {
			// Of pax' extended headers, the path is what matters.
			const path = /^\d+ path=(.*)$/m.exec(decode(await content()))?.[1];
			if (path && header.type === 'x') longName = path;
		} else {
			if (longName !== undefined) header.name = longName;
			if (longTarget !== undefined) header.target = longTarget;
			longName = undefined;
			longTarget = undefined;
			yield { header, content };
			await content();
		}
	}
}
