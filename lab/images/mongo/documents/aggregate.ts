// Aggregation pipelines: the stages of everyday use (MongoDB manual, Aggregation Stages).
import { CommandError } from './errors.ts';
import { average, evaluate, extreme, total } from './expressions.ts';
import { setField, unsetField, valueAt, valuesAt } from './paths.ts';
import { compileFilter } from './query.ts';
import { compileProjection, sortDocuments } from './shape.ts';
import { type Document, equal, isDocument, keyOf, numberOf, type Value } from './values.ts';

export interface PipelineContext {
	/** The documents of another collection of the database, for $lookup. */
	collection(name: string): readonly Document[];
	random(): number;
}

type Stage = (documents: readonly Document[], operand: Value, context: PipelineContext) => Document[];

function documentOf(stage: string, operand: Value): Document {
	if (isDocument(operand)) return operand;
	throw new CommandError('FailedToParse', `the ${stage} stage specification must be an object`);
}

const addFields: Stage = (documents, operand) => {
	const fields = Object.entries(documentOf('$addFields', operand));
	return documents.map((document) => {
		const result = structuredClone(document);
		for (const [path, expression] of fields) {
			const value = evaluate(expression, document);
			if (value !== undefined) setField(result, path, value);
		}
		return result;
	});
};

type Accumulator = (values: (Value | undefined)[]) => Value;
const accumulators: Readonly<Record<string, Accumulator>> = {
	$sum: total,
	$avg: average,
	$min: (values) => extreme(values, -1),
	$max: (values) => extreme(values, 1),
	$first: ([first]) => first ?? null,
	$last: (values) => values.at(-1) ?? null,
	$push: (values) => values.filter((value) => value !== undefined),
	$addToSet: (values) =>
		values.filter(
			(value, at): value is Value =>
				value !== undefined && values.findIndex((other) => equal(other, value)) === at,
		),
	$count: (values) => values.length,
};

const group: Stage = (documents, operand) => {
	const { _id, ...fields } = documentOf('$group', operand);
	if (_id === undefined) throw new CommandError('Location15952', 'a group specification must include an _id');
	const groups = new Map<string, { id: Value; documents: Document[] }>();
	for (const document of documents) {
		const id = evaluate(_id, document) ?? null;
		const known = groups.get(keyOf(id));
		if (known) known.documents.push(document);
		else groups.set(keyOf(id), { id, documents: [document] });
	}
	return [...groups.values()].map(({ id, documents: members }) => {
		const result: Document = { _id: id };
		for (const [field, specification] of Object.entries(fields)) {
			const [name, expression] = isDocument(specification) ? (Object.entries(specification)[0] ?? []) : [];
			if (!name || !Object.hasOwn(accumulators, name))
				throw new CommandError('InvalidPipelineOperator', `unknown group operator '${name ?? field}'`);
			result[field] = accumulators[name](members.map((document) => evaluate(expression!, document)));
		}
		return result;
	});
};

const unwind: Stage = (documents, operand) => {
	const options = isDocument(operand) ? operand : { path: operand };
	if (typeof options.path !== 'string' || !options.path.startsWith('$'))
		throw new CommandError(
			'Location28667',
			`path option to $unwind stage should be prefixed with a '$': ${String(options.path)}`,
		);
	const path = options.path.slice(1);
	return documents.flatMap((document) => {
		const value = valueAt(document, path);
		if (Array.isArray(value) && value.length > 0)
			return value.map((element) => {
				const result = structuredClone(document);
				setField(result, path, element);
				return result;
			});
		const empty = value === undefined || value === null || Array.isArray(value);
		return !empty || options.preserveNullAndEmptyArrays === true ? [document] : [];
	});
};

const lookup: Stage = (documents, operand, { collection }) => {
	const { from, localField, foreignField, as } = documentOf('$lookup', operand);
	const foreign = collection(String(from));
	return documents.map((document) => {
		const wanted = valuesAt(document, String(localField)).flat() as Value[];
		const found = foreign.filter((other) =>
			valuesAt(other, String(foreignField)).some((value) => wanted.some((one) => equal(one, value))),
		);
		const result = structuredClone(document);
		setField(result, String(as), structuredClone(found));
		return result;
	});
};

const stages: Readonly<Record<string, Stage>> = {
	$match: (documents, operand) => documents.filter(compileFilter(documentOf('$match', operand))),
	$project: (documents, operand) => documents.map(compileProjection(documentOf('$project', operand))),
	$addFields: addFields,
	$set: addFields,
	$unset: (documents, operand) =>
		documents.map((document) => {
			const result = structuredClone(document);
			for (const path of Array.isArray(operand) ? operand : [operand]) unsetField(result, String(path));
			return result;
		}),
	$group: group,
	$sort: (documents, operand) => sortDocuments(documents, documentOf('$sort', operand)),
	$limit: (documents, operand) => documents.slice(0, numberOf(operand)),
	$skip: (documents, operand) => documents.slice(numberOf(operand)),
	$count: (documents, operand) => (documents.length === 0 ? [] : [{ [String(operand)]: documents.length }]),
	$unwind: unwind,
	$lookup: lookup,
	$replaceRoot: (documents, operand) =>
		documents.map((document) => {
			const root = evaluate(documentOf('$replaceRoot', operand).newRoot, document);
			return isDocument(root) ? root : {};
		}),
	$sortByCount: (documents, operand, context) =>
		sortDocuments(group(documents, { _id: operand, count: { $sum: 1 } }, context), { count: -1 }),
	$sample: (documents, operand, { random }) => {
		const rest = [...documents];
		const size = Math.min(rest.length, numberOf(documentOf('$sample', operand).size) ?? 0);
		return Array.from({ length: size }, () => rest.splice(Math.floor(random() * rest.length), 1)[0]);
	},
};

/** Runs a pipeline on documents. */
export function aggregate(
	documents: readonly Document[],
	pipeline: readonly Value[],
	context: PipelineContext,
): Document[] {
	let result = [...documents];
	for (const stage of pipeline) {
		const entries = isDocument(stage) ? Object.entries(stage) : [];
		if (entries.length !== 1)
			throw new CommandError(
				'Location40324',
				'A pipeline stage specification object must contain exactly one field.',
			);
		const [name, operand] = entries[0];
		if (!Object.hasOwn(stages, name))
			throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
		result = stages[name](result, operand, context);
	}
	return result;
}
