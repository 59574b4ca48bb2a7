// The Kubernetes types as data: fields, patch strategies and protobuf tags from the published OpenAPI documents
// (types.json; metrics-types.json for the API of the metrics server), and how the server's Go structs write them (encoding.json), compiled on first use.
import encodingFacts from './encoding.json' with { type: 'json' };
import metricsFacts from './metrics-types.json' with { type: 'json' };
import typeFacts from './types.json' with { type: 'json' };

export interface FieldFact {
	type?: string;
	format?: string;
	ref?: string;
	array?: FieldFact;
	map?: FieldFact;
	patchStrategy?: string;
	patchMergeKey?: string;
	listType?: string;
	listMapKeys?: string[];
	pb?: number;
}

export interface TypeFact {
	type?: FieldFact;
	required?: string[];
	gvk?: { group: string; version: string; kind: string };
	mapType?: string;
	fields?: Record<string, FieldFact>;
	pbOnly?: Record<string, { pb: number; type: string; repeated?: boolean }>;
}

interface EncodingFact {
	pointers?: string[];
	always?: string[];
	types?: Record<string, string>;
}

/** By OpenAPI definition name. */
export const types = { ...typeFacts, ...metricsFacts } as unknown as Readonly<Record<string, TypeFact>>;
const encodings = encodingFacts as unknown as Readonly<Record<string, EncodingFact>>;

/** What a value is, as the server's Go code would hold it. */
export type Shape =
	| { kind: 'string' | 'bytes' | 'boolean' | 'double'; go: string }
	| { kind: 'integer'; go: string; bits: 32 | 64 }
	| { kind: 'time' | 'microtime' | 'quantity' | 'intOrString' | 'raw'; go: string }
	| { kind: 'array' | 'map'; go: string; element: Shape }
	| { kind: 'struct'; go: string; type: StructType };

export interface Field {
	readonly name: string;
	readonly shape: Shape;
	/** In Go a pointer: written whenever it is set, even to a zero value. */
	readonly pointer: boolean;
	/** Written even where it is empty. */
	readonly always: boolean;
	readonly fact: FieldFact;
}

export interface StructType {
	/** OpenAPI definition name. */
	readonly name: string;
	/** The Go struct's name without its package, as JSON errors give it. */
	readonly goName: string;
	readonly fields: ReadonlyMap<string, Field>;
	readonly always: readonly Field[];
	readonly fact: TypeFact;
}

const special: Readonly<Record<string, Shape>> = {
	Time: { kind: 'time', go: 'v1.Time' },
	MicroTime: { kind: 'microtime', go: 'v1.MicroTime' },
	Quantity: { kind: 'quantity', go: 'resource.Quantity' },
	IntOrString: { kind: 'intOrString', go: 'intstr.IntOrString' },
};

function shapeOf(fact: FieldFact, goName?: string): Shape {
	if (fact.ref) {
		const last = fact.ref.slice(fact.ref.lastIndexOf('.') + 1);
		if (special[last]) return special[last];
		if (!types[fact.ref]?.fields) return { kind: 'raw', go: last };
		return {
			kind: 'struct',
			go: fact.ref.split('.').slice(-2).join('.'),
			get type() {
				return structType(fact.ref as string);
			},
		};
	}
	if (fact.array) {
		const element = shapeOf(fact.array);
		return { kind: 'array', element, go: `[]${element.go}` };
	}
	if (fact.map) {
		const element = shapeOf(fact.map);
		return { kind: 'map', element, go: `map[string]${element.go}` };
	}
	switch (fact.type) {
		case 'boolean':
			return { kind: 'boolean', go: 'bool' };
		case 'integer':
			return fact.format === 'int32'
				? { kind: 'integer', go: 'int32', bits: 32 }
				: { kind: 'integer', go: 'int64', bits: 64 };
		case 'number':
			return { kind: 'double', go: 'float64' };
		case 'string':
			return fact.format === 'byte'
				? { kind: 'bytes', go: '[]uint8' }
				: { kind: 'string', go: goName ?? 'string' };
		default:
			return { kind: 'raw', go: 'runtime.RawExtension' };
	}
}

const compiled = new Map<string, StructType>();

/** The struct of an OpenAPI definition; throws where there is none of that name. */
export function structType(name: string): StructType {
	const known = compiled.get(name);
	if (known) return known;
	const fact = types[name];
	if (!fact?.fields) throw new Error(`types.json has no struct ${name}`);
	const encoding = encodings[name] ?? {};
	const fields = new Map<string, Field>();
	for (const [field, fieldFact] of Object.entries(fact.fields))
		fields.set(field, {
			name: field,
			shape: shapeOf(fieldFact, encoding.types?.[field]),
			pointer: encoding.pointers?.includes(field) ?? false,
			always: encoding.always?.includes(field) ?? false,
			fact: fieldFact,
		});
	const type: StructType = {
		name,
		goName: name.slice(name.lastIndexOf('.') + 1),
		fields,
		always: [...fields.values()].filter((field) => field.always),
		fact,
	};
	compiled.set(name, type);
	return type;
}

const byKind = new Map<string, string>();
for (const [name, fact] of Object.entries(types))
	if (fact.gvk) byKind.set(`${fact.gvk.group}/${fact.gvk.version}/${fact.gvk.kind}`, name);

/** The struct of a kind (`''`, `v1`, `Pod`); undefined where Kubernetes has none. */
export function structOfKind(group: string, version: string, kind: string): StructType | undefined {
	const name = byKind.get(`${group}/${version}/${kind}`);
	return name === undefined ? undefined : structType(name);
}
