// Order and projection: in which order documents come, and which of their fields.
import { CommandError } from './errors.ts';
import { evaluate, isTrue } from './expressions.ts';
import { setField, unsetField, valuesAt } from './paths.ts';
import { compare, type Document, isDocument, numberOf, type Value } from './values.ts';

/** Sorts by fields and directions (1 or -1); equal documents keep their order. */
export function sortDocuments(documents: readonly Document[], by: Document): Document[] {
	const fields = Object.entries(by).map(([path, direction]) => {
		const number = numberOf(direction);
		if (number !== 1 && number !== -1)
			throw new CommandError(
				'BadValue',
				'$sort key ordering must be 1 (for ascending) or -1 (for descending)',
			);
		return { path, direction: number };
	});
	// An array sorts by its least element upwards, by its greatest downwards.
	const keyFor = (document: Document, path: string, direction: number) =>
		valuesAt(document, path)
			.flatMap((value) => (Array.isArray(value) && value.length > 0 ? value : [value]))
			.reduce((best, value) => (compare(value, best) * direction < 0 ? value : best));
	return documents
		.map((document) => ({
			document,
			keys: fields.map(({ path, direction }) => keyFor(document, path, direction)),
		}))
		.sort((a, b) => {
			for (const [at, { direction }] of fields.entries()) {
				const result = compare(a.keys[at], b.keys[at]) * direction;
				if (result !== 0) return result;
			}
			return 0;
		})
		.map(({ document }) => document);
}

/** Compiles a projection: fields to include or to leave out, and computed ones. */
export function compileProjection(projection: Document): (document: Document) => Document {
	const entries = Object.entries(projection);
	if (entries.length === 0) return (document) => document;
	const isFlag = (value: Value) => typeof value === 'boolean' || numberOf(value) !== undefined;
	const flags = entries.filter(([name, value]) => isFlag(value) && name !== '_id');
	const computed = entries.filter(([, value]) => !isFlag(value));
	const including = flags.some(([, value]) => isTrue(value));
	const excluded = flags.find(([, value]) => !isTrue(value));
	if (including && excluded)
		throw new CommandError(
			'FailedToParse',
			`Invalid projection :: caused by :: Cannot do exclusion on field ${excluded[0]} in inclusion projection`,
		);
	const id = projection._id;
	const onlyId = flags.length === 0 && computed.length === 0;
	const wanted = including || computed.length > 0 || (onlyId && isTrue(id));
	if (!wanted) {
		const paths = entries.filter(([, value]) => !isTrue(value)).map(([name]) => name);
		return (document) => {
			const result = structuredClone(document);
			for (const path of paths) unsetField(result, path);
			return result;
		};
	}
	return (document) => {
		const result: Document = {};
		if (id === undefined || isTrue(id)) if (document._id !== undefined) result._id = document._id;
		for (const [path, value] of flags) if (isTrue(value)) include(document, path.split('.'), result);
		for (const [path, expression] of computed) {
			const value = evaluate(expression, document);
			if (value !== undefined) setField(result, path, value);
		}
		return result;
	};
}

/** Copies what a path names from one document into another, through arrays as well. */
function include(from: Document, [name, ...rest]: string[], into: Document): void {
	if (!Object.hasOwn(from, name)) return;
	const value = from[name];
	if (rest.length === 0) into[name] = value;
	else if (isDocument(value)) {
		const part = isDocument(into[name]) ? (into[name] as Document) : {};
		include(value, rest, part);
		into[name] = part;
	} else if (Array.isArray(value)) {
		const parts = Array.isArray(into[name]) ? (into[name] as Document[]) : [];
		into[name] = value.filter(isDocument).map((element, at) => {
			const part = parts[at] ?? {};
			include(element, rest, part);
			return part;
		});
	}
}
