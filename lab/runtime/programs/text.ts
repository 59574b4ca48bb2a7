// Bytes as text and back without loss: UTF-8, where each byte that is none becomes a lone surrogate
// U+DC80…U+DCFF (Python's "surrogateescape"), and that byte again on the way out.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const escaped = /[\uDC80-\uDCFF]/;

/** How many bytes the UTF-8 sequence at `at` has; 0 where there is no valid one. */
function sequenceLength(bytes: Uint8Array, at: number): number {
	const first = bytes[at];
	const length =
		first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
	if (length === 0 || at + length > bytes.length) return 0;
	try {
		strict.decode(bytes.subarray(at, at + length));
		return length;
	} catch {
		return 0;
	}
}

export function decode(bytes: Uint8Array): string {
	try {
		return strict.decode(bytes);
	} catch {
		let text = '';
		for (let at = 0; at < bytes.length; ) {
			const length = sequenceLength(bytes, at);
			text +=
				length === 0
					? String.fromCharCode(0xdc00 + bytes[at])
					: strict.decode(bytes.subarray(at, at + length));
			at += Math.max(1, length);
		}
		return text;
	}
}

export function encode(text: string): Uint8Array {
	if (!escaped.test(text)) return encoder.encode(text);
	const parts: number[] = [];
	let plain = '';
	const flush = () => {
		parts.push(...encoder.encode(plain));
		plain = '';
	};
	for (const character of text) {
		const code = character.charCodeAt(0);
		if (character.length === 1 && code >= 0xdc80 && code <= 0xdcff) {
			flush();
			parts.push(code - 0xdc00);
		} else plain += character;
	}
	flush();
	return Uint8Array.from(parts);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
	if (parts.length === 1) return parts[0];
	const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		joined.set(part, at);
		at += part.length;
	}
	return joined;
}

/** A line with whether a newline ended it (the last one of a file may lack it). */
export interface Line {
	text: string;
	ended: boolean;
}

/** Cuts bytes into lines, one at a time as they come; `separator` is the byte that ends one. */
export async function* linesOf(source: AsyncIterable<Uint8Array>, separator = 10): AsyncGenerator<Line> {
	let rest: Uint8Array[] = [];
	for await (const chunk of source) {
		let from = 0;
		for (let end = chunk.indexOf(separator); end >= 0; end = chunk.indexOf(separator, from)) {
			rest.push(chunk.subarray(from, end));
			yield { text: decode(concat(rest)), ended: true };
			rest = [];
			from = end + 1;
		}
		if (from < chunk.length) rest.push(chunk.slice(from));
	}
	if (rest.length > 0) yield { text: decode(concat(rest)), ended: false };
}
