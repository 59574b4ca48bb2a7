// Bytes as text and back without loss: UTF-8, where each byte that is none becomes a lone surrogate
// U+DC80…U+DCFF (Python's "surrogateescape"), and that byte again on the way out.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const escaped = /[\uDC80-\uDCFF]/;
/** As many code units as one call of String.fromCharCode takes. */
const unitsPerCall = 4096;

/** How many bytes the UTF-8 sequence at `at` has (RFC 3629, section 4); 0 where there is no valid one. */
function sequenceLength(bytes: Uint8Array, at: number): number {
	const first = bytes[at];
	if (first < 0x80) return 1;
	const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
	if (length === 0 || at + length > bytes.length) return 0;
	const second = bytes[at + 1];
	const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
	const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
	if (second < low || second > high) return 0;
	for (let next = at + 2; next < at + length; next++) if ((bytes[next] & 0xc0) !== 0x80) return 0;
	return length;
}

/** The code point of a sequence of `length` bytes. */
function codePointAt(bytes: Uint8Array, at: number, length: number): number {
	if (length === 1) return bytes[at];
	let code = bytes[at] & (0x7f >> length);
	for (let next = at + 1; next < at + length; next++) code = (code << 6) | (bytes[next] & 0x3f);
	return code;
}

/** Text of which `encode` makes the same bytes again. */
export function decode(bytes: Uint8Array): string {
	try {
		return strict.decode(bytes);
	} catch {
		return decodeMixed(bytes);
	}
}

function decodeMixed(bytes: Uint8Array): string {
	let text = '';
	let units: number[] = [];
	for (let at = 0; at < bytes.length; ) {
		const length = sequenceLength(bytes, at);
		const code = length === 0 ? 0xdc00 + bytes[at] : codePointAt(bytes, at, length);
		if (code < 0x10000) units.push(code);
		else units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
		at += Math.max(1, length);
		if (units.length < unitsPerCall) continue;
		text += String.fromCharCode(...units);
		units = [];
	}
	return text + String.fromCharCode(...units);
}

/** The bytes of a text, those included that were no UTF-8. */
export function encode(text: string): Uint8Array {
	if (!escaped.test(text)) return encoder.encode(text);
	const bytes = new Uint8Array(text.length * 3);
	let size = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code < 0x80) bytes[size++] = code;
		else if (code >= 0xdc80 && code <= 0xdcff) bytes[size++] = code - 0xdc00;
		else {
			const character = String.fromCodePoint(text.codePointAt(at)!);
			size += encoder.encodeInto(character, bytes.subarray(size)).written;
			at += character.length - 1;
		}
	}
	return bytes.slice(0, size);
}

/** A byte as it stands in such a text, where it is no part of a UTF-8 sequence. */
export function byteText(byte: number): string {
	return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

/** Text to which bytes were added one by one: those that together are a character become it. */
export function joinedBytes(text: string): string {
	return escaped.test(text) ? decode(encode(text)) : text;
}
