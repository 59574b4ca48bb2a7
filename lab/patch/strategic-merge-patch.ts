// Strategic merge patch: a merge patch that knows which lists are sets and which maps, by the schema
// (https://github.com/kubernetes/community, contributors/devel/sig-api-machinery/strategic-merge-patch.md).
import { isObject, type JsonObject } from '../json-object.ts';
import type { Field, Shape, StructType } from '../schema/facts.ts';

/** A patch that does not fit the type, or misuses a directive. */
export class StrategicMergeError extends Error {}

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/** Gives a new object; throws StrategicMergeError. */
export function applyStrategicMergePatch(
	object: JsonObject,
	patch: JsonObject,
	type: StructType,
): JsonObject {
	return mergeObject(object, patch, type);
}

/** `type` undefined where the schema knows nothing more: maps of strings, raw values. */
function mergeObject(object: JsonObject, patch: JsonObject, type: StructType | undefined): JsonObject {
	const directive = patch.$patch;
	if (directive === 'replace') return withoutDirectives(patch);
	if (directive === 'delete') return {};
	if (directive !== undefined && directive !== 'merge')
		throw new StrategicMergeError(`Unknown patch type found: ${JSON.stringify(directive)}`);
	const result: JsonObject = { ...object };
	const retained = patch.$retainKeys;
	if (retained !== undefined) {
		if (!Array.isArray(retained)) throw new StrategicMergeError('invalid patch format of retainKeys');
		for (const key of Object.keys(patch))
			if (!key.startsWith('$') && patch[key] !== null && !retained.includes(key))
				throw new StrategicMergeError('$retainKeys directive should not have less keys than the patch has');
		for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
	}
	for (const key of keysOf(patch)) mergeKey(result, patch, key, type?.fields.get(key));
	return result;
}

/** The fields that a patch speaks of, by a value or by a directive for a list. */
function keysOf(patch: JsonObject): Set<string> {
	const keys = new Set<string>();
	for (const key of Object.keys(patch)) {
		if (key.startsWith(orderPrefix)) keys.add(key.slice(orderPrefix.length));
		else if (key.startsWith(deletePrefix)) keys.add(key.slice(deletePrefix.length));
		else if (key !== '$patch' && key !== '$retainKeys') keys.add(key);
	}
	return keys;
}

function mergeKey(result: JsonObject, patch: JsonObject, key: string, field: Field | undefined): void {
	const value = patch[key];
	if (value === null) {
		delete result[key];
		return;
	}
	const order = listDirective(patch, orderPrefix + key);
	const removed = listDirective(patch, deletePrefix + key);
	const present = result[key];
	if (Array.isArray(value) || (value === undefined && (order || removed))) {
		const list = (value ?? []) as unknown[];
		const merged = mergeList(Array.isArray(present) ? present : [], list, field, order, removed);
		if (merged.length > 0 || present !== undefined || list.length > 0) result[key] = merged;
	} else if (isObject(value)) {
		const struct = field?.shape.kind === 'struct' ? field.shape.type : undefined;
		const replaced = field?.fact.patchStrategy === 'replace';
		result[key] = replaced
			? withoutDirectives(value)
			: mergeObject(isObject(present) ? present : {}, value, struct);
	} else if (value !== undefined) result[key] = value;
}

function listDirective(patch: JsonObject, name: string): unknown[] | undefined {
	const value = patch[name];
	if (value === undefined) return undefined;
	if (!Array.isArray(value)) throw new StrategicMergeError(`${name} directive should be a list`);
	return value;
}

const strategies = (field: Field | undefined) => (field?.fact.patchStrategy ?? '').split(',');

function mergeList(
	present: readonly unknown[],
	patch: readonly unknown[],
	field: Field | undefined,
	order: readonly unknown[] | undefined,
	removed: readonly unknown[] | undefined,
): unknown[] {
	const element = field?.shape.kind === 'array' ? field.shape.element : undefined;
	if (!strategies(field).includes('merge')) {
		if (patch.length === 0 && (order || removed)) return [...present];
		return patch.map((item) => (isObject(item) ? withoutDirectives(item) : item));
	}
	const key = field?.fact.patchMergeKey;
	if (!key) return mergeSet(present, patch, order, removed);
	return mergeByKey(present, patch, key, element, order);
}

/** A list of plain values without repetition. */
function mergeSet(
	present: readonly unknown[],
	patch: readonly unknown[],
	order: readonly unknown[] | undefined,
	removed: readonly unknown[] | undefined,
): unknown[] {
	const kept = present.filter((item) => !removed?.includes(item));
	const all = [...new Set([...kept, ...patch])];
	return ordered(all, kept, order ?? patch, (item) => item);
}

function mergeByKey(
	present: readonly unknown[],
	patch: readonly unknown[],
	key: string,
	element: Shape | undefined,
	order: readonly unknown[] | undefined,
): unknown[] {
	const struct = element?.kind === 'struct' ? element.type : undefined;
	const identity = (item: unknown) => {
		const found = isObject(item) ? item[key] : undefined;
		if (found === undefined)
			throw new StrategicMergeError(`map: ${goFormat(item)} does not contain declared merge key: ${key}`);
		return found;
	};
	const items: JsonObject[] = [];
	for (const item of patch) {
		if (!isObject(item))
			throw new StrategicMergeError(`map: ${goFormat(item)} does not contain declared merge key: ${key}`);
		items.push(item);
	}
	// One element that says replace speaks for the whole list.
	if (items.some((item) => item.$patch === 'replace'))
		return items.filter((item) => item.$patch !== 'replace').map(withoutDirectives);
	let merged: unknown[] = [...present];
	for (const item of items) {
		const wanted = identity(item);
		const at = merged.findIndex((each) => isObject(each) && each[key] === wanted);
		if (item.$patch === 'delete') merged = merged.filter((each) => !isObject(each) || each[key] !== wanted);
		else if (at >= 0) merged[at] = mergeObject(merged[at] as JsonObject, item, struct);
		else merged.push(mergeObject({}, item, struct));
	}
	const patched = items.filter((item) => item.$patch !== 'delete');
	return ordered(merged, present, order ?? patched, identity);
}

/**
 * What the order names comes in that order, the rest in the order that it had; where an element of each could
 * come next, the one that was first before does, and one that was not there before the others.
 */
function ordered(
	items: readonly unknown[],
	before: readonly unknown[],
	order: readonly unknown[],
	identity: (item: unknown) => unknown,
): unknown[] {
	const named = order.map(identity);
	const had = before.map(identity);
	const rank = (item: unknown) => named.indexOf(identity(item));
	const left = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
	const right = items.filter((item) => rank(item) < 0);
	const result: unknown[] = [];
	while (left.length > 0 && right.length > 0) {
		const leftPlace = had.indexOf(identity(left[0]));
		const rightPlace = had.indexOf(identity(right[0]));
		const rightFirst = leftPlace >= 0 && rightPlace >= 0 && rightPlace < leftPlace;
		result.push((rightFirst ? right : left).shift());
	}
	return [...result, ...left, ...right];
}

/** A value of a patch where there is nothing to merge it with. */
function withoutDirectives(value: JsonObject): JsonObject {
	const result: JsonObject = {};
	for (const [key, part] of Object.entries(value)) {
		if (part === null || key === '$patch' || key === '$retainKeys') continue;
		if (key.startsWith(orderPrefix) || key.startsWith(deletePrefix)) continue;
		if (isObject(part)) result[key] = withoutDirectives(part);
		else if (Array.isArray(part))
			result[key] = part
				.filter((item) => !(isObject(item) && item.$patch === 'delete'))
				.map((item) => (isObject(item) ? withoutDirectives(item) : item));
		else result[key] = part;
	}
	return result;
}

/** A value as Go's %+v prints it, which the server's messages show: `map[a:1 b:[x y]]`. */
export function goFormat(value: unknown): string {
	if (value === null || value === undefined) return '<nil>';
	if (Array.isArray(value)) return `[${value.map(goFormat).join(' ')}]`;
	if (!isObject(value)) return String(value);
	const pairs = Object.keys(value)
		.sort()
		.map((key) => `${key}:${goFormat(value[key])}`);
	return `map[${pairs.join(' ')}]`;
}
