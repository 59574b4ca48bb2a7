// Cursors: results that are fetched batch by batch.
import { CommandError } from '../documents/errors.ts';
import type { Document } from '../documents/values.ts';

/** A client that leaves its cursors open loses the oldest. */
const mostCursors = 100;

export class Cursors {
	readonly #random: () => number;
	readonly #open = new Map<number, { namespace: string; documents: Document[] }>();

	constructor(random: () => number) {
		this.#random = random;
	}

	/** Keeps documents for later; gives the cursor's number. */
	open(namespace: string, documents: Document[]): number {
		const [oldest] = this.#open.keys();
		if (this.#open.size >= mostCursors) this.#open.delete(oldest);
		const id = 1 + Math.floor(this.#random() * (Number.MAX_SAFE_INTEGER - 1));
		this.#open.set(id, { namespace, documents });
		return id;
	}

	/** The next documents; throws CursorNotFound. */
	next(id: number, count: number): { documents: Document[]; finished: boolean } {
		const cursor = this.#open.get(id);
		if (!cursor) throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
		const documents = cursor.documents.splice(0, count);
		const finished = cursor.documents.length === 0;
		if (finished) this.#open.delete(id);
		return { documents, finished };
	}

	close(id: number): void {
		this.#open.delete(id);
	}
}
