// Dotted paths into documents, as queries and updates name fields.
import { CommandError } from './errors.ts';
import { type Document, isDocument, type Value } from './values.ts';

/**
 * Every value that a path leads to: through arrays it goes into each element. Where the last step is an array,
 * that array itself is what is found.
 */
export function valuesAt(document: Value | undefined, path: string): (Value | undefined)[] {
	const dot = path.indexOf('.');
	const name = dot < 0 ? path : path.slice(0, dot);
	const rest = dot < 0 ? undefined : path.slice(dot + 1);
	if (Array.isArray(document)) {
		const found = document.filter(isDocument).flatMap((element) => valuesAt(element, path));
		if (/^\d+$/.test(name) && Number(name) < document.length) {
			const element = document[Number(name)];
			found.push(...(rest === undefined ? [element] : valuesAt(element, rest)));
		}
		return found.length > 0 ? found : [undefined];
	}
	if (!isDocument(document) || !Object.hasOwn(document, name)) return [undefined];
	return rest === undefined ? [document[name]] : valuesAt(document[name], rest);
}

/** The value at a path as an expression reads it: arrays give the array of what their elements have. */
export function valueAt(document: Value | undefined, path: string): Value | undefined {
	let value: Value | undefined = document;
	const names = path.split('.');
	for (let at = 0; at < names.length; at++) {
		if (Array.isArray(value)) {
			const rest = names.slice(at).join('.');
			return value.map((element) => valueAt(element, rest)).filter((found) => found !== undefined);
		}
		if (!isDocument(value) || !Object.hasOwn(value, names[at])) return undefined;
		value = value[names[at]];
	}
	return value;
}

/** A name that an object of JavaScript must not get by assignment. */
function assertFieldName(name: string): void {
	if (name === '') throw new CommandError('BadValue', 'An empty update path is not valid.');
	if (name === '__proto__') throw new CommandError('BadValue', `The field name '${name}' is not supported.`);
}

/** The document or array that holds the last name of a path, made where it is missing. */
function holderOf(
	document: Document,
	path: string,
	create: boolean,
): [Document | Value[], string] | undefined {
	const names = path.split('.');
	let holder: Document | Value[] = document;
	for (const [at, name] of names.entries()) {
		assertFieldName(name);
		if (at === names.length - 1) return [holder, name];
		const next: Value | undefined = Array.isArray(holder)
			? holder[Number(name)]
			: Object.hasOwn(holder, name)
				? holder[name]
				: undefined;
		if (isDocument(next) || Array.isArray(next)) holder = next;
		else if (!create) return undefined;
		else if (next !== undefined)
			throw new CommandError(
				'PathNotViable',
				`Cannot create field '${names[at + 1]}' in element {${name}: ${JSON.stringify(next)}}`,
			);
		else {
			const made: Document = {};
			put(holder, name, made);
			holder = made;
		}
	}
	return undefined;
}

/** The most elements that a position beyond the end of an array may add (MongoDB's own limit). */
const mostPadding = 1_500_000;

function put(holder: Document | Value[], name: string, value: Value): void {
	if (!Array.isArray(holder)) {
		holder[name] = value;
		return;
	}
	const index = Number(name);
	if (!/^\d+$/.test(name) || index > holder.length + mostPadding)
		throw new CommandError('PathNotViable', `Cannot create field '${name}' in an array`);
	while (holder.length < index) holder.push(null);
	holder[index] = value;
}

/** The value that an update sees at a path: no going into the elements of arrays. */
export function fieldAt(document: Document, path: string): Value | undefined {
	const found = holderOf(document, path, false);
	if (!found) return undefined;
	const [holder, name] = found;
	if (Array.isArray(holder)) return holder[Number(name)];
	return Object.hasOwn(holder, name) ? holder[name] : undefined;
}

export function setField(document: Document, path: string, value: Value): void {
	const [holder, name] = holderOf(document, path, true)!;
	put(holder, name, value);
}

export function unsetField(document: Document, path: string): void {
	const found = holderOf(document, path, false);
	if (!found) return;
	const [holder, name] = found;
	if (!Array.isArray(holder)) delete holder[name];
	else if (Number(name) < holder.length) holder[Number(name)] = null;
}
