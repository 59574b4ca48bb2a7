// The shell's library, for the interpreter: databases, collections and cursors (mongosh Methods).
export const collectionsLibrary = String.raw`
'use strict';
(() => {
	const old = __flavour === 'mongo';

	class MongoServerError extends Error {
		constructor(reply) {
			super(reply.errmsg);
			this.code = reply.code;
			this.codeName = reply.codeName;
			// As mongosh shows it: with the code's name where the server gives one.
			this.name = 'MongoServerError' + (reply.codeName && reply.ok === 0 ? '[' + reply.codeName + ']' : '');
		}
	}
	const invalid = (message) => Object.assign(new Error(message), { name: 'MongoInvalidArgumentError' });

	/** Sends a command; a failed one throws, or in the old shell is given back where asked for. */
	const send = (database, command, lenient = false) => {
		const answer = __decode(__call('command', JSON.stringify({ database, command: JSON.parse(__encode(command)) })));
		if (answer.network) throw Object.assign(new Error(answer.message), { name: answer.network });
		if (answer.ok !== 1 && !(lenient && old)) throw new MongoServerError(answer);
		return answer;
	};
	const plain = ({ $clusterTime, operationTime, ok, ...rest }) => rest;

	/** The errors within a reply to a write. */
	const assertWritten = (reply) => {
		const [error] = reply.writeErrors ?? [];
		if (error) throw new MongoServerError({ ...error, codeName: undefined });
		if (reply.writeConcernError)
			throw Object.assign(new Error(reply.writeConcernError.errmsg), { name: 'MongoWriteConcernError', code: reply.writeConcernError.code });
		return reply;
	};
	const options = (given, names) =>
		Object.fromEntries(names.filter((name) => given?.[name] !== undefined).map((name) => [name, given[name]]));

	class Cursor {
		constructor(database, command, namespace) {
			const fields = { database, command, namespace, batch: [], id: undefined, transform: (document) => document, isPretty: false };
			Object.defineProperty(this, '_', { value: fields });
		}
		#change(name, value) {
			if (this._.id !== undefined) throw new Error('Cursor is already initialized');
			this._.command[name] = value;
			return this;
		}
		sort(by) { return this.#change('sort', by); }
		limit(count) { return this.#change('limit', count); }
		skip(count) { return this.#change('skip', count); }
		projection(fields) { return this.#change('projection', fields); }
		batchSize(count) { return this.#change('batchSize', count); }
		hint() { return this; }
		comment() { return this; }
		maxTimeMS() { return this; }
		readPref() { return this; }
		pretty() { this._.isPretty = true; return this; }
		map(transform) {
			const before = this._.transform;
			this._.transform = (document) => transform(before(document));
			return this;
		}
		#fill() {
			const { _ } = this;
			if (_.id === undefined) {
				const { cursor } = send(_.database, _.command);
				_.id = cursor.id;
				_.batch = cursor.firstBatch;
			}
			while (_.batch.length === 0 && Number(_.id) !== 0) {
				const { cursor } = send(_.database, { getMore: _.id, collection: _.namespace });
				_.id = cursor.id;
				_.batch = cursor.nextBatch;
			}
			return _.batch.length > 0;
		}
		hasNext() { return this.#fill(); }
		tryNext() { return this.#fill() ? this._.transform(this._.batch.shift()) : null; }
		next() {
			const document = this.tryNext();
			if (document === null && old) throw new Error('error hasNext: false');
			return document;
		}
		toArray() {
			const documents = [];
			while (this.#fill()) documents.push(this._.transform(this._.batch.shift()));
			return documents;
		}
		forEach(action) { while (this.#fill()) action(this._.transform(this._.batch.shift())); }
		itcount() { return this.toArray().length; }
		count() { return send(this._.database, { count: this._.namespace, query: this._.command.filter ?? {} }).n; }
		size() { return this.itcount(); }
		close() {}
		isExhausted() { return !this.#fill(); }
		*[Symbol.iterator]() { while (this.#fill()) yield this._.transform(this._.batch.shift()); }
		/** The next twenty, as the shell shows them. */
		__printed() {
			const documents = [];
			while (documents.length < (old ? DBQuery.shellBatchSize : 20) && this.#fill())
				documents.push(this._.transform(this._.batch.shift()));
			const more = this.#fill();
			globalThis.__cursor = more ? this : undefined;
			const shown = old
				? documents.map((document) => (this._.isPretty ? tojson(document) : tojsononeline(document))).join('\n')
				: documents.length === 0 ? '' : __inspect(documents);
			return shown + (more ? '\nType "it" for more' : '');
		}
	}
	globalThis.DBQuery = { shellBatchSize: 20 };

	const written = (result) => (old ? result : { acknowledged: true, ...result });
	const requireOperators = (update) => {
		if (Array.isArray(update)) throw invalid('updates by a pipeline are not known to the lab');
		if (!Object.keys(update ?? {})[0]?.startsWith('$'))
			throw invalid('Update document requires atomic operators');
	};

	class Collection {
		constructor(database, name) {
			Object.defineProperty(this, '_database', { value: database });
			Object.defineProperty(this, '_name', { value: name });
		}
		#send(command) { return send(this._database._name, command); }
		getName() { return this._name; }
		getFullName() { return this._database._name + '.' + this._name; }
		getDB() { return this._database; }
		toString() { return this.getFullName(); }
		__printed() { return this.getFullName(); }
		#insert(documents, given) {
			const ready = documents.map((document) => {
				if (typeof document !== 'object' || document === null) throw invalid('Argument "doc" must be an object');
				return '_id' in document ? document : { _id: ObjectId(), ...document };
			});
			const reply = this.#send({ insert: this._name, documents: ready, ...options(given, ['ordered', 'writeConcern']) });
			return { reply, ids: ready.map(({ _id }) => _id) };
		}
		insertOne(document, given) {
			const { reply, ids } = this.#insert([document], given);
			assertWritten(reply);
			return { acknowledged: true, insertedId: ids[0] };
		}
		insertMany(documents, given) {
			if (!Array.isArray(documents)) throw invalid('Argument "docs" must be an array of documents');
			const { reply, ids } = this.#insert(documents, given);
			if (reply.writeErrors) {
				const [error] = reply.writeErrors;
				const failed = Object.assign(new Error(error.errmsg + '\nResult: BulkWriteResult {\n  insertedCount: ' + reply.n + ',\n  matchedCount: 0,\n  modifiedCount: 0,\n  deletedCount: 0,\n  upsertedCount: 0\n}'), { code: error.code });
				failed.name = 'MongoBulkWriteError';
				throw failed;
			}
			assertWritten(reply);
			return { acknowledged: true, insertedIds: old ? ids : Object.fromEntries(ids.entries()) };
		}
		insert(given, settings) {
			const documents = Array.isArray(given) ? given : [given];
			const { reply } = this.#insert(documents, settings);
			if (!old) {
				assertWritten(reply);
				return { acknowledged: true, insertedIds: {} };
			}
			const [error] = reply.writeErrors ?? [];
			return new WriteResult({ nInserted: reply.n, ...(error ? { writeError: { code: error.code, errmsg: error.errmsg } } : {}) });
		}
		find(filter = {}, projection) {
			return new Cursor(this._database._name, { find: this._name, filter, ...(projection ? { projection: projection.projection ?? projection } : {}) }, this._name);
		}
		findOne(filter = {}, projection) { return this.find(filter, projection).limit(1).tryNext(); }
		countDocuments(query = {}) { return this.#send({ count: this._name, query }).n; }
		count(query = {}) { return this.#send({ count: this._name, query }).n; }
		estimatedDocumentCount() { return this.#send({ count: this._name }).n; }
		distinct(key, query = {}) { return this.#send({ distinct: this._name, key, query }).values; }
		#update(filter, update, given, multi) {
			const { upsert = false } = given ?? {};
			const reply = this.#send({ update: this._name, updates: [{ q: filter ?? {}, u: update, multi, upsert }], ...options(given, ['writeConcern']) });
			assertWritten(reply);
			const upserted = reply.upserted ?? [];
			return {
				acknowledged: true,
				...(old && upserted.length === 0 ? {} : { insertedId: upserted[0]?._id ?? null }),
				matchedCount: reply.n - upserted.length,
				modifiedCount: reply.nModified,
				...(old ? {} : { upsertedCount: upserted.length }),
			};
		}
		updateOne(filter, update, given) { requireOperators(update); return this.#update(filter, update, given, false); }
		updateMany(filter, update, given) { requireOperators(update); return this.#update(filter, update, given, true); }
		replaceOne(filter, update, given) {
			if (Object.keys(update ?? {})[0]?.startsWith('$')) throw invalid('Replacement document must not contain atomic operators');
			return this.#update(filter, update, given, false);
		}
		update(filter, update, given = {}) {
			const result = this.#update(filter, update, given, given.multi === true);
			return old ? new WriteResult({ nMatched: result.matchedCount, nUpserted: result.insertedId ? 1 : 0, nModified: result.modifiedCount }) : result;
		}
		#delete(filter, limit, given) {
			if (filter === undefined) throw invalid('Missing required argument at position 0 (Collection.' + (limit ? 'deleteOne' : 'deleteMany') + ')');
			const reply = this.#send({ delete: this._name, deletes: [{ q: filter, limit }], ...options(given, ['writeConcern']) });
			assertWritten(reply);
			return { acknowledged: true, deletedCount: reply.n };
		}
		deleteOne(filter, given) { return this.#delete(filter, 1, given); }
		deleteMany(filter, given) { return this.#delete(filter, 0, given); }
		remove(filter, given) {
			const { deletedCount } = this.#delete(filter, given === true || given?.justOne ? 1 : 0);
			return old ? new WriteResult({ nRemoved: deletedCount }) : { acknowledged: true, deletedCount };
		}
		#findAndModify(query, rest, given = {}) {
			const after = given.returnDocument === 'after' || given.returnNewDocument === true;
			return this.#send({ findAndModify: this._name, query: query ?? {}, ...options(given, ['sort', 'upsert']), ...(given.projection ? { fields: given.projection } : {}), ...(after ? { new: true } : {}), ...rest }).value;
		}
		findOneAndUpdate(filter, update, given) { requireOperators(update); return this.#findAndModify(filter, { update }, given); }
		findOneAndReplace(filter, update, given) { return this.#findAndModify(filter, { update }, given); }
		findOneAndDelete(filter, given) { return this.#findAndModify(filter, { remove: true }, given); }
		aggregate(...stages) {
			const pipeline = Array.isArray(stages[0]) ? stages[0] : stages;
			return new Cursor(this._database._name, { aggregate: this._name, pipeline, cursor: {} }, this._name);
		}
		createIndex(key, given = {}) {
			const name = given.name ?? Object.entries(key).flat().join('_');
			const reply = this.#send({ createIndexes: this._name, indexes: [{ key, name, ...options(given, ['unique', 'sparse']) }] });
			return old ? reply : name;
		}
		createIndexes(keys, given) { return keys.map((key) => this.createIndex(key, given)); }
		ensureIndex(key, given) { return this.createIndex(key, given); }
		dropIndex(index) { return this.#send({ dropIndexes: this._name, index }); }
		dropIndexes(index = '*') { return this.#send({ dropIndexes: this._name, index }); }
		getIndexes() {
			try {
				return this.#send({ listIndexes: this._name }).cursor.firstBatch;
			} catch (error) {
				if (error.codeName === 'NamespaceNotFound') return [];
				throw error;
			}
		}
		getIndices() { return this.getIndexes(); }
		drop() {
			try {
				this.#send({ drop: this._name });
				return true;
			} catch (error) {
				if (error.codeName === 'NamespaceNotFound') return false;
				throw error;
			}
		}
		stats() {
			return { ns: this.getFullName(), count: this.countDocuments(), nindexes: this.getIndexes().length, ok: 1 };
		}
	}
	class WriteResult {
		constructor(fields) { Object.assign(this, fields); }
		__printed() { return 'WriteResult(' + tojsononeline({ ...this }) + ')'; }
	}

	/** Unknown properties of a database or collection are collections. */
	const reaching = (object, collection) =>
		new Proxy(object, {
			get(target, name) {
				if (typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON' || name === '__shown') {
					const value = target[name];
					return typeof value === 'function' ? value.bind(target) : value;
				}
				return collection(name);
			},
		});
	const collectionOf = (database, name) =>
		reaching(new Collection(database, name), (rest) => (rest.startsWith('_') ? undefined : collectionOf(database, name + '.' + rest)));

	class Database {
		constructor(name) { Object.defineProperty(this, '_name', { value: name }); }
		getName() { return this._name; }
		toString() { return this._name; }
		__printed() { return this._name; }
		getMongo() { return mongo; }
		getCollection(name) {
			if (typeof name !== 'string' || name === '') throw invalid('Collection name cannot be empty');
			return collectionOf(this, name);
		}
		getSiblingDB(name) { return databaseOf(name); }
		getSisterDB(name) { return databaseOf(name); }
		runCommand(command) { return send(this._name, typeof command === 'string' ? { [command]: 1 } : command, true); }
		adminCommand(command) { return send('admin', typeof command === 'string' ? { [command]: 1 } : command, true); }
		getCollectionInfos(filter = {}) { return send(this._name, { listCollections: 1, filter }).cursor.firstBatch; }
		getCollectionNames() { return this.getCollectionInfos().map(({ name }) => name); }
		createCollection(name) { return send(this._name, { create: name }); }
		dropDatabase() {
			const { ok, dropped } = send(this._name, { dropDatabase: 1 });
			return { ok, ...(dropped ? { dropped } : {}) };
		}
		stats() { return send(this._name, { dbStats: 1 }); }
		hello() { return send(this._name, { hello: 1 }); }
		isMaster() { return send(this._name, { isMaster: 1 }); }
		serverStatus() { return send('admin', { serverStatus: 1 }); }
		serverBuildInfo() { return send('admin', { buildInfo: 1 }); }
		hostInfo() { return send('admin', { hostInfo: 1 }); }
		serverCmdLineOpts() { return send('admin', { getCmdLineOpts: 1 }); }
		version() { return send('admin', { buildInfo: 1 }).version; }
		shutdownServer() { return send('admin', { shutdown: 1 }); }
		aggregate(pipeline) { return new Cursor(this._name, { aggregate: 1, pipeline, cursor: {} }, '$cmd'); }
		printReplicationInfo() { return rs.printReplicationInfo(); }
		printSecondaryReplicationInfo() { return rs.printSecondaryReplicationInfo(); }
	}
	const databaseOf = (name) => {
		if (!/^[^\\/. "$*<>:|?]{1,63}$/.test(name)) throw invalid('Invalid database name: ' + name);
		const database = new Database(name);
		return reaching(database, (collection) => (collection.startsWith('__') ? undefined : collectionOf(database, collection)));
	};

	const mongo = {
		getDB: (name) => databaseOf(name),
		getDBNames: () => send('admin', { listDatabases: 1 }).databases.map(({ name }) => name),
		getDBs: () => send('admin', { listDatabases: 1 }),
		setReadPref: (mode) => void __call('readPreference', String(mode)),
		setSecondaryOk: () => void __call('readPreference', 'primaryPreferred'),
		setSlaveOk: () => void __call('readPreference', 'primaryPreferred'),
	};

	const sizeText = (bytes) => {
		if (old) return (bytes / 1024 ** 3).toFixed(3) + 'GB';
		const units = ['B', 'KiB', 'MiB', 'GiB'];
		let at = 0;
		while (bytes >= 1024 && at < 3) { bytes /= 1024; at++; }
		return bytes.toFixed(2) + ' ' + units[at];
	};
	const table = (rows) => {
		const name = Math.max(...rows.map(([first]) => first.length));
		const size = Math.max(...rows.map(([, second]) => second.length));
		return rows.map(([first, second]) => first.padEnd(name + 2) + second.padStart(size)).join('\n');
	};
	const shows = {
		dbs: () => table(mongo.getDBs().databases.map(({ name, sizeOnDisk }) => [name, sizeText(Number(sizeOnDisk))])),
		collections: () => db.getCollectionNames().join('\n'),
		log: () => 'global\nstartupWarnings',
		users: () => '[]',
	};
	shows.databases = shows.dbs;
	shows.tables = shows.collections;

	/** The names that a value has, those of its class and a database's collections among them. */
	const namesOf = (value) => {
		const names = new Set();
		for (let one = value; one && one !== Object.prototype; one = Object.getPrototypeOf(one))
			for (const name of Object.getOwnPropertyNames(one)) names.add(name);
		if (value === db) for (const name of db.getCollectionNames()) names.add(name);
		return [...names];
	};

	Object.assign(globalThis, {
		__send: send,
		/** As JSON: what a part of a name may become, on the value that a path leads to. */
		__names(path, part) {
			let value = globalThis;
			for (const name of path === '' ? [] : path.split('.')) value = value?.[name];
			const fits = (name) => name.startsWith(part) && !/^_|^constructor$/.test(name);
			return JSON.stringify(value === undefined || value === null || part === '' ? [] : namesOf(Object(value)).filter(fits).sort());
		},
		__plain: plain,
		__use(name) {
			const same = db.getName() === name;
			globalThis.db = databaseOf(name);
			return (same && !old ? 'already on db ' : 'switched to db ') + name;
		},
		__show(what) {
			if (!Object.hasOwn(shows, what))
				throw Object.assign(new Error("'" + what + "' is not a valid argument for \"show\"."), { name: 'MongoshInvalidInputError' });
			return shows[what]();
		},
		__it() {
			return globalThis.__cursor ? globalThis.__cursor.__printed() : 'no cursor';
		},
		Mongo: function () { return mongo; },
		connect: (text) => databaseOf(String(text).split('/').at(-1)),
		sleep: (ms) => void __call('sleep', String(Number(ms))),
		quit: (code = 0) => void __call('quit', String(code)),
		exit: (code = 0) => void __call('quit', String(code)),
		version: () => __call('version', ''),
		load: (path) => { __call('load', String(path)); return true; },
		db: databaseOf(__database),
	});
})();
`;
