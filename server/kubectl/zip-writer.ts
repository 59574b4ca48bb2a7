// Writes a zip archive, for the tests of what reads one.

import { crc32, deflateRawSync } from 'node:zlib';

type Entry = string | Buffer | { content: string | Buffer; stored: boolean };

/** A zip archive of these files, deflated unless told otherwise. */
export function writeZip(files: Record<string, Entry>): Buffer {
	const bodies: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, entry] of Object.entries(files)) {
		const isPlain = typeof entry === 'string' || Buffer.isBuffer(entry);
		const content = Buffer.from(isPlain ? entry : entry.content);
		const stored = !isPlain && entry.stored;
		const data = stored ? content : deflateRawSync(content);
		// From "version needed" to "extra length", which both headers have alike.
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(stored ? 0 : 8, 4);
		common.writeUInt32LE(crc32(content), 10);
		common.writeUInt32LE(data.length, 14);
		common.writeUInt32LE(content.length, 18);
		common.writeUInt16LE(Buffer.byteLength(name), 22);
		const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
		const trailer = Buffer.alloc(14);
		trailer.writeUInt32LE(offset, 10);
		directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, trailer, Buffer.from(name)]));
		bodies.push(local);
		offset += local.length;
	}
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 0, 'latin1');
	end.writeUInt16LE(directory.length, 8);
	end.writeUInt16LE(directory.length, 10);
	end.writeUInt32LE(Buffer.concat(directory).length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...bodies, ...directory, end]);
}
