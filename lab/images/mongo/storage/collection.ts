// A collection: documents by `_id` in the order of their insertion, and its indexes. Of indexes only uniqueness
// counts here: the lab's collections are small, so every query looks at all documents.
import { CommandError } from '../documents/errors.ts';
import { valuesAt } from '../documents/paths.ts';
import { type Document, keyOf, show, type Value } from '../documents/values.ts';

export interface Index {
	name: string;
	key: Document;
	unique: boolean;
}

export class Collection {
	readonly name: string;
	readonly uuid: string;
	/** The name of its file without the ending. */
	readonly ident: string;
	readonly documents = new Map<string, Document>();
	readonly indexes: Index[] = [{ name: '_id_', key: { _id: 1 }, unique: true }];
	/** Changed since its file was written. */
	dirty = true;

	constructor(options: { name: string; uuid: string; ident: string }) {
		this.name = options.name;
		this.uuid = options.uuid;
		this.ident = options.ident;
	}

	find(id: Value | undefined): Document | undefined {
		return this.documents.get(keyOf(id));
	}

	/** Documents of the oplog have no `_id`: there the timestamp is what finds them. */
	put(document: Document): void {
		this.documents.set(keyOf(document._id ?? document.ts), document);
		this.dirty = true;
	}

	delete(id: Value | undefined): void {
		if (this.documents.delete(keyOf(id))) this.dirty = true;
	}

	/** Throws DuplicateKey where the document would stand beside another with a key that has to be unique. */
	assertUnique(document: Document, namespace: string, replaces?: Value): void {
		for (const index of this.indexes) {
			if (!index.unique) continue;
			const key = keyFor(index, document);
			const other =
				index.name === '_id_'
					? this.find(document._id)
					: [...this.documents.values()].find((known) => keyOf(keyFor(index, known)) === keyOf(key));
			if (other && (replaces === undefined || keyOf(other._id) !== keyOf(replaces)))
				throw new CommandError(
					'DuplicateKey',
					`E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: ${show(key)}`,
				);
		}
	}

	addIndex(index: Index): void {
		this.indexes.push(index);
		this.dirty = true;
	}

	dropIndex(name: string): void {
		const at = this.indexes.findIndex((index) => index.name === name);
		if (at > 0) this.indexes.splice(at, 1);
		this.dirty = true;
	}
}

function keyFor(index: Index, document: Document): Document {
	return Object.fromEntries(
		Object.keys(index.key).map((path) => [path, valuesAt(document, path)[0] ?? null]),
	);
}
