// The oplog: every change of a member's data in order, which the others read and apply (MongoDB manual, Replica
// Set Oplog).
import { type Document, dateOf, longOf, numberOf, type Timestamp, timestampOf } from '../documents/values.ts';
import type { Engine } from '../storage/engine.ts';
import type { Operation } from '../storage/operation.ts';

/** A point of the oplog: a timestamp, and the term of the primary that wrote it. */
export interface OpTime extends Timestamp {
	term: number;
}

export const noOpTime: OpTime = { t: 0, i: 0, term: -1 };
const namespace = 'local.oplog.rs';
/** Older entries are dropped, as when the collection's size is reached. */
const mostEntries = 20_000;

export function compareOpTimes(a: OpTime, b: OpTime): number {
	return a.term - b.term || a.t - b.t || a.i - b.i;
}

/** `{ts, t}`, as status and heartbeats have it. */
export const showOpTime = ({ t, i, term }: OpTime): Document => ({
	ts: timestampOf({ t, i }),
	t: longOf(term),
});

export function readOpTime(value: Document): OpTime {
	const { t, i } = (value.ts as Document).$timestamp as unknown as Timestamp;
	return { t, i, term: numberOf(value.t) ?? -1 };
}

export class Oplog {
	readonly #engine: Engine;
	readonly #now: () => number;
	#last: OpTime = noOpTime;
	/** The wall time of the last entry, in milliseconds. */
	lastWall = 0;
	#waiting: (() => void)[] = [];

	constructor(engine: Engine, now: () => number) {
		this.#engine = engine;
		this.#now = now;
		this.#readLast();
	}

	get last(): OpTime {
		return this.#last;
	}

	get isEmpty(): boolean {
		return this.#last === noOpTime;
	}

	/** Performs operations of a primary and writes them down; gives the time of the last. */
	write(operations: readonly Operation[], term: number): OpTime {
		const seconds = Math.floor(this.#now() / 1000);
		let { t, i } = this.#last;
		const entries = operations.map((operation): Operation => {
			[t, i] = seconds > t ? [seconds, 1] : [t, i + 1];
			const { op, ns, o } = operation;
			const entry = {
				op,
				ns,
				o,
				ts: timestampOf({ t, i }),
				t: longOf(term),
				v: longOf(2),
				wall: dateOf(this.#now()),
			};
			return { op: 'i', ns: namespace, o: entry };
		});
		this.#apply([...operations, ...entries]);
		return this.#last;
	}

	/** Performs entries of another member's oplog. */
	append(entries: readonly Document[]): void {
		this.#apply([
			...entries.map(({ op, ns, o }) => ({ op, ns, o }) as unknown as Operation),
			...entries.map((o): Operation => ({ op: 'i', ns: namespace, o })),
		]);
	}

	/** Begins with an entry whose effects are in the data already. */
	seed(entry: Document): void {
		this.#apply([{ op: 'i', ns: namespace, o: entry }]);
	}

	/** Forgets all entries. */
	clear(): void {
		this.#engine.apply([{ op: 'c', ns: 'local.$cmd', o: { drop: 'oplog.rs' } }]);
		this.#last = noOpTime;
	}

	lastEntry(): Document | undefined {
		return this.#entries().at(-1);
	}

	/** Entries after a time; 'diverged' where that time is not ours, 'stale' where it is older than what is kept. */
	after(time: OpTime): Document[] | 'diverged' | 'stale' {
		if (compareOpTimes(time, this.#last) === 0) return [];
		const entries = this.#entries();
		const at = entries.findLastIndex((entry) => compareOpTimes(readOpTime(entry), time) <= 0);
		if (at < 0) return entries.length > 0 && readOpTime(entries[0]).t > time.t ? 'stale' : 'diverged';
		if (compareOpTimes(readOpTime(entries[at]), time) !== 0) return 'diverged';
		return entries.slice(at + 1, at + 1001);
	}

	/** Calls once when the next entry is written; what it gives takes that back. */
	onWrite(action: () => void): () => void {
		this.#waiting.push(action);
		return () => {
			this.#waiting = this.#waiting.filter((other) => other !== action);
		};
	}

	#apply(operations: readonly Operation[]): void {
		this.#engine.apply(operations);
		const collection = this.#engine.collection(namespace);
		if (collection && collection.documents.size > mostEntries)
			for (const key of collection.documents.keys()) {
				if (collection.documents.size <= mostEntries * 0.9) break;
				collection.documents.delete(key);
			}
		this.#readLast(operations.at(-1)?.o);
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const wake of waiting) wake();
	}

	#readLast(entry = this.lastEntry()): void {
		if (!entry) return;
		this.#last = readOpTime(entry);
		this.lastWall = Number((entry.wall as Document).$date);
	}

	#entries(): Document[] {
		return [...(this.#engine.collection(namespace)?.documents.values() ?? [])];
	}
}
