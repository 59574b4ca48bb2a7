// Values worked on by their merge type: which fields one has, what differs between two, the merge of one into
// another, and one without some fields (github.com/kubernetes-sigs/structured-merge-diff, its documentation).
import { deepEqual } from '../api/deep-equal.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { type FieldSet, type Fields, has, member, node } from './field-set.ts';
import { isNamed, type MergeType, memberType, typeFor } from './merge-type.ts';

/** A value that does not fit its type; the message is the server's. */
export class TypedValueError extends Error {}

export interface Comparison {
	/** What is new or has another value. */
	changed: Fields;
	removed: Fields;
}

const same: Comparison = { changed: undefined, removed: undefined };

const isEmpty = (value: unknown): boolean => {
	if (value === undefined || value === null) return true;
	if (Array.isArray(value)) return value.length === 0;
	if (typeof value !== 'object') return false;
	for (const _ in value) return false;
	return true;
};

function compareLeaves(before: unknown, after: unknown): Comparison {
	if (before === undefined) return { changed: member, removed: undefined };
	if (after === undefined) return { changed: undefined, removed: member };
	return deepEqual(before, after) ? same : { changed: member, removed: undefined };
}

/** What differs between two values of a type; undefined stands for a value that is not there. */
export function compare(before: unknown, after: unknown, declared: MergeType): Comparison {
	if (before === after) return same;
	const type = typeFor(declared, before, after);
	if (type.kind === 'leaf' || (isEmpty(before) && isEmpty(after))) return compareLeaves(before, after);
	let changed: Record<string, FieldSet> | undefined;
	let removed: Record<string, FieldSet> | undefined;
	const note = (edge: string, found: Comparison) => {
		if (found.changed) {
			changed ??= {};
			changed[edge] = found.changed;
		}
		if (found.removed) {
			removed ??= {};
			removed[edge] = found.removed;
		}
	};
	if (type.kind === 'set' || type.kind === 'keyed') {
		const old = elementsOf(before, type);
		const now = elementsOf(after, type);
		for (const [edge, items] of now) note(edge, compareElements(old.get(edge), items, type));
		for (const [edge, items] of old) if (!now.has(edge)) note(edge, compareElements(items, undefined, type));
	} else {
		const old = (before ?? {}) as JsonObject;
		const now = (after ?? {}) as JsonObject;
		for (const name in now) {
			const inner = memberType(type, name);
			if (inner) note(`f:${name}`, compare(old[name], now[name], inner));
		}
		for (const name in old) {
			const inner = name in now ? undefined : memberType(type, name);
			if (inner) note(`f:${name}`, compare(old[name], undefined, inner));
		}
	}
	if (!changed && !removed && before !== undefined && after !== undefined) return same;
	return { changed: node(before === undefined, changed), removed: node(after === undefined, removed) };
}

type ListType = Extract<MergeType, { kind: 'set' | 'keyed' }>;

/** Elements by their edges; more than one where a list repeats what should be unique. */
function elementsOf(list: unknown, type: ListType): Map<string, unknown[]> {
	const elements = new Map<string, unknown[]>();
	for (const element of (list ?? []) as readonly unknown[]) {
		const edge = edgeOf(element, type);
		const others = elements.get(edge);
		if (others) others.push(element);
		else elements.set(edge, [element]);
	}
	return elements;
}

function edgeOf(element: unknown, type: ListType): string {
	if (type.kind === 'set') return `v:${JSON.stringify(element)}`;
	const keys: JsonObject = {};
	for (const key of type.keys) {
		const value = (isObject(element) ? element[key] : undefined) ?? type.defaults[key];
		if (value !== undefined) keys[key] = value;
	}
	return `k:${JSON.stringify(keys)}`;
}

function compareElements(
	before: readonly unknown[] | undefined,
	after: readonly unknown[] | undefined,
	type: ListType,
): Comparison {
	if ((before?.length ?? 0) > 1 || (after?.length ?? 0) > 1) return compareLeaves(before, after);
	return compare(before?.[0], after?.[0], type.kind === 'keyed' ? type.element : { kind: 'leaf' });
}

/** The fields that a value has. Throws TypedValueError where it does not fit its type. */
export function fieldsOf(value: unknown, declared: MergeType, itself = false, path = ''): Fields {
	const type = typeFor(declared, value);
	if (declared.kind !== 'leaf' && declared.kind !== 'deduced' && type.kind === 'leaf')
		throw new TypedValueError(`${path || '.'}: expected ${expected(declared)}, got &{${String(value)}}`);
	if (type.kind === 'leaf') return member;
	if (type.kind === 'struct' || type.kind === 'map' || type.kind === 'deduced') {
		const children: Record<string, FieldSet> = {};
		for (const [name, part] of Object.entries((value ?? {}) as JsonObject)) {
			const inner = memberType(type, name);
			if (!inner) throw new TypedValueError(`${path}.${name}: field not declared in schema`);
			const empty = part === null || (isObject(part) && isEmpty(part));
			const child = fieldsOf(part ?? undefined, inner, !isNamed(type) || empty, `${path}.${name}`);
			if (child) children[`f:${name}`] = child;
		}
		return node(itself, children);
	}
	const children: Record<string, FieldSet> = {};
	((value ?? []) as readonly unknown[]).forEach((element, index) => {
		if (type.kind === 'keyed') checkKeys(element, type, path, index);
		const edge = edgeOf(element, type);
		if (edge in children) throw new TypedValueError(`${path}: duplicate entries for key ${shownKey(edge)}`);
		const inner = type.kind === 'keyed' ? type.element : ({ kind: 'leaf' } as const);
		children[edge] = fieldsOf(element, inner, true, path + shownKey(edge)) as FieldSet;
	});
	return node(itself, children);
}

const expected = (type: MergeType) => (type.kind === 'set' || type.kind === 'keyed' ? 'list' : 'map');

function shownKey(edge: string): string {
	if (edge.startsWith('v:')) return `[=${edge.slice(2)}]`;
	const keys = Object.entries(JSON.parse(edge.slice(2)) as JsonObject);
	return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

function checkKeys(
	element: unknown,
	type: Extract<MergeType, { kind: 'keyed' }>,
	path: string,
	index: number,
): void {
	const at = `${path}: element ${index}: associative list with keys`;
	if (!isObject(element)) throw new TypedValueError(`${at} may not have non-map elements`);
	for (const key of type.keys)
		if ((element[key] ?? type.defaults[key]) === undefined)
			throw new TypedValueError(
				`${at} has an element that omits key field "${key}" (and doesn't have default value)`,
			);
}

/** `applied` laid over `live`: neither is changed. */
export function merge(live: unknown, applied: unknown, declared: MergeType): unknown {
	if (applied === undefined || applied === null) return live;
	if (live === undefined || live === null) return applied;
	const type = typeFor(declared, live, applied);
	if (type.kind === 'struct' || type.kind === 'map') {
		const merged: JsonObject = { ...(live as JsonObject) };
		for (const [name, part] of Object.entries(applied as JsonObject))
			merged[name] = merge(merged[name], part, memberType(type, name) ?? { kind: 'leaf' });
		return merged;
	}
	if (type.kind === 'set' || type.kind === 'keyed')
		return mergeLists(live as unknown[], applied as unknown[], type);
	return applied;
}

/** In the order of what is applied; what only the live list has stays before what followed it. */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], type: ListType): unknown[] {
	const left = live.map((element) => edgeOf(element, type));
	const right = applied.map((element) => edgeOf(element, type));
	const shared = new Set(right);
	const inner = type.kind === 'keyed' ? type.element : ({ kind: 'leaf' } as const);
	const merged: unknown[] = [];
	const placed = new Set<string>();
	let from = 0;
	for (let at = 0; at < right.length; at++) {
		while (from < left.length && (!shared.has(left[from]) || placed.has(left[from]))) {
			if (!placed.has(left[from])) merged.push(live[from]);
			from++;
		}
		merged.push(merge(live[left.indexOf(right[at])], applied[at], inner));
		placed.add(right[at]);
	}
	for (; from < left.length; from++) if (!shared.has(left[from])) merged.push(live[from]);
	return merged;
}

/** The value without the members of a set, each with all that it holds; undefined where nothing is left. */
export function without(value: unknown, fields: Fields, declared: MergeType): unknown {
	if (!fields || value === undefined || value === null) return value;
	const type = typeFor(declared, value);
	if (type.kind === 'struct' || type.kind === 'map') {
		const left: JsonObject = {};
		for (const [name, part] of Object.entries(value as JsonObject)) {
			const found = fields[`f:${name}`] as Fields;
			if (has(found)) continue;
			const kept = found ? without(part, found, memberType(type, name) ?? { kind: 'leaf' }) : part;
			if (kept !== undefined) left[name] = kept;
		}
		return isEmpty(left) ? undefined : left;
	}
	if (type.kind === 'set' || type.kind === 'keyed') {
		const inner = type.kind === 'keyed' ? type.element : ({ kind: 'leaf' } as const);
		const left = (value as readonly unknown[]).flatMap((element) => {
			const found = fields[edgeOf(element, type)] as Fields;
			if (has(found)) return [];
			const kept = found ? without(element, found, inner) : element;
			return kept === undefined ? [] : [kept];
		});
		return left.length > 0 ? left : undefined;
	}
	return value;
}
