// Commands that change documents (MongoDB manual, Query and Write Operation Commands).
import { CommandError } from '../../documents/errors.ts';
import { compileFilter } from '../../documents/query.ts';
import { compileProjection, sortDocuments } from '../../documents/shape.ts';
import { fieldsOf, updated } from '../../documents/update.ts';
import { type Document, equal, isDocument, numberOf, type Value } from '../../documents/values.ts';
import type { Operation } from '../../storage/operation.ts';
import { type Command, namespaceOf } from '../command.ts';
import type { DatabaseServer } from '../database-server.ts';

const listOf = (value: Value | undefined): Document[] =>
	Array.isArray(value) ? value.filter(isDocument) : [];
const filterOf = (value: Value | undefined): Document => (isDocument(value) ? value : {});

/** Performs each statement of a command; those after a failed one too, where the command is not ordered. */
function eachStatement(
	request: Document,
	statements: readonly Document[],
	perform: (statement: Document, index: number) => void,
): Document[] {
	const errors: Document[] = [];
	for (const [index, statement] of statements.entries()) {
		try {
			perform(statement, index);
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			errors.push({ index, code: error.code, codeName: error.codeName, errmsg: error.message });
			if (request.ordered !== false) break;
		}
	}
	return errors;
}

function matching(server: DatabaseServer, namespace: string, filter: Document): Document[] {
	const documents = server.engine.collection(namespace)?.documents;
	return [...(documents?.values() ?? [])].filter(compileFilter(filter));
}

const inserted = (ns: string, o: Document): Operation => ({ op: 'i', ns, o });

/** Puts `_id` first, making it where it is missing. */
function withId(server: DatabaseServer, document: Document): Document {
	const { _id, ...fields } = document;
	return { _id: _id ?? server.newObjectId(), ...fields };
}

/** Changes one document, or a new one where `old` is undefined. Gives the operation; none where nothing changes. */
function changed(
	server: DatabaseServer,
	namespace: string,
	old: Document | undefined,
	update: Document,
	filter: Document,
): { document: Document; operation?: Operation } {
	const context = { now: server.process.clock.now(), inserting: old === undefined };
	const made = updated(old ?? fieldsOf(filter), update, context);
	const document = old ? made : withId(server, made);
	server.engine.collection(namespace)?.assertUnique(document, namespace, old?._id);
	if (old && equal(old, document)) return { document };
	return {
		document,
		operation: old ? { op: 'u', ns: namespace, o: document } : inserted(namespace, document),
	};
}

export const writingCommands: Readonly<Record<string, Command>> = {
	insert: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			let n = 0;
			const errors = eachStatement(request, listOf(request.documents), (statement) => {
				const document = withId(server, statement);
				server.engine.collection(namespace)?.assertUnique(document, namespace);
				server.write([inserted(namespace, document)]);
				n++;
			});
			return server.concerned(request, { n, ...(errors.length > 0 ? { writeErrors: errors } : {}) });
		},
	},
	update: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			let n = 0;
			let nModified = 0;
			const upserted: Document[] = [];
			const errors = eachStatement(request, listOf(request.updates), ({ q, u, multi, upsert }, index) => {
				if (!isDocument(u))
					throw new CommandError(
						'FailedToParse',
						'Update argument must be an object; pipelines are not supported',
					);
				const filter = filterOf(q);
				const found = matching(server, namespace, filter);
				for (const old of multi === true ? found : found.slice(0, 1)) {
					const { operation } = changed(server, namespace, old, u, filter);
					n++;
					if (!operation) continue;
					server.write([operation]);
					nModified++;
				}
				if (found.length > 0 || upsert !== true) return;
				const { document, operation } = changed(server, namespace, undefined, u, filter);
				server.write([operation!]);
				upserted.push({ index, _id: document._id });
				n++;
			});
			const reply: Document = { n, nModified };
			if (upserted.length > 0) reply.upserted = upserted;
			if (errors.length > 0) reply.writeErrors = errors;
			return server.concerned(request, reply);
		},
	},
	delete: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			let n = 0;
			const errors = eachStatement(request, listOf(request.deletes), ({ q, limit }) => {
				const found = matching(server, namespace, filterOf(q));
				for (const { _id } of numberOf(limit) === 1 ? found.slice(0, 1) : found) {
					server.write([{ op: 'd', ns: namespace, o: { _id } }]);
					n++;
				}
			});
			return server.concerned(request, { n, ...(errors.length > 0 ? { writeErrors: errors } : {}) });
		},
	},
	findAndModify: {
		needs: 'primary',
		async run(server, request) {
			const namespace = namespaceOf(request);
			const filter = filterOf(request.query);
			let found = matching(server, namespace, filter);
			if (isDocument(request.sort)) found = sortDocuments(found, request.sort);
			const [old] = found as (Document | undefined)[];
			const project = compileProjection(filterOf(request.fields));
			const show = (document: Document | undefined) => (document ? project(document) : null);
			if (request.remove === true) {
				if (old) server.write([{ op: 'd', ns: namespace, o: { _id: old._id } }]);
				return server.concerned(request, { lastErrorObject: { n: old ? 1 : 0 }, value: show(old) });
			}
			const updatedExisting = old !== undefined;
			if (!old && request.upsert !== true) return { lastErrorObject: { n: 0, updatedExisting }, value: null };
			const { document, operation } = changed(server, namespace, old, filterOf(request.update), filter);
			if (operation) server.write([operation]);
			return server.concerned(request, {
				lastErrorObject: { n: 1, updatedExisting, ...(old ? {} : { upserted: document._id }) },
				value: show(request.new === true ? document : old),
			});
		},
	},
};
