// Header fields as HPACK writes them without a table: literals that are never indexed, and no Huffman code
// (RFC 7541, 6.2.2). Both ends are in the lab, so that nothing else comes.
import { concat } from '../../bytes.ts';
import type { HeaderList } from '../http.ts';
import { ProtocolError } from './frames.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The longest that the seven bits of a length tell by themselves. */
const shortest = 127;

export function encodeFields(fields: HeaderList): Uint8Array {
	return concat(fields.map(([name, value]) => concat([new Uint8Array([0]), text(name), text(value)])));
}

function text(value: string): Uint8Array {
	const bytes = encoder.encode(value);
	const length = [Math.min(bytes.length, shortest)];
	for (let rest = bytes.length - shortest; length[0] === shortest; rest >>>= 7) {
		length.push(rest > shortest ? (rest & shortest) | 128 : rest);
		if (rest <= shortest) break;
	}
	return concat([new Uint8Array(length), bytes]);
}

/** Throws ProtocolError for what uses a table or Huffman's code. */
export function decodeFields(data: Uint8Array): HeaderList {
	const fields: HeaderList = [];
	let at = 0;
	const next = () => {
		if (at >= data.length) throw new ProtocolError('a header block ends within a field');
		return data[at++];
	};
	const string = () => {
		const first = next();
		if (first & 128) throw new ProtocolError('Huffman code is not spoken here');
		let length = first;
		if (first === shortest)
			for (let shift = 0, more = true; more; shift += 7) {
				const byte = next();
				length += (byte & shortest) << shift;
				more = byte > shortest;
			}
		at += length;
		if (at > data.length) throw new ProtocolError('a header block ends within a field');
		return decoder.decode(data.subarray(at - length, at));
	};
	while (at < data.length) {
		if (next() !== 0) throw new ProtocolError('indexed header fields are not spoken here');
		fields.push([string(), string()]);
	}
	return fields;
}
