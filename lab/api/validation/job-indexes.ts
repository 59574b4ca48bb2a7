// Sets of an indexed Job's completion indexes, as its status and success policy write them: `1,3-5,7`.

/** What is wrong with a text of indexes, in the server's words. */
export class JobIndexesError extends Error {}

/** The indexes of a text, in order; all must be below `completions`. Throws JobIndexesError. */
export function parseJobIndexes(text: string, completions: number): number[] {
	if (text === '') return [];
	const indexes: number[] = [];
	let previous: number | undefined;
	for (const interval of text.split(',')) {
		const parts = interval.split('-');
		if (parts.length > 2)
			throw new JobIndexesError(
				`the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`,
			);
		const [first, last = first] = parts.map((part) => parseIndex(part, completions));
		checkOrder(previous, first);
		if (parts.length === 2) checkOrder(first, last);
		for (let index = first; index <= last; index++) indexes.push(index);
		previous = last;
	}
	return indexes;
}

function parseIndex(text: string, completions: number): number {
	if (!/^[-+]?\d+$/.test(text))
		throw new JobIndexesError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
	if (Number(text) >= completions) throw new JobIndexesError(`too large index: ${JSON.stringify(text)}`);
	return Number(text);
}

function checkOrder(previous: number | undefined, current: number): void {
	if (previous !== undefined && previous >= current)
		throw new JobIndexesError(`non-increasing order, previous: ${previous}, current: ${current}`);
}

/** The text of a set of indexes; three and more in a row are written as an interval. */
export function formatJobIndexes(indexes: Iterable<number>): string {
	const sorted = [...new Set(indexes)].sort((a, b) => a - b);
	const intervals: [number, number][] = [];
	for (const index of sorted) {
		const last = intervals.at(-1);
		if (last && last[1] === index - 1) last[1] = index;
		else intervals.push([index, index]);
	}
	return intervals
		.map(([first, last]) => {
			if (first === last) return `${first}`;
			return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
		})
		.join(',');
}
