// What changes a database, as the oplog and the journal have it. Applying one twice is as applying it once.
import type { Document } from '../documents/values.ts';

export interface Operation {
	/** Insert, update (by the whole document), delete, command, or nothing. */
	op: 'i' | 'u' | 'd' | 'c' | 'n';
	/** `database.collection`; of a command `database.$cmd`. */
	ns: string;
	/** The document; of a delete its `_id`; of a command its words. */
	o: Document;
}

/** Splits `database.collection`. */
export function splitNamespace(namespace: string): [database: string, collection: string] {
	const dot = namespace.indexOf('.');
	return [namespace.slice(0, dot), namespace.slice(dot + 1)];
}
