// From a parsed JSON value to an object as the server holds it: types checked with the errors of Go's JSON
// decoder, unknown fields found, and written back as the server's structs would be (what is empty left out,
// what is always written put in, quantities in canonical form).
import { isObject } from '../json-object.ts';
import { type Field, type Shape, type StructType, structType } from './facts.ts';
import { canonicalQuantity } from './quantity.ts';

/** A value that does not fit its type; the message is Go's. */
export class DecodeError extends Error {}

/** A JSON value of another kind than the field's. */
export class TypeMismatchError extends DecodeError {
	readonly value: unknown;
	/** The Go type of the field, and what kind of type it is (`v1.RestartPolicy` is a string). */
	readonly goType: string;
	readonly kind: Shape['kind'];
	constructor(message: string, value: unknown, goType: string, kind: Shape['kind']) {
		super(message);
		this.value = value;
		this.goType = goType;
		this.kind = kind;
	}
}

export interface Decoded {
	object: Record<string, unknown>;
	/** `unknown field "spec.x"`, in document order. */
	unknown: string[];
}

interface Place {
	/** The Go struct and the dotted fields that lead here, as Go's errors name them. */
	struct: string;
	stack: string;
	/** The same with indices and keys, as strict decoding names it. */
	path: string;
	unknown: string[];
}

/** Throws DecodeError at the first value that does not fit. */
export function decode(value: unknown, type: StructType | string): Decoded {
	const struct = typeof type === 'string' ? structType(type) : type;
	const unknown: string[] = [];
	const place: Place = { struct: '', stack: '', path: '', unknown };
	if (!isObject(value))
		throw mismatch(value, { go: struct.name.split('.').slice(-2).join('.'), kind: 'struct' }, place);
	return { object: decodeStruct(value, struct, place), unknown };
}

/** What JSON calls the kind of a value. */
const jsonKind = (value: unknown) =>
	Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

function mismatch(
	value: unknown,
	{ go, kind }: Pick<Shape, 'go' | 'kind'>,
	place: Place,
	literal = '',
): DecodeError {
	const where = place.stack ? `Go struct field ${place.struct}.${place.stack}` : 'Go value';
	const message = `json: cannot unmarshal ${jsonKind(value)}${literal} into ${where} of type ${go}`;
	return new TypeMismatchError(message, value, go, kind);
}

function decodeStruct(
	value: Record<string, unknown>,
	type: StructType,
	place: Place,
): Record<string, unknown> {
	const object: Record<string, unknown> = {};
	for (const name of Object.keys(value)) {
		const field = type.fields.get(name);
		const path = place.path ? `${place.path}.${name}` : name;
		if (!field) {
			place.unknown.push(`unknown field "${path}"`);
			continue;
		}
		const given = value[name];
		if (given === null || given === undefined) continue;
		const stack = place.stack ? `${place.stack}.${name}` : name;
		const decoded = decodeValue(given, field.shape, {
			struct: type.goName,
			stack,
			path,
			unknown: place.unknown,
		});
		if (!isOmitted(decoded, field)) object[name] = decoded;
	}
	for (const field of type.always) if (!(field.name in object)) object[field.name] = emptyValue(field.shape);
	return object;
}

function isOmitted(value: unknown, field: Field): boolean {
	if (field.always) return false;
	if (Array.isArray(value)) return value.length === 0;
	if (field.shape.kind === 'map') return Object.keys(value as object).length === 0;
	if (field.pointer || field.shape.kind === 'intOrString') return false;
	return value === '' || value === 0 || value === false;
}

function emptyValue(shape: Shape): unknown {
	switch (shape.kind) {
		case 'struct':
			return decodeStruct({}, shape.type, { struct: '', stack: '', path: '', unknown: [] });
		case 'array':
			return [];
		case 'map':
			return {};
		case 'integer':
		case 'double':
		case 'intOrString':
			return 0;
		case 'boolean':
			return false;
		case 'time':
		case 'microtime':
		case 'raw':
			return null;
		case 'quantity':
			return '0';
		default:
			return '';
	}
}

function decodeValue(value: unknown, shape: Shape, place: Place): unknown {
	switch (shape.kind) {
		case 'string':
			if (typeof value !== 'string') throw mismatch(value, shape, place);
			return value;
		case 'boolean':
			if (typeof value !== 'boolean') throw mismatch(value, shape, place);
			return value;
		case 'integer': {
			if (typeof value !== 'number') throw mismatch(value, shape, place);
			const limit = 2 ** (shape.bits - 1);
			if (!Number.isInteger(value) || value >= limit || value < -limit)
				throw mismatch(value, shape, place, ` ${value}`);
			return value;
		}
		case 'double':
			if (typeof value !== 'number') throw mismatch(value, shape, place);
			return value;
		case 'bytes':
			if (typeof value !== 'string') throw mismatch(value, shape, place);
			return checkedBase64(value);
		case 'array':
			if (!Array.isArray(value)) throw mismatch(value, shape, place);
			return value.map((element, index) =>
				decodeElement(element, shape.element, { ...place, path: `${place.path}[${index}]` }),
			);
		case 'map': {
			if (!isObject(value)) throw mismatch(value, shape, place);
			const map: Record<string, unknown> = {};
			for (const key of Object.keys(value)) {
				const element = decodeElement(value[key], shape.element, { ...place, path: `${place.path}.${key}` });
				Object.defineProperty(map, key, {
					value: element,
					enumerable: true,
					writable: true,
					configurable: true,
				});
			}
			return map;
		}
		case 'struct':
			if (!isObject(value)) throw mismatch(value, shape, place);
			return decodeStruct(value, shape.type, place);
		case 'time':
		case 'microtime':
			if (typeof value !== 'string')
				throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`);
			return canonicalTime(value, shape.kind === 'microtime' ? 6 : 0);
		case 'quantity':
			return decodeQuantity(value);
		case 'intOrString':
			if (typeof value === 'string') return value;
			if (typeof value !== 'number')
				throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type int32`);
			if (!Number.isInteger(value) || Math.abs(value) > 2 ** 31)
				throw new DecodeError(`json: cannot unmarshal number ${value} into Go value of type int32`);
			return value;
		case 'raw':
			return value;
	}
}

function decodeElement(value: unknown, shape: Shape, place: Place): unknown {
	return value === null || value === undefined ? emptyValue(shape) : decodeValue(value, shape, place);
}

function decodeQuantity(value: unknown): string {
	if (typeof value !== 'string' && typeof value !== 'number')
		throw new DecodeError(
			"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
		);
	try {
		return canonicalQuantity(String(value));
	} catch (error) {
		throw new DecodeError((error as Error).message);
	}
}

function checkedBase64(text: string): string {
	const compact = text.replace(/[\r\n]/g, '');
	const wrong = /[^A-Za-z0-9+/=]/.exec(compact);
	const padding = /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
	if (wrong || !padding || compact.length % 4 !== 0)
		throw new DecodeError(
			`illegal base64 data at input byte ${wrong?.index ?? Math.max(0, compact.length - 1)}`,
		);
	return compact;
}

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 in UTC with so many digits of a second, as the server writes times. */
function canonicalTime(text: string, digits: number): string {
	const at = timeForm.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(at)) {
		const layout = digits ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
		throw new DecodeError(
			`parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"`,
		);
	}
	if (digits === 0) return `${new Date(at).toISOString().slice(0, 19)}Z`;
	const fraction = (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(digits, '0').slice(0, digits);
	return `${new Date(at).toISOString().slice(0, 19)}.${fraction}Z`;
}
