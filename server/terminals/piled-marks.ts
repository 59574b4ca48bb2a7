// Accents and other marks take no cell of their own: they join the letter before them. A program can print any
// number of them, and the screen would keep them all in that one cell.

/** What xterm.js gives no width: marks, format characters, the vowels and finals of Hangul. */
const marks = /[\p{M}\p{Cf}\u06de\u1160-\u11ff]+/gu;
/** No script piles up more on one letter. */
const mostMarks = 8;

/** Leaves out of a text, which comes in parts, the marks that are too many on one letter. */
export class PiledMarks {
	/** How many the text so far ends in. */
	#last = 0;

	limit(part: string): string {
		const before = this.#last;
		if (part !== '') this.#last = 0;
		return part.replace(marks, (run, at: number) => {
			const letters = [...run];
			const there = at === 0 ? before : 0;
			if (at + run.length === part.length) this.#last = there + letters.length;
			return letters.slice(0, Math.max(0, mostMarks - there)).join('');
		});
	}
}
