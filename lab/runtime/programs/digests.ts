// MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), one block at a time.

interface Digest {
	update(data: Uint8Array): void;
	/** In hexadecimal digits. */
	digest(): string;
}

/** Feeds 64-byte blocks to `block` and adds the padding with the message's length in bits. */
function createDigest(
	block: (words: DataView) => void,
	littleEndian: boolean,
	result: () => number[],
): Digest {
	const buffer = new Uint8Array(64);
	const view = new DataView(buffer.buffer);
	let filled = 0;
	let length = 0;
	const update = (data: Uint8Array) => {
		length += data.length;
		for (let at = 0; at < data.length; ) {
			const part = data.subarray(at, at + 64 - filled);
			buffer.set(part, filled);
			filled += part.length;
			at += part.length;
			if (filled < 64) continue;
			block(view);
			filled = 0;
		}
	};
	return {
		update,
		digest() {
			const bits = length * 8;
			update(Uint8Array.of(0x80));
			while (filled !== 56) update(Uint8Array.of(0));
			view.setUint32(littleEndian ? 56 : 60, bits >>> 0, littleEndian);
			view.setUint32(littleEndian ? 60 : 56, Math.floor(bits / 2 ** 32), littleEndian);
			block(view);
			return result()
				.map((word) => {
					const bytes = new DataView(new ArrayBuffer(4));
					bytes.setUint32(0, word, littleEndian);
					return bytes.getUint32(0).toString(16).padStart(8, '0');
				})
				.join('');
		},
	};
}

const rotateLeft = (value: number, by: number) => (value << by) | (value >>> (32 - by));
const rotateRight = (value: number, by: number) => (value >>> by) | (value << (32 - by));

const primes = Array.from({ length: 312 }, (_, n) => n).filter(
	(n) => n > 1 && Array.from({ length: n }, (_, d) => d).every((d) => d < 2 || n % d !== 0),
);
/** The first 32 bits of a number's fraction: what SHA-256's constants are. */
const fraction = (value: number) => Math.floor((value - Math.floor(value)) * 2 ** 32);
const sha256Constants = primes.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));

export function createSha256(): Digest {
	const state = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)) | 0);
	const w = new Int32Array(64);
	return createDigest(
		(words) => {
			for (let i = 0; i < 16; i++) w[i] = words.getInt32(i * 4);
			for (let i = 16; i < 64; i++) {
				const a = w[i - 15];
				const b = w[i - 2];
				w[i] =
					w[i - 16] +
					w[i - 7] +
					(rotateRight(a, 7) ^ rotateRight(a, 18) ^ (a >>> 3)) +
					(rotateRight(b, 17) ^ rotateRight(b, 19) ^ (b >>> 10));
			}
			let [a, b, c, d, e, f, g, h] = state;
			for (let i = 0; i < 64; i++) {
				const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
				const t1 = (h + s1 + ((e & f) ^ (~e & g)) + sha256Constants[i] + w[i]) | 0;
				const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
				const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
				[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
			}
			[a, b, c, d, e, f, g, h].forEach((value, i) => {
				state[i] = (state[i] + value) | 0;
			});
		},
		false,
		() => state,
	);
}

export function createSha1(): Digest {
	const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
	const w = new Int32Array(80);
	return createDigest(
		(words) => {
			for (let i = 0; i < 16; i++) w[i] = words.getInt32(i * 4);
			for (let i = 16; i < 80; i++) w[i] = rotateLeft(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
			let [a, b, c, d, e] = state;
			for (let i = 0; i < 80; i++) {
				const round = Math.floor(i / 20);
				const f = round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
				const k = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round];
				[e, d, c, b, a] = [d, c, rotateLeft(b, 30), a, (rotateLeft(a, 5) + f + e + k + w[i]) | 0];
			}
			[a, b, c, d, e].forEach((value, i) => {
				state[i] = (state[i] + value) | 0;
			});
		},
		false,
		() => state,
	);
}

const md5Constants = Array.from(
	{ length: 64 },
	(_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0,
);
const md5Shifts = [
	[7, 12, 17, 22],
	[5, 9, 14, 20],
	[4, 11, 16, 23],
	[6, 10, 15, 21],
];

export function createMd5(): Digest {
	const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
	return createDigest(
		(words) => {
			let [a, b, c, d] = state;
			for (let i = 0; i < 64; i++) {
				const round = i >> 4;
				const f = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
				const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] % 16;
				const sum = (a + f + md5Constants[i] + words.getInt32(word * 4, true)) | 0;
				[a, d, c, b] = [d, c, b, (b + rotateLeft(sum, md5Shifts[round][i % 4])) | 0];
			}
			[a, b, c, d].forEach((value, i) => {
				state[i] = (state[i] + value) | 0;
			});
		},
		true,
		() => state,
	);
}

export function sha256(data: Uint8Array | string): string {
	const digest = createSha256();
	digest.update(typeof data === 'string' ? new TextEncoder().encode(data) : data);
	return digest.digest();
}
