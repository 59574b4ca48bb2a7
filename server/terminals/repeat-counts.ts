// Control sequences that do something so many times. xterm.js takes each time a turn of a loop, up to 2³¹, so a
// few bytes of a program's output (`ESC [ 2147483647 L`) would hold up the server, or the page, for minutes.
// Shared with src/client, as protocol.ts is: no Node, no DOM.

/** What is needed of xterm.js's parser; a handler that gives true has its sequence left out. */
interface Parser {
	registerCsiHandler(
		id: { final: string },
		handle: (parameters: (number | number[])[]) => boolean,
	): { dispose(): void };
}

/** Of lines: insert, delete, scroll up, scroll down (ECMA-48: IL, DL, SU, SD). */
const lineCounts = ['L', 'M', 'S', 'T'];
/** Of columns: tabs forward and backward, repeat the last character (CHT, CBT, REP). */
const columnCounts = ['I', 'Z', 'b'];
/** No screen has more columns. */
const mostColumns = 1_000;

/**
 * Leaves out sequences that ask for more lines, or columns, than a screen has.
 * @param rows how many lines the screen has now.
 */
export function limitRepeatCounts(parser: Parser, rows: () => number): void {
	const over = (most: () => number) => (parameters: (number | number[])[]) => Number(parameters[0]) > most();
	for (const final of lineCounts) parser.registerCsiHandler({ final }, over(rows));
	for (const final of columnCounts)
		parser.registerCsiHandler(
			{ final },
			over(() => mostColumns),
		);
}
