// Commands that read documents (MongoDB manual, Query Commands and Aggregation Commands).
import { aggregate } from '../../documents/aggregate.ts';
import { CommandError } from '../../documents/errors.ts';
import { valuesAt } from '../../documents/paths.ts';
import { compileFilter } from '../../documents/query.ts';
import { compileProjection, sortDocuments } from '../../documents/shape.ts';
import { type Document, isDocument, keyOf, longOf, numberOf, type Value } from '../../documents/values.ts';
import { type Command, namespaceOf } from '../command.ts';
import type { DatabaseServer } from '../database-server.ts';

const firstBatch = 101;

/** The documents of a collection that a filter selects. */
function select(server: DatabaseServer, namespace: string, filter: Value | undefined): Document[] {
	const test = compileFilter(isDocument(filter) ? filter : {});
	return [...(server.engine.collection(namespace)?.documents.values() ?? [])].filter(test);
}

/** The first documents of a result, and a cursor for the rest. */
function batch(
	server: DatabaseServer,
	namespace: string,
	documents: Document[],
	size: Value | undefined,
): Document {
	const first = documents.slice(0, numberOf(size) ?? firstBatch);
	const rest = documents.slice(first.length);
	const id = rest.length > 0 ? server.cursors.open(namespace, rest) : 0;
	return { cursor: { firstBatch: first, id: longOf(id), ns: namespace } };
}

const find: Command = {
	needs: 'readable',
	run(server, request) {
		const namespace = namespaceOf(request);
		let found = select(server, namespace, request.filter);
		if (isDocument(request.sort)) found = sortDocuments(found, request.sort);
		const skip = numberOf(request.skip) ?? 0;
		const limit = Math.abs(numberOf(request.limit) ?? 0);
		found = found.slice(skip, limit > 0 ? skip + limit : undefined);
		if (isDocument(request.projection)) found = found.map(compileProjection(request.projection));
		return batch(server, namespace, found, request.batchSize);
	},
};

export const readingCommands: Readonly<Record<string, Command>> = {
	find,
	getMore: {
		run(server, request) {
			const id = numberOf(request.getMore) ?? 0;
			const namespace = `${String(request.$db)}.${String(request.collection)}`;
			const { documents, finished } = server.cursors.next(id, numberOf(request.batchSize) ?? firstBatch);
			return { cursor: { nextBatch: documents, id: longOf(finished ? 0 : id), ns: namespace } };
		},
	},
	killCursors: {
		run(server, request) {
			const ids = Array.isArray(request.cursors) ? request.cursors : [];
			for (const id of ids) server.cursors.close(numberOf(id) ?? 0);
			return { cursorsKilled: ids };
		},
	},
	count: {
		needs: 'readable',
		run(server, request) {
			const found =
				select(server, namespaceOf(request), request.query).length - (numberOf(request.skip) ?? 0);
			return { n: Math.max(0, Math.min(found, numberOf(request.limit) || found)) };
		},
	},
	distinct: {
		needs: 'readable',
		run(server, request) {
			const values = new Map<string, Value>();
			for (const document of select(server, namespaceOf(request), request.query))
				for (const value of valuesAt(document, String(request.key)).flat())
					if (value !== undefined) values.set(keyOf(value), value);
			return { values: [...values.values()] };
		},
	},
	aggregate: {
		needs: 'readable',
		run(server, request) {
			if (!Array.isArray(request.pipeline))
				throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
			const database = String(request.$db);
			const collection = (name: string) => select(server, `${database}.${name}`, undefined);
			const cursor = isDocument(request.cursor) ? request.cursor : {};
			const result = aggregate(collection(String(request.aggregate)), request.pipeline, {
				collection,
				random: server.process.random,
			});
			return batch(server, namespaceOf(request), result, cursor.batchSize);
		},
	},
};
