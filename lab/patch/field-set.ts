// Sets of fields as Kubernetes writes them (FieldsV1): a tree whose edges are `f:name`, `k:{"key":…}` and
// `v:value`. A node without children is a member of the set; one with children only where it has `.`.
// Nodes are frozen and shared, so that objects that are alike share their sets.
import { isObject } from '../json-object.ts';
import { elementType, type MergeType, memberType } from './merge-type.ts';

export interface FieldSet {
	readonly [edge: string]: FieldSet;
}

/** A member without children. */
export const member: FieldSet = Object.freeze({});

const isMember = (node: FieldSet): boolean => {
	for (const _ in node) return '.' in node;
	return true;
};

/** A node; undefined where it would hold nothing. */
export function node(itself: boolean, children: Record<string, FieldSet> | undefined): FieldSet | undefined {
	if (!children) return itself ? member : undefined;
	for (const _ in children) return itself ? { '.': member, ...children } : children;
	return itself ? member : undefined;
}

/** Sets are undefined where they are empty. */
export type Fields = FieldSet | undefined;

export function union(a: Fields, b: Fields): Fields {
	if (!a || a === b) return b;
	if (!b) return a;
	const children: Record<string, FieldSet> = {};
	for (const edge in a) if (edge !== '.') children[edge] = union(a[edge], b[edge]) as FieldSet;
	for (const edge in b) if (edge !== '.' && !(edge in children)) children[edge] = b[edge];
	return node(isMember(a) || isMember(b), children);
}

/** The members of `a` that are none of `b`. */
export function difference(a: Fields, b: Fields): Fields {
	if (!a || !b) return a;
	return combined(a, b, isMember(a) && !isMember(b), difference);
}

/** Without the members of `b` and all that lies below them. */
export function recursiveDifference(a: Fields, b: Fields): Fields {
	if (!a || !b) return a;
	return isMember(b) ? undefined : combined(a, b, isMember(a), recursiveDifference);
}

export function intersection(a: Fields, b: Fields): Fields {
	if (!a || !b) return undefined;
	return combined(a, b, isMember(a) && isMember(b), intersection);
}

/** `a` itself where nothing of it is changed. */
function combined(
	a: FieldSet,
	b: FieldSet,
	itself: boolean,
	combine: (a: Fields, b: Fields) => Fields,
): Fields {
	const children: Record<string, FieldSet> = {};
	let same = itself === isMember(a);
	for (const edge in a) {
		if (edge === '.') continue;
		const child = combine(a[edge], b[edge]);
		if (child) children[edge] = child;
		if (child !== a[edge]) same = false;
	}
	return same ? a : node(itself, children);
}

/** With every field of a struct on the way to a member a member too. */
export function withNamedFields(fields: Fields, type: MergeType, itself = false): Fields {
	if (!fields) return undefined;
	const children: Record<string, FieldSet> = {};
	for (const edge in fields) {
		if (edge === '.') continue;
		const isField = edge.startsWith('f:');
		const inner = (isField ? memberType(type, edge.slice(2)) : elementType(type)) ?? { kind: 'leaf' };
		const child = withNamedFields(fields[edge], inner, isField && type.kind === 'struct');
		if (child) children[edge] = child;
	}
	return node(itself || isMember(fields), children);
}

/** Whether a node says that it is itself in the set. */
export const has = (fields: Fields): boolean => fields !== undefined && isMember(fields);

/** The members as paths in the server's words: `.spec.containers[name="web"].image`. */
export function pathsOf(fields: Fields, prefix = ''): string[] {
	if (!fields) return [];
	const paths = prefix && isMember(fields) ? [prefix] : [];
	for (const edge of Object.keys(fields).sort())
		if (edge !== '.') paths.push(...pathsOf(fields[edge], prefix + shownEdge(edge)));
	return paths;
}

function shownEdge(edge: string): string {
	const rest = edge.slice(2);
	if (edge.startsWith('f:')) return `.${rest}`;
	if (!edge.startsWith('k:')) return edge.startsWith('v:') ? `[=${rest}]` : `[${rest}]`;
	const keys = JSON.parse(rest) as Record<string, unknown>;
	return `[${Object.entries(keys)
		.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
		.join(',')}]`;
}

const canonicals = new Map<string, FieldSet>();
const mostCanonicals = 2000;

/** The set in the order in which it is shown; equal sets are the same object. */
export function canonical(fields: FieldSet): FieldSet {
	const text = JSON.stringify(fields);
	let known = canonicals.get(text);
	if (!known) {
		if (canonicals.size >= mostCanonicals) canonicals.clear();
		const sorted = frozen(fields);
		const sortedText = JSON.stringify(sorted);
		known = canonicals.get(sortedText) ?? sorted;
		canonicals.set(sortedText, known);
		canonicals.set(text, known);
	}
	return known;
}

function frozen(fields: FieldSet): FieldSet {
	const edges = Object.keys(fields);
	if (edges.length === 0) return member;
	return Object.freeze(Object.fromEntries(edges.sort().map((edge) => [edge, frozen(fields[edge])])));
}

/** A set that a client sent; undefined where it is none. */
export function readFieldSet(value: unknown): FieldSet | undefined {
	if (!isObject(value)) return undefined;
	const read: Record<string, FieldSet> = {};
	for (const [edge, part] of Object.entries(value)) {
		if (edge !== '.' && !isEdge(edge)) return undefined;
		const child = readFieldSet(part);
		if (!child) return undefined;
		read[edge] = child;
	}
	return read;
}

function isEdge(edge: string): boolean {
	const rest = edge.slice(2);
	if (edge.startsWith('f:')) return true;
	if (edge.startsWith('i:')) return /^\d+$/.test(rest);
	if (!edge.startsWith('k:') && !edge.startsWith('v:')) return false;
	try {
		const value: unknown = JSON.parse(rest);
		return edge.startsWith('v:') || isObject(value);
	} catch {
		return false;
	}
}
