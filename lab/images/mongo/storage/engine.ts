// The storage engine: databases in memory, and files under the dbPath from which they come back. A change is in
// the journal before it is answered, so that a killed mongod loses nothing; a checkpoint writes the collections
// and empties the journal. The files have WiredTiger's names, and text of our own in them.
import { type Process, SystemError } from '../../../runtime/process.ts';
import { type Document, isDocument, type Value } from '../documents/values.ts';
import { Collection, type Index } from './collection.ts';
import { type Operation, splitNamespace } from './operation.ts';

/** Data that cannot be read; mongod aborts with code 14. */
export class StorageError extends Error {
	readonly file: string;
	constructor(file: string, message: string) {
		super(message);
		this.file = file;
	}
}

/** A dbPath that cannot be used; mongod ends with code 100. */
export class DbPathError extends Error {
	readonly codeName: 'NonExistentPath' | 'DBPathInUse' | 'IllegalOperation';
	constructor(codeName: DbPathError['codeName'], message: string) {
		super(message);
		this.codeName = codeName;
	}
}

const magic = 'WiredTiger';
const header = 'WiredTiger 11.3.0: (May 10, 2024)\n';
/** The journal is folded into the collections when it is longer. */
const longestJournal = 512 * 1024;
/** The descriptor that holds mongod.lock. */
const lockDescriptor = 7;
const encoder = new TextEncoder();

interface CatalogEntry {
	ns: string;
	ident: string;
	uuid: string;
	indexes: Index[];
}

export class Engine {
	readonly #process: Process;
	readonly #path: string;
	readonly #newUuid: () => string;
	readonly databases = new Map<string, Map<string, Collection>>();
	/** Whether the folder held a database before. */
	readonly fresh: boolean;
	/** Whether the mongod before did not end by itself. */
	readonly unclean: boolean;
	#journalBytes = 0;
	#idents = 0;

	private constructor(process: Process, path: string, newUuid: () => string) {
		this.#process = process;
		this.#path = path;
		this.#newUuid = newUuid;
		const { files } = process;
		this.fresh = !files.exists(`${path}/WiredTiger`);
		this.unclean = files.readFile(`${path}/mongod.lock`).length > 0;
	}

	/** Locks the folder and reads what is in it. Throws DbPathError and StorageError. */
	static open(process: Process, path: string, newUuid: () => string): Engine {
		lock(process, path);
		const engine = new Engine(process, path, newUuid);
		engine.#load();
		process.files.writeFile(`${path}/mongod.lock`, `${process.pid}\n`);
		return engine;
	}

	collection(namespace: string): Collection | undefined {
		const [database, name] = splitNamespace(namespace);
		return this.databases.get(database)?.get(name);
	}

	/** Applies operations, together, and makes them durable. */
	apply(operations: readonly Operation[]): void {
		const line = `${JSON.stringify(operations)}\n`;
		this.#process.files.writeFile(this.#journal, line, { append: true, mode: 0o600 });
		this.#journalBytes += line.length;
		for (const operation of operations) this.#perform(operation);
		if (this.#journalBytes > longestJournal) this.checkpoint();
	}

	/** Writes every changed collection, and empties the journal. */
	checkpoint(): void {
		const { files } = this.#process;
		const catalog: CatalogEntry[] = [];
		for (const [database, collections] of this.databases)
			for (const collection of collections.values()) {
				const { ident, uuid, name, indexes } = collection;
				catalog.push({ ns: `${database}.${name}`, ident, uuid, indexes });
				if (!collection.dirty) continue;
				const lines = [...collection.documents.values()].map((document) => JSON.stringify(document));
				this.#replace(`${ident}.wt`, [header.trimEnd(), ...lines, ''].join('\n'));
				collection.dirty = false;
			}
		this.#replace('_mdb_catalog.wt', `${header}${JSON.stringify(catalog)}\n`);
		files.writeFile(this.#journal, '', { mode: 0o600 });
		this.#journalBytes = 0;
		const known = new Set(catalog.map(({ ident }) => `${ident}.wt`));
		for (const name of files.list(this.#path))
			if (/^collection-.*\.wt$/.test(name) && !known.has(name)) files.remove(`${this.#path}/${name}`);
	}

	/** The end of a mongod that is told to end. */
	close(): void {
		this.checkpoint();
		this.#process.files.writeFile(`${this.#path}/mongod.lock`, '');
		this.#process.setFile(lockDescriptor, null);
	}

	/** Bytes of a database's documents. */
	sizeOf(database: string): number {
		let size = 0;
		for (const collection of this.databases.get(database)?.values() ?? [])
			for (const document of collection.documents.values()) size += JSON.stringify(document).length;
		return size;
	}

	get #journal(): string {
		return `${this.#path}/journal/WiredTigerLog.0000000001`;
	}

	/** Replaces a file as a whole: a kill in between leaves the old one. */
	#replace(name: string, content: string): void {
		const { files } = this.#process;
		const path = `${this.#path}/${name}`;
		files.writeFile(`${path}.set`, encoder.encode(content), { mode: 0o600 });
		files.rename(`${path}.set`, path);
	}

	#load(): void {
		const { files } = this.#process;
		if (this.fresh) {
			files.makeDirectory(`${this.#path}/journal`, { recursive: true, mode: 0o700 });
			files.makeDirectory(`${this.#path}/diagnostic.data`, { recursive: true, mode: 0o700 });
			for (const name of ['WiredTiger', 'WiredTiger.turtle', 'WiredTiger.wt', 'sizeStorer.wt'])
				files.writeFile(`${this.#path}/${name}`, header, { mode: 0o600 });
			files.writeFile(`${this.#path}/WiredTiger.lock`, 'WiredTiger lock file\n', { mode: 0o600 });
			files.writeFile(`${this.#path}/storage.bson`, '{"storage":{"engine":"wiredTiger"}}\n', { mode: 0o600 });
			this.checkpoint();
			return;
		}
		const [catalog] = this.#read('_mdb_catalog.wt') as unknown as [CatalogEntry[] | undefined];
		if (!Array.isArray(catalog)) throw new StorageError('_mdb_catalog.wt', 'metadata corruption');
		for (const { ns, ident, uuid, indexes } of catalog) {
			const [database, name] = splitNamespace(ns);
			const collection = new Collection({ name, uuid, ident });
			for (const index of indexes.slice(1)) collection.addIndex(index);
			for (const document of this.#read(`${ident}.wt`)) {
				if (!isDocument(document))
					throw new StorageError(`${ident}.wt`, 'encountered an illegal file format');
				collection.put(document);
			}
			collection.dirty = false;
			this.#databaseOf(database).set(name, collection);
			this.#idents = Math.max(this.#idents, Number(ident.split('-')[1]) + 1);
		}
		this.#replay();
	}

	/** The values of a file, one a line after its header. */
	#read(name: string): Value[] {
		let text: string;
		try {
			text = this.#process.files.readText(`${this.#path}/${name}`);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			throw new StorageError(name, error.message);
		}
		const [first, ...lines] = text.split('\n');
		if (!first.startsWith(magic))
			throw new StorageError(name, 'file size=4096, alloc size=4096: read checksum error');
		try {
			return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
		} catch {
			throw new StorageError(name, 'encountered an illegal file format or internal value');
		}
	}

	/** Performs what the journal has; its last line may be torn, as a kill can leave it. */
	#replay(): void {
		const { files } = this.#process;
		if (!files.exists(this.#journal)) return;
		for (const line of files.readText(this.#journal).split('\n')) {
			try {
				for (const operation of JSON.parse(line || '[]') as Operation[]) this.#perform(operation);
			} catch (error) {
				if (error instanceof SyntaxError) break;
				throw error;
			}
		}
		this.checkpoint();
	}

	#databaseOf(name: string): Map<string, Collection> {
		let database = this.databases.get(name);
		if (!database) {
			database = new Map();
			this.databases.set(name, database);
		}
		return database;
	}

	#collectionOf(namespace: string): Collection {
		const known = this.collection(namespace);
		if (known) return known;
		const [database, name] = splitNamespace(namespace);
		const collection = new Collection({
			name,
			uuid: this.#newUuid(),
			ident: `collection-${this.#idents++}-${this.#newUuid().slice(0, 8)}`,
		});
		this.#databaseOf(database).set(name, collection);
		return collection;
	}

	#perform({ op, ns, o }: Operation): void {
		if (op === 'i' || op === 'u') this.#collectionOf(ns).put(o);
		if (op === 'd') this.collection(ns)?.delete(o._id);
		if (op === 'c') this.#command(splitNamespace(ns)[0], o);
	}

	#command(database: string, command: Document): void {
		const [[name, target]] = Object.entries(command);
		const namespace = `${database}.${String(target)}`;
		switch (name) {
			case 'create':
				this.#collectionOf(namespace);
				break;
			case 'drop': {
				const collections = this.databases.get(database);
				collections?.delete(String(target));
				if (collections?.size === 0) this.databases.delete(database);
				break;
			}
			case 'dropDatabase':
				this.databases.delete(database);
				break;
			case 'createIndexes': {
				const collection = this.#collectionOf(namespace);
				const index = command.index as unknown as Index;
				if (!collection.indexes.some((known) => known.name === index.name)) collection.addIndex(index);
				break;
			}
			case 'dropIndexes':
				this.collection(namespace)?.dropIndex(String(command.index));
		}
	}
}

/** Takes mongod.lock, which one mongod at a time has. */
function lock(process: Process, path: string): void {
	const { files } = process;
	if (!files.exists(path) || files.status(path).kind !== 'directory')
		throw new DbPathError(
			'NonExistentPath',
			`Data directory ${path} not found. Create the missing directory or specify another path using (1) the --dbpath command line option, or (2) by adding the 'storage.dbPath' option in the configuration file.`,
		);
	const name = `${path}/mongod.lock`;
	try {
		const file = process.open(name, 'a+', 0o600);
		process.setFile(lockDescriptor, file);
		file.lock?.();
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		if (error.code === 'EAGAIN')
			throw new DbPathError(
				'DBPathInUse',
				`Unable to lock the lock file: ${name} (${error.message}). Another mongod instance is already running on the ${path} directory`,
			);
		throw new DbPathError(
			'IllegalOperation',
			error.code === 'EROFS'
				? `Attempted to create a lock file on a read-only directory: ${path}`
				: `Unable to create/open the lock file: ${name} (${error.message}). Ensure the user executing mongod is the owner of the lock file and has the appropriate permissions. Also make sure that another mongod instance is not already running on the ${path} directory`,
		);
	}
}
