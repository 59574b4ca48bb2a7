// A stream that lets only so many bytes pass.
import { Transform } from 'node:stream';

export class TooLarge extends Error {}

/** Passes bytes on, and fails with TooLarge where there are more than `most`. */
export function limitBytes(most: number): Transform {
	let passed = 0;
	return new Transform({
		transform(chunk: Buffer, _, done) {
			passed += chunk.length;
			if (passed > most) done(new TooLarge(`more than ${most} bytes`));
			else done(null, chunk);
		},
	});
}
