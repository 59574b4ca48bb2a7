// Several at once, told of in order: what a later one says waits until those before it have ended.

/** Prints at once while it is its turn, and keeps what comes earlier. */
class Turn {
	readonly #print: (lines: string) => void;
	#kept: string[] | undefined = [];

	constructor(print: (lines: string) => void) {
		this.#print = print;
	}

	readonly print = (lines: string): void => {
		if (this.#kept) this.#kept.push(lines);
		else this.#print(lines);
	};

	begin(): void {
		for (const lines of this.#kept ?? []) this.#print(lines);
		this.#kept = undefined;
	}
}

/**
 * Does something for each item, `atOnce` of them side by side, and gives the results in the items' order.
 * @param work is given a `print` whose lines come out in that order as well. Its first error is everybody's.
 */
export async function inOrder<Item, Result>(
	items: readonly Item[],
	atOnce: number,
	print: (lines: string) => void,
	work: (item: Item, print: (lines: string) => void) => Promise<Result>,
): Promise<Result[]> {
	const turns = items.map(() => new Turn(print));
	const ended = items.map(() => false);
	const results: Result[] = [];
	let current = 0;
	let next = 0;
	turns[0]?.begin();
	const lane = async () => {
		while (next < items.length) {
			const index = next++;
			results[index] = await work(items[index], turns[index].print);
			ended[index] = true;
			while (ended[current]) turns[++current]?.begin();
		}
	};
	await Promise.all(Array.from({ length: Math.max(1, atOnce) }, lane));
	return results;
}
