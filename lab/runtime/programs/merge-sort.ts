// Sorting as work in pieces: the host's own sort would hold everybody else up.
import type { Work } from './work.ts';

/** So many are sorted at once before they are merged. */
const runLength = 256;
/** What it takes to sort such a run, and to merge as many. */
const sortSteps = 60;
const mergeSteps = 15;

/** The items in order, those that compare equal in the order in which they came. */
export function* mergeSort<T>(items: readonly T[], compare: (one: T, other: T) => number): Work<T[]> {
	let from: T[] = [];
	for (let start = 0; start < items.length; start += runLength) {
		for (const item of items.slice(start, start + runLength).sort(compare)) from.push(item);
		yield sortSteps;
	}
	let to = new Array<T>(items.length);
	for (let length = runLength; length < items.length; length *= 2) {
		for (let start = 0; start < items.length; start += 2 * length) {
			const middle = Math.min(start + length, items.length);
			const end = Math.min(middle + length, items.length);
			let [left, right] = [start, middle];
			for (let at = start; at < end; at++) {
				const takesLeft = left < middle && (right >= end || compare(from[left], from[right]) <= 0);
				to[at] = takesLeft ? from[left++] : from[right++];
				if (at % runLength === 0) yield mergeSteps;
			}
		}
		[from, to] = [to, from];
	}
	return from;
}
