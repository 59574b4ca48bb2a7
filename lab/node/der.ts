// The Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as writing a certificate needs them.
// Every function gives one whole value: tag, length, content.

function value(tag: number, ...content: Uint8Array[]): Buffer {
	const body = Buffer.concat(content);
	if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
	const length = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
	return Buffer.concat([Buffer.of(tag, ...length), body]);
}

export const sequence = (...items: Uint8Array[]) => value(0x30, ...items);
export const set = (...items: Uint8Array[]) => value(0x31, ...items);
export const octetString = (content: Uint8Array) => value(0x04, content);
export const utf8String = (text: string) => value(0x0c, Buffer.from(text));
export const boolean = (truth: boolean) => value(0x01, Buffer.of(truth ? 0xff : 0));

/** Content of a tag that the context gives a meaning: `[number]`, constructed (holds whole values) or primitive. */
export const tagged = (number: number, constructed: boolean, ...content: Uint8Array[]) =>
	value(0x80 | (constructed ? 0x20 : 0) | number, ...content);

/** A positive integer from its bytes, most significant first. */
export function integer(bytes: Uint8Array): Buffer {
	return value(0x02, bytes[0] & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** Bits, most significant first; the last `unused` bits of the last byte do not count. */
export const bitString = (bytes: Uint8Array, unused = 0) => value(0x03, Buffer.of(unused), bytes);

/** An object identifier from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
	const [first, second, ...rest] = dotted.split('.').map(Number);
	const bytes = [first * 40 + second];
	for (const arc of rest) {
		const digits = [arc & 0x7f];
		for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
		bytes.push(...digits);
	}
	return value(0x06, Buffer.from(bytes));
}

/** GeneralizedTime, to the second, in UTC. `at` is in milliseconds since 1970. */
export function generalizedTime(at: number): Buffer {
	const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
	return value(0x18, Buffer.from(digits));
}

/** UTCTime, which certificates use for years before 2050 (RFC 5280, 4.1.2.5.1). */
export function utcTime(at: number): Buffer {
	const digits = new Date(at)
		.toISOString()
		.slice(2)
		.replace(/[-:T]|\.\d+/g, '');
	return value(0x17, Buffer.from(digits));
}
