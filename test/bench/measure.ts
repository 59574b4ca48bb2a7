// How a benchmark measures, and what it prints.

const rounds = 5;

export interface Row {
	what: string;
	unit: string;
	here?: number;
	/** The same of a real cluster, where one is at hand. */
	peer?: number;
	goal?: string;
}

/** What is asked of any cluster: its numbers, by what they are. */
export type Numbers = Record<string, number>;

export function median(numbers: number[]): number {
	return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

/** The median of five. */
export async function medianOf(measure: (round: number) => Promise<number>): Promise<number> {
	const numbers: number[] = [];
	for (let round = 0; round < rounds; round++) numbers.push(await measure(round));
	return median(numbers);
}

/** Milliseconds until the promise resolves. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
	const started = performance.now();
	await action();
	return performance.now() - started;
}

/** How many a second, so many at a time. */
export async function rate(
	count: number,
	request: (number: number) => Promise<unknown>,
	atATime = 16,
): Promise<number> {
	let next = 0;
	const client = async () => {
		while (next < count) await request(next++);
	};
	const ms = await timed(() => Promise.all(Array.from({ length: atATime }, client)));
	return count / (ms / 1000);
}

function shown(number: number | undefined): string {
	if (number === undefined) return '';
	return number >= 100 ? Math.round(number).toString() : number.toFixed(number < 10 ? 2 : 1);
}

/** Prints a table; the peer's column only where there is one. */
export function print(rows: Row[], withPeer: boolean): void {
	const head = ['', 'here', ...(withPeer ? ['peer'] : []), 'unit', 'goal'];
	const cells = rows.map(({ what, unit, here, peer, goal = '' }) => [
		what,
		shown(here),
		...(withPeer ? [shown(peer)] : []),
		unit,
		goal,
	]);
	const widths = head.map((title, column) =>
		Math.max(title.length, ...cells.map((row) => row[column].length)),
	);
	for (const row of [head, ...cells])
		console.log(
			row
				.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
				.join('  '),
		);
}
