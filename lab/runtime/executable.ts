// An executable of the lab: an ELF header that carries the number of the program it stands for, so that a
// copied or moved executable still runs the same program.
import type { Program } from './process.ts';

const headerSize = 64;
const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0];
const programs: Program[] = [];
const headers = new Map<Program, Uint8Array>();

/** The file content that stands for a program. */
export function executableOf(program: Program): Uint8Array {
	let header = headers.get(program);
	if (!header) {
		header = new Uint8Array(headerSize);
		header.set(magic);
		new DataView(header.buffer).setUint32(headerSize - 4, programs.length);
		programs.push(program);
		headers.set(program, header);
	}
	return header;
}

/** The program that an executable's first bytes name; undefined for any other content. */
export function programIn(content: Uint8Array): Program | undefined {
	if (content.length < headerSize || magic.some((byte, index) => content[index] !== byte)) return undefined;
	return programs[new DataView(content.buffer, content.byteOffset).getUint32(headerSize - 4)];
}
