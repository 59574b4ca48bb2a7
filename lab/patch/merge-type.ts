// What server-side apply must know of a type: what is merged field by field, and what is owned as one
// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
import { isObject } from '../json-object.ts';
import type { Field, FieldFact, Shape, StructType } from '../schema/facts.ts';

export type MergeType =
	/** A plain value, or something that is replaced and owned as a whole. */
	| { readonly kind: 'leaf' }
	| { readonly kind: 'struct'; field(name: string): MergeType | undefined }
	| { readonly kind: 'map'; readonly element: MergeType }
	| { readonly kind: 'set' }
	/** A list whose elements are told apart by some of their fields. */
	| {
			readonly kind: 'keyed';
			readonly keys: readonly string[];
			/** What a key that is left out is taken to be. */
			readonly defaults: Readonly<Record<string, unknown>>;
			readonly element: MergeType;
	  }
	/** Nothing is known of it: objects are maps, all else is a leaf. */
	| { readonly kind: 'deduced' };

export const leaf: MergeType = { kind: 'leaf' };
export const deduced: MergeType = { kind: 'deduced' };
export const set: MergeType = { kind: 'set' };

/** The one key of Kubernetes' lists that may be left out: a port's protocol. */
const keyDefaults = { protocol: 'TCP' };

const structs = new WeakMap<StructType, MergeType>();

/** The merge type of a Kubernetes struct. */
export function mergeTypeOf(struct: StructType): MergeType {
	let type = structs.get(struct);
	if (!type) {
		type = structMerge(struct);
		structs.set(struct, type);
	}
	return type;
}

function structMerge(struct: StructType): MergeType {
	if (struct.fact.mapType === 'atomic') return leaf;
	const fields = new Map<string, MergeType>();
	return {
		kind: 'struct',
		field(name) {
			let type = fields.get(name);
			const field = struct.fields.get(name);
			if (type || !field) return type;
			type = fieldMerge(field);
			fields.set(name, type);
			return type;
		},
	};
}

function fieldMerge({ shape, fact }: Field): MergeType {
	const { mapType, listType, listMapKeys = [] } = fact as FieldFact & { mapType?: string };
	if (shape.kind === 'array') {
		if (listType === 'set') return set;
		if (listType !== 'map') return leaf;
		return { kind: 'keyed', keys: listMapKeys, defaults: keyDefaults, element: shapeMerge(shape.element) };
	}
	if (mapType === 'atomic') return leaf;
	// A reference may be granular where it stands although its type is not.
	if (mapType === 'granular' && shape.kind === 'struct') return granular(shape.type);
	return shapeMerge(shape);
}

const granular = (struct: StructType): MergeType =>
	structMerge({ ...struct, fact: { ...struct.fact, mapType: 'granular' } });

function shapeMerge(shape: Shape): MergeType {
	if (shape.kind === 'struct') return mergeTypeOf(shape.type);
	if (shape.kind === 'map') return { kind: 'map', element: shapeMerge(shape.element) };
	return shape.kind === 'raw' ? deduced : leaf;
}

/** The type with which a value is worked on: what does not have the form of its type is a leaf. */
export function typeFor(type: MergeType, ...values: readonly unknown[]): MergeType {
	const given = values.filter((value) => value !== undefined && value !== null);
	switch (type.kind) {
		case 'deduced':
			return given.length > 0 && given.every(isObject) ? { kind: 'map', element: deduced } : leaf;
		case 'struct':
		case 'map':
			return given.every(isObject) ? type : leaf;
		case 'set':
		case 'keyed':
			return given.every(Array.isArray) ? type : leaf;
		default:
			return type;
	}
}

/** Whether a field of an object has a name that the type declares, rather than a map's key. */
export const isNamed = (type: MergeType) => type.kind === 'struct';

/** What a field of an object is: undefined where a struct does not have it. */
export function memberType(type: MergeType, name: string): MergeType | undefined {
	if (type.kind === 'struct') return type.field(name);
	return type.kind === 'map' ? type.element : undefined;
}

export const elementType = (type: MergeType) => (type.kind === 'keyed' ? type.element : leaf);
