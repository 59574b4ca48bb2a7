// Reads one file out of a zip archive (APPNOTE.TXT 6.3.10, without encryption and zip64).

import { inflateRawSync } from 'node:zlib';

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const localHeader = 0x04034b50;

/** Where the central directory begins, and how many entries it has. */
function directoryOf(archive: Buffer): { offset: number; entries: number } {
	// The end record is 22 bytes, with a comment of up to 65,535 behind it.
	for (let at = archive.length - 22; at >= 0 && at >= archive.length - 22 - 0xffff; at--) {
		if (archive.readUInt32LE(at) === endOfDirectory)
			return { offset: archive.readUInt32LE(at + 16), entries: archive.readUInt16LE(at + 10) };
	}
	throw new Error('this is no zip archive: it has no central directory');
}

/** The content of the file of that name. Throws an Error where there is none, or the archive is damaged. */
export function readZipEntry(archive: Buffer, name: string): Buffer {
	const directory = directoryOf(archive);
	let at = directory.offset;
	for (let entry = 0; entry < directory.entries; entry++) {
		if (archive.readUInt32LE(at) !== directoryEntry) throw new Error('the zip archive is damaged');
		const nameLength = archive.readUInt16LE(at + 28);
		if (archive.toString('utf8', at + 46, at + 46 + nameLength) === name) return contentOf(archive, at);
		at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
	}
	throw new Error(`the zip archive has no ${name}`);
}

function contentOf(archive: Buffer, entry: number): Buffer {
	const method = archive.readUInt16LE(entry + 10);
	const compressedSize = archive.readUInt32LE(entry + 20);
	const size = archive.readUInt32LE(entry + 24);
	const header = archive.readUInt32LE(entry + 42);
	if (archive.readUInt32LE(header) !== localHeader) throw new Error('the zip archive is damaged');
	const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
	const data = archive.subarray(start, start + compressedSize);
	if (method === 0) return data;
	if (method === 8) return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
	throw new Error(`the zip archive uses compression method ${method}, which is neither stored nor deflate`);
}
