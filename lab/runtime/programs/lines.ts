// Bytes cut into lines.
import { concat } from '../../bytes.ts';
import { decode } from '../byte-text.ts';

/** A line with whether a newline ended it (the last one of a file may lack it). */
export interface Line {
	text: string;
	ended: boolean;
}

/**
 * Cuts bytes into lines, one at a time as they come; `separator` is the byte that ends one. `allocate` is told of
 * what a line that spans several chunks holds, and gives back.
 */
export async function* linesOf(
	source: AsyncIterable<Uint8Array>,
	separator = 10,
	allocate: (bytes: number) => void = () => {},
): AsyncGenerator<Line> {
	let held = 0;
	let rest: Uint8Array[] = [];
	for await (const chunk of source) {
		let from = 0;
		for (let end = chunk.indexOf(separator); end >= 0; end = chunk.indexOf(separator, from)) {
			rest.push(chunk.subarray(from, end));
			yield { text: decode(concat(rest)), ended: true };
			rest = [];
			if (held > 0) allocate(-held);
			held = 0;
			from = end + 1;
		}
		if (from >= chunk.length) continue;
		rest.push(chunk.slice(from));
		allocate(chunk.length - from);
		held += chunk.length - from;
	}
	if (rest.length > 0) yield { text: decode(concat(rest)), ended: false };
}
