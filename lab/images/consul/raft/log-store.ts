// What a server of Raft must not forget: its term, its vote, its log. One file of records, each a line; what is
// appended changes what stood before, and a log that was shortened at its head is written anew.
import type { Storage } from '../agent/storage.ts';
import type { Entry } from './messages.ts';

const path = 'raft/raft.db';

type StoredRecord =
	| { term: number; votedFor?: string }
	| { entry: Entry }
	| { removedFrom: number }
	| { startsAfter: { index: number; term: number } };

export class LogStore {
	readonly #storage: Storage;
	#entries: Entry[] = [];
	#base = { index: 0, term: 0 };
	term = 0;
	votedFor: string | undefined;

	/** Throws Error where the file is damaged. */
	constructor(storage: Storage) {
		this.#storage = storage;
		for (const line of (storage.read(path) ?? '').split('\n')) if (line !== '') this.#replay(line);
	}

	#replay(line: string): void {
		const record = JSON.parse(line) as StoredRecord;
		if ('entry' in record) this.#entries.push(record.entry);
		else if ('removedFrom' in record) this.#cut(record.removedFrom);
		else if ('startsAfter' in record) this.#base = record.startsAfter;
		else {
			this.term = record.term;
			this.votedFor = record.votedFor;
		}
	}

	#cut(index: number): void {
		this.#entries.length = Math.max(0, Math.min(this.#entries.length, index - this.#base.index - 1));
	}

	#write(records: readonly StoredRecord[]): void {
		this.#storage.append(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
	}

	/** Whether anything was ever stored. */
	get isEmpty(): boolean {
		return this.lastIndex === 0 && this.term === 0;
	}

	/** The entry that the log begins after: the last one that a snapshot stands for. */
	get base(): { index: number; term: number } {
		return this.#base;
	}

	get lastIndex(): number {
		return this.#base.index + this.#entries.length;
	}

	get lastTerm(): number {
		return this.#entries.at(-1)?.term ?? this.#base.term;
	}

	get size(): number {
		return this.#entries.length;
	}

	entry(index: number): Entry | undefined {
		return this.#entries[index - this.#base.index - 1];
	}

	/** Undefined for an entry that the log does not know (any more). */
	termAt(index: number): number | undefined {
		return index === this.#base.index ? this.#base.term : this.entry(index)?.term;
	}

	entriesFrom(index: number, most: number): Entry[] {
		const at = index - this.#base.index - 1;
		return this.#entries.slice(at, at + most);
	}

	setTerm(term: number, votedFor?: string): void {
		this.term = term;
		this.votedFor = votedFor;
		this.#write([{ term, votedFor }]);
	}

	append(entries: readonly Entry[]): void {
		if (entries.length === 0) return;
		this.#entries.push(...entries);
		this.#write(entries.map((entry) => ({ entry })));
	}

	removeFrom(index: number): void {
		this.#cut(index);
		this.#write([{ removedFrom: index }]);
	}

	/** Drops what a snapshot stands for: all entries up to and with `index`. */
	compact(index: number, term: number): void {
		const rest = this.termAt(index) === term ? this.#entries.slice(index - this.#base.index) : [];
		this.#base = { index, term };
		this.#entries = rest;
		const { votedFor } = this;
		const records: StoredRecord[] = [
			{ term: this.term, votedFor },
			{ startsAfter: this.#base },
			...rest.map((entry) => ({ entry })),
		];
		this.#storage.write(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
	}
}
