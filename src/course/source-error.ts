// What an author did wrong in a content file: where, what, and the mend.

/** A place in a content file; line and column count from 1. */
export interface SourcePlace {
	/** As the author knows it: a path relative to the content folder. */
	file: string;
	line: number;
	column: number;
}

/** A build error that an author can mend. Its message reads `file:line:column: what is wrong. The mend.` */
export class SourceError extends Error {
	readonly place: SourcePlace;
	/** What is wrong, in one sentence. */
	readonly problem: string;
	/** What to write instead, in one sentence. */
	readonly mend: string;

	constructor(place: SourcePlace, problem: string, mend: string) {
		super(`${place.file}:${place.line}:${place.column}: ${problem} ${mend}`);
		this.name = 'SourceError';
		this.place = place;
		this.problem = problem;
		this.mend = mend;
	}
}
