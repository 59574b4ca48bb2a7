// Update operators (MongoDB manual, Update Operators): what a changed document looks like.
import { CommandError } from './errors.ts';
import { fieldAt, setField, unsetField } from './paths.ts';
import { compileFilter } from './query.ts';
import { sortDocuments } from './shape.ts';
import {
	compare,
	type Document,
	dateOf,
	equal,
	isDocument,
	numberOf,
	show,
	typeName,
	type Value,
} from './values.ts';

export interface UpdateContext {
	/** Milliseconds since 1970, for $currentDate. */
	now: number;
	/** Whether the document is new, for $setOnInsert. */
	inserting: boolean;
}

type Operator = (document: Document, path: string, operand: Value, context: UpdateContext) => void;

function arithmetic(
	name: string,
	combine: (a: number, b: number) => number,
	missing: (by: number) => number,
): Operator {
	return (document, path, operand) => {
		const by = numberOf(operand);
		if (by === undefined)
			throw new CommandError(
				'TypeMismatch',
				`Cannot ${name === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${show(operand)}}`,
			);
		const old = fieldAt(document, path);
		const number = numberOf(old);
		if (old !== undefined && number === undefined)
			throw new CommandError(
				'TypeMismatch',
				`Cannot apply ${name} to a value of non-numeric type. {_id: ${show(document._id)}} has the field '${path.split('.').at(-1)}' of non-numeric type ${typeName(old)}`,
			);
		const result = number === undefined ? missing(by) : combine(number, by);
		const long = typeName(old) === 'long' || typeName(operand) === 'long';
		setField(document, path, long ? { $numberLong: String(result) } : result);
	};
}

const keepExtreme =
	(direction: 1 | -1): Operator =>
	(document, path, operand) => {
		const old = fieldAt(document, path);
		if (old === undefined || compare(operand, old) * direction > 0) setField(document, path, operand);
	};

/** The array of a path that $push and its like work on; undefined where there is none yet. */
function arrayAt(document: Document, path: string): Value[] | undefined {
	const old = fieldAt(document, path);
	if (old === undefined || Array.isArray(old)) return old;
	throw new CommandError(
		'BadValue',
		`The field '${path}' must be an array but is of type ${typeName(old)} in document {_id: ${show(document._id)}}`,
	);
}

const push: Operator = (document, path, operand) => {
	const list = [...(arrayAt(document, path) ?? [])];
	const modifiers = isDocument(operand) && Array.isArray(operand.$each) ? operand : { $each: [operand] };
	const added = modifiers.$each as Value[];
	const position = numberOf(modifiers.$position);
	list.splice(position ?? list.length, 0, ...added);
	let result = list;
	if (isDocument(modifiers.$sort)) result = sortDocuments(result as Document[], modifiers.$sort);
	const direction = numberOf(modifiers.$sort);
	if (direction !== undefined) result = result.sort((a, b) => compare(a, b) * direction);
	const slice = numberOf(modifiers.$slice);
	if (slice !== undefined) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
	setField(document, path, result);
};

const operators: Readonly<Record<string, Operator>> = {
	$set: (document, path, operand) => setField(document, path, operand),
	$setOnInsert(document, path, operand, { inserting }) {
		if (inserting) setField(document, path, operand);
	},
	$unset: (document, path) => unsetField(document, path),
	$inc: arithmetic(
		'$inc',
		(a, b) => a + b,
		(by) => by,
	),
	$mul: arithmetic(
		'$mul',
		(a, b) => a * b,
		() => 0,
	),
	$min: keepExtreme(-1),
	$max: keepExtreme(1),
	$rename(document, path, operand) {
		const value = fieldAt(document, path);
		if (value === undefined) return;
		unsetField(document, path);
		setField(document, String(operand), value);
	},
	$currentDate: (document, path, _, { now }) => setField(document, path, dateOf(now)),
	$push: push,
	$addToSet(document, path, operand) {
		const list = [...(arrayAt(document, path) ?? [])];
		const added = isDocument(operand) && Array.isArray(operand.$each) ? operand.$each : [operand];
		for (const value of added) if (!list.some((known) => equal(known, value))) list.push(value);
		setField(document, path, list);
	},
	$pop(document, path, operand) {
		const list = arrayAt(document, path);
		if (list) setField(document, path, numberOf(operand) === -1 ? list.slice(1) : list.slice(0, -1));
	},
	$pull(document, path, operand) {
		const list = arrayAt(document, path);
		if (!list) return;
		const isCondition = isDocument(operand) && Object.keys(operand).some((key) => key.startsWith('$'));
		const test = isCondition ? compileFilter({ value: operand }) : undefined;
		const filter = isDocument(operand) && !isCondition ? compileFilter(operand) : undefined;
		const matches = (value: Value) =>
			test ? test({ value }) : filter ? isDocument(value) && filter(value) : equal(value, operand);
		setField(
			document,
			path,
			list.filter((value) => !matches(value)),
		);
	},
	$pullAll(document, path, operand) {
		const list = arrayAt(document, path);
		if (!list || !Array.isArray(operand)) return;
		setField(
			document,
			path,
			list.filter((value) => !operand.some((other) => equal(other, value))),
		);
	},
};

/** Whether an update is a whole new document rather than operators. */
export const isReplacement = (update: Document): boolean => !Object.keys(update)[0]?.startsWith('$');

/** The document after an update by operators or by replacement; the one given stays as it is. */
export function updated(document: Document, update: Document, context: UpdateContext): Document {
	if (isReplacement(update)) {
		const { _id, ...fields } = update;
		const kept = document._id ?? _id;
		if (_id !== undefined && !equal(_id, kept)) throw immutableId();
		return kept === undefined ? { ...fields } : { _id: kept, ...fields };
	}
	const result = structuredClone(document);
	const touched = new Set<string>();
	for (const [name, changes] of Object.entries(update)) {
		if (!Object.hasOwn(operators, name))
			throw new CommandError(
				'FailedToParse',
				`Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
			);
		if (!isDocument(changes))
			throw new CommandError(
				'FailedToParse',
				`Modifiers operate on fields but we found type ${typeName(changes)} instead. For example: {$mod: {<field>: ...}} not {${name}: ${show(changes)}}`,
			);
		for (const [path, operand] of Object.entries(changes)) {
			if (touched.has(path))
				throw new CommandError(
					'ConflictingUpdateOperators',
					`Updating the path '${path}' would create a conflict at '${path}'`,
				);
			touched.add(path);
			operators[name](result, path, operand, context);
		}
	}
	if (document._id !== undefined && !equal(result._id, document._id)) throw immutableId();
	return result;
}

function immutableId(): CommandError {
	return new CommandError(
		'ImmutableField',
		"Performing an update on the path '_id' would modify the immutable field '_id'",
	);
}

/** What an upsert starts from: the fields that the filter wants equal to something. */
export function fieldsOf(filter: Document): Document {
	const document: Document = {};
	for (const [name, condition] of Object.entries(filter)) {
		if (name === '$and' && Array.isArray(condition)) {
			for (const part of condition) if (isDocument(part)) Object.assign(document, fieldsOf(part));
		} else if (!name.startsWith('$')) {
			const isOperator = isDocument(condition) && Object.keys(condition).some((key) => key.startsWith('$'));
			if (!isOperator) setField(document, name, condition);
			else if ((condition as Document).$eq !== undefined)
				setField(document, name, (condition as Document).$eq);
		}
	}
	return document;
}
