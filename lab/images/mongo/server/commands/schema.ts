// Commands about databases, collections and indexes (MongoDB manual, Administration Commands).
import { CommandError } from '../../documents/errors.ts';
import { compileFilter } from '../../documents/query.ts';
import { type Document, isDocument, longOf, numberOf, type Value } from '../../documents/values.ts';
import type { Operation } from '../../storage/operation.ts';
import { type Command, namespaceOf } from '../command.ts';
import type { DatabaseServer } from '../database-server.ts';

const command = (database: string, o: Document): Operation => ({ op: 'c', ns: `${database}.$cmd`, o });

/** An empty database still takes its files' first pages. */
const emptySize = 8192;

function specificationOf(value: Value): { name: string; key: Document; unique: boolean } {
	if (!isDocument(value) || !isDocument(value.key) || Object.keys(value.key).length === 0)
		throw new CommandError('CannotCreateIndex', 'Index keys cannot be empty.');
	const { key } = value;
	for (const [path, direction] of Object.entries(key))
		if (!numberOf(direction) && !['text', 'hashed', '2d', '2dsphere'].includes(String(direction)))
			throw new CommandError(
				'CannotCreateIndex',
				`Values in v:2 index key pattern cannot be of type ${typeof direction}. Only numbers > 0, numbers < 0, and strings are allowed. (${path})`,
			);
	const name = String(value.name ?? Object.entries(key).flat().join('_'));
	return { name, key, unique: value.unique === true };
}

async function createIndexes(server: DatabaseServer, request: Document): Promise<Document> {
	const database = String(request.$db);
	const target = String(request.createIndexes);
	const collection = server.engine.collection(`${database}.${target}`);
	const before = collection?.indexes.length ?? 1;
	const wanted = (Array.isArray(request.indexes) ? request.indexes : []).map(specificationOf);
	const added = wanted.filter((index) => !collection?.indexes.some(({ name }) => name === index.name));
	for (const index of added) {
		if (index.unique) assertUnique(server, `${database}.${target}`, index);
		server.write([command(database, { createIndexes: target, index: index as unknown as Document })]);
	}
	return server.concerned(request, {
		numIndexesBefore: before,
		numIndexesAfter: before + added.length,
		createdCollectionAutomatically: collection === undefined,
		...(added.length === 0 ? { note: 'all indexes already exist' } : {}),
	});
}

/** A unique index cannot be built over documents that share a key. */
function assertUnique(
	server: DatabaseServer,
	namespace: string,
	index: { name: string; key: Document; unique: boolean },
): void {
	const collection = server.engine.collection(namespace);
	if (!collection) return;
	collection.indexes.push(index);
	try {
		for (const document of collection.documents.values())
			collection.assertUnique(document, namespace, document._id);
	} finally {
		collection.indexes.pop();
	}
}

export const schemaCommands: Readonly<Record<string, Command>> = {
	listDatabases: {
		needs: 'readable',
		run(server, request) {
			const filter = compileFilter(isDocument(request.filter) ? request.filter : {});
			const databases = [...server.engine.databases.keys()]
				.sort()
				.map((name): Document => {
					const collections = server.engine.databases.get(name)?.size ?? 0;
					const size = emptySize * collections + server.engine.sizeOf(name);
					return { name, sizeOnDisk: Math.ceil(size / 4096) * 4096, empty: false };
				})
				.filter(filter);
			const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + Number(sizeOnDisk), 0);
			return { databases, totalSize, totalSizeMb: Math.floor(totalSize / 2 ** 20) };
		},
	},
	listCollections: {
		needs: 'readable',
		run(server, request) {
			const database = String(request.$db);
			const filter = compileFilter(isDocument(request.filter) ? request.filter : {});
			const collections = [...(server.engine.databases.get(database)?.values() ?? [])]
				.sort((a, b) => (a.name < b.name ? -1 : 1))
				.map(
					({ name, uuid }): Document => ({
						name,
						type: 'collection',
						options: {},
						info: { readOnly: false, uuid: { $uuid: uuid } },
						idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
					}),
				)
				.filter(filter);
			return { cursor: { id: longOf(0), ns: `${database}.$cmd.listCollections`, firstBatch: collections } };
		},
	},
	listIndexes: {
		needs: 'readable',
		run(server, request) {
			const namespace = namespaceOf(request);
			const collection = server.engine.collection(namespace);
			if (!collection) throw new CommandError('NamespaceNotFound', `ns does not exist: ${namespace}`);
			const indexes = collection.indexes.map(
				({ name, key, unique }): Document => ({
					v: 2,
					key,
					name,
					...(unique && name !== '_id_' ? { unique } : {}),
				}),
			);
			return { cursor: { id: longOf(0), ns: namespace, firstBatch: indexes } };
		},
	},
	create: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			if (server.engine.collection(namespace))
				throw new CommandError('NamespaceExists', `Collection ${namespace} already exists.`);
			server.write([command(String(request.$db), { create: request.create })]);
			return server.concerned(request, {});
		},
	},
	drop: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			const collection = server.engine.collection(namespace);
			if (!collection) {
				// Since 7.0 dropping what is not there succeeds.
				if (server.line >= 7) return {};
				throw new CommandError('NamespaceNotFound', 'ns not found');
			}
			server.write([command(String(request.$db), { drop: request.drop })]);
			return server.concerned(request, { nIndexesWas: collection.indexes.length, ns: namespace });
		},
	},
	dropDatabase: {
		needs: 'primary',
		async run(server, request) {
			const database = String(request.$db);
			if (!server.engine.databases.has(database)) return {};
			server.write([command(database, { dropDatabase: 1 })]);
			return server.concerned(request, { dropped: database });
		},
	},
	createIndexes: { needs: 'primary', run: createIndexes },
	dropIndexes: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			const collection = server.engine.collection(namespace);
			if (!collection) throw new CommandError('NamespaceNotFound', `ns not found ${namespace}`);
			const nIndexesWas = collection.indexes.length;
			const { index } = request;
			const names = collection.indexes.slice(1).map(({ name }) => name);
			const given = isDocument(index) ? Object.entries(index).flat().join('_') : String(index);
			const dropped = given === '*' ? names : names.filter((name) => name === given);
			if (dropped.length === 0 && given !== '*')
				throw new CommandError('IndexNotFound', `index not found with name [${given}]`);
			for (const name of dropped)
				server.write([command(String(request.$db), { dropIndexes: request.dropIndexes, index: name })]);
			return server.concerned(request, { nIndexesWas });
		},
	},
	dbStats: {
		needs: 'readable',
		run(server, request) {
			const database = String(request.$db);
			const collections = [...(server.engine.databases.get(database)?.values() ?? [])];
			const objects = collections.reduce((sum, { documents }) => sum + documents.size, 0);
			const dataSize = server.engine.sizeOf(database);
			return {
				db: database,
				collections: longOf(collections.length),
				views: longOf(0),
				objects: longOf(objects),
				avgObjSize: objects > 0 ? dataSize / objects : 0,
				dataSize,
				storageSize: Math.ceil(dataSize / 4096) * 4096,
				indexes: longOf(collections.reduce((sum, { indexes }) => sum + indexes.length, 0)),
				indexSize: 4096 * collections.length,
				totalSize: Math.ceil(dataSize / 4096) * 4096 + 4096 * collections.length,
			};
		},
	},
};
