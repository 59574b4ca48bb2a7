// gzip (RFC 1952). What it writes is stored, not compressed: the lab's files are small, and a valid archive is
// what matters. What it reads may be compressed in any of DEFLATE's ways (RFC 1951).
import { concat } from '../../bytes.ts';
import { complete, type Work } from './work.ts';

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
	let value = n;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
	return value >>> 0;
});

/** Bytes that are summed, or unpacked, between two accounts of the steps that this takes. */
const pieceBytes = 65_536;
const sumSteps = 200;
const unpackPieceBytes = 8192;
const unpackSteps = 400;

function* crc32(data: Uint8Array): Work<number> {
	let crc = 0xffffffff;
	for (let from = 0; from < data.length; from += pieceBytes) {
		const end = Math.min(from + pieceBytes, data.length);
		for (let at = from; at < end; at++) crc = crcTable[(crc ^ data[at]) & 0xff] ^ (crc >>> 8);
		yield sumSteps;
	}
	return (crc ^ 0xffffffff) >>> 0;
}

function littleEndian(value: number, bytes: number): Uint8Array {
	return Uint8Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 0xff);
}

export const gzip = (data: Uint8Array): Uint8Array => complete(gzipping(data));

export function* gzipping(data: Uint8Array): Work<Uint8Array> {
	const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)];
	const most = 65535;
	for (let at = 0; at === 0 || at < data.length; at += most) {
		const block = data.subarray(at, at + most);
		const last = at + most >= data.length ? 1 : 0;
		parts.push(Uint8Array.of(last), littleEndian(block.length, 2), littleEndian(~block.length, 2), block);
	}
	parts.push(littleEndian(yield* crc32(data), 4), littleEndian(data.length, 4));
	return concat(parts);
}

class DataError extends Error {}

class Bits {
	readonly #data: Uint8Array;
	at: number;
	#buffer = 0;
	#count = 0;

	constructor(data: Uint8Array, at: number) {
		this.#data = data;
		this.at = at;
	}

	take(count: number): number {
		while (this.#count < count) {
			if (this.at >= this.#data.length) throw new DataError('unexpected end of data');
			this.#buffer |= this.#data[this.at++] << this.#count;
			this.#count += 8;
		}
		const value = this.#buffer & ((1 << count) - 1);
		this.#buffer >>>= count;
		this.#count -= count;
		return value;
	}

	/** Drops the rest of a byte, and takes whole ones. */
	bytes(length: number): Uint8Array {
		if (this.at + length > this.#data.length) throw new DataError('unexpected end of data');
		const data = this.#data.subarray(this.at, this.at + length);
		this.at += length;
		return data;
	}

	align(): void {
		this.#buffer = 0;
		this.#count = 0;
	}
}

/** Symbols in the order of their codes, and how many codes of each length there are. */
interface Huffman {
	counts: number[];
	symbols: number[];
}

function huffman(lengths: readonly number[]): Huffman {
	const counts = new Array<number>(16).fill(0);
	for (const length of lengths) counts[length]++;
	counts[0] = 0;
	const symbols = lengths
		.map((length, symbol) => ({ length, symbol }))
		.filter(({ length }) => length > 0)
		.sort((a, b) => a.length - b.length || a.symbol - b.symbol)
		.map(({ symbol }) => symbol);
	return { counts, symbols };
}

function decodeSymbol(bits: Bits, { counts, symbols }: Huffman): number {
	let code = 0;
	let first = 0;
	let index = 0;
	for (let length = 1; length < 16; length++) {
		code |= bits.take(1);
		const count = counts[length];
		if (code - first < count) return symbols[index + code - first];
		index += count;
		first = (first + count) << 1;
		code <<= 1;
	}
	throw new DataError('invalid code');
}

const lengthBases = [
	3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
	227, 258,
];
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBases = [
	1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
	6145, 8193, 12289, 16385, 24577,
];
const distanceBits = [
	0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const fixedLengths = huffman(
	Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8)),
);
const fixedDistances = huffman(new Array<number>(30).fill(5));

function dynamicCodes(bits: Bits): [Huffman, Huffman] {
	const literals = bits.take(5) + 257;
	const distances = bits.take(5) + 1;
	const count = bits.take(4) + 4;
	const codeLengths = new Array<number>(19).fill(0);
	for (let i = 0; i < count; i++) codeLengths[codeLengthOrder[i]] = bits.take(3);
	const code = huffman(codeLengths);
	const lengths: number[] = [];
	while (lengths.length < literals + distances) {
		const symbol = decodeSymbol(bits, code);
		if (symbol < 16) lengths.push(symbol);
		else {
			const value = symbol === 16 ? (lengths.at(-1) ?? 0) : 0;
			const repeat = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
			for (let i = 0; i < repeat; i++) lengths.push(value);
		}
	}
	return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals))];
}

/** The most that is unpacked, against archives made to fill memory. */
const mostBytes = 256 * 1024 * 1024;

function* inflate(bits: Bits): Work<Uint8Array> {
	let output = new Uint8Array(65536);
	let size = 0;
	let accounted = 0;
	const reserve = (length: number) => {
		if (size + length > mostBytes) throw new DataError('too large');
		if (size + length <= output.length) return;
		const larger = new Uint8Array(Math.max(output.length * 2, size + length));
		larger.set(output.subarray(0, size));
		output = larger;
	};
	for (let last = false; !last; ) {
		last = bits.take(1) === 1;
		const type = bits.take(2);
		if (type === 3) throw new DataError('invalid block type');
		if (type === 0) {
			bits.align();
			const [low, high] = bits.bytes(4);
			const block = bits.bytes(low | (high << 8));
			reserve(block.length);
			output.set(block, size);
			size += block.length;
			yield 1 + (block.length >> 12);
			accounted = size;
			continue;
		}
		const [lengths, distances] = type === 1 ? [fixedLengths, fixedDistances] : dynamicCodes(bits);
		for (;;) {
			if (size - accounted >= unpackPieceBytes) {
				accounted = size;
				yield unpackSteps;
			}
			const symbol = decodeSymbol(bits, lengths);
			if (symbol === 256) break;
			if (symbol < 256) {
				reserve(1);
				output[size++] = symbol;
				continue;
			}
			const length = lengthBases[symbol - 257] + bits.take(lengthBits[symbol - 257]);
			const code = decodeSymbol(bits, distances);
			const distance = distanceBases[code] + bits.take(distanceBits[code]);
			if (!(distance <= size)) throw new DataError('invalid distance');
			reserve(length);
			for (let i = 0; i < length; i++, size++) output[size] = output[size - distance];
		}
	}
	return output.subarray(0, size);
}

export const gunzip = (data: Uint8Array): Uint8Array | undefined => complete(gunzipping(data));

/** Undefined for what is not in gzip's format, or damaged. */
export function* gunzipping(data: Uint8Array): Work<Uint8Array | undefined> {
	const parts: Uint8Array[] = [];
	try {
		for (let at = 0; at < data.length; ) {
			if (data[at] !== 0x1f || data[at + 1] !== 0x8b || data[at + 2] !== 8)
				return parts.length > 0 ? concat(parts) : undefined;
			const flags = data[at + 3];
			at += 10;
			if (flags & 4) at += 2 + (data[at] | (data[at + 1] << 8));
			for (const flag of [8, 16]) if (flags & flag) at = data.indexOf(0, at) + 1;
			if (flags & 2) at += 2;
			const bits = new Bits(data, at);
			const content = yield* inflate(bits);
			const sum = new DataView(data.buffer, data.byteOffset).getUint32(bits.at, true);
			if (sum !== (yield* crc32(content))) return undefined;
			parts.push(content);
			at = bits.at + 8;
		}
	} catch (error) {
		if (error instanceof DataError || error instanceof RangeError) return undefined;
		throw error;
	}
	return concat(parts);
}
