// Protobuf bodies as kubectl and Go clients send them: `k8s\0`, a runtime.Unknown envelope, and in it the
// object by the tags of types.json (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding).

import protobuf from 'protobufjs/minimal.js';
import { encodeBase64 } from '../base64.ts';
import { type Field, type Shape, type StructType, structOfKind, structType, types } from './facts.ts';
import { type MessagePlan, planOf } from './protobuf-plan.ts';

/** What does not decode, said as the server says it. */
export class ProtobufError extends Error {}

const magic = [0x6b, 0x38, 0x73, 0x00];

export const isProtobufEnvelope = (data: Uint8Array) => magic.every((byte, index) => data[index] === byte);

/** The object as its JSON would be. Throws ProtobufError. */
export function decodeProtobuf(data: Uint8Array): Record<string, unknown> {
	if (!isProtobufEnvelope(data))
		throw new ProtobufError(
			'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
		);
	try {
		let apiVersion = '';
		let kind = '';
		let raw = new Uint8Array();
		eachField(data.subarray(magic.length), (tag, reader) => {
			if (tag === 1)
				eachField(reader.bytes(), (inner, typeMeta) => {
					if (inner === 1) apiVersion = typeMeta.string();
					else if (inner === 2) kind = typeMeta.string();
					else return false;
					return true;
				});
			else if (tag === 2) raw = new Uint8Array(reader.bytes());
			else return false;
			return true;
		});
		const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
		// Options of a request carry the request's own group and version.
		const struct = structOfKind(group, version, kind) ?? optionsType(kind);
		if (!struct)
			throw new ProtobufError(
				`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
			);
		return { apiVersion, kind, ...decodeMessage(raw, struct) };
	} catch (error) {
		if (error instanceof ProtobufError) throw error;
		throw new ProtobufError(readerFault(error as Error));
	}
}

/** What Go's generated code says where the reader fails. */
function readerFault({ message }: Error): string {
	if (message.startsWith('index out of range')) return 'unexpected EOF';
	if (message.startsWith('invalid varint')) return 'proto: integer overflow';
	const wireType = /^invalid wire type (\d)/.exec(message)?.[1];
	return wireType ? `proto: illegal wireType ${wireType}` : `proto: ${message}`;
}

function optionsType(kind: string): StructType | undefined {
	const name = `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
	return types[name]?.fields ? structType(name) : undefined;
}

type Reader = protobuf.Reader;

/** Reads a message's fields; what `read` does not take (it gives false) is skipped. */
function eachField(data: Uint8Array, read: (tag: number, reader: Reader, wireType: number) => boolean): void {
	const reader = protobuf.Reader.create(data);
	while (reader.pos < reader.len) {
		const key = reader.uint32();
		if (!read(key >>> 3, reader, key & 7)) reader.skipType(key & 7);
	}
}

const wireTypes: Partial<Record<Shape['kind'], number>> = { boolean: 0, integer: 0, double: 1 };

/** Throws where a field is not written as its type is. */
function checkWireType({ name, shape }: Field, given: number): void {
	const value = shape.kind === 'array' ? shape.element : shape;
	if (given === (wireTypes[value.kind] ?? 2)) return;
	const goName =
		name === 'metadata' && shape.kind === 'struct'
			? shape.type.goName
			: name[0].toUpperCase() + name.slice(1);
	throw new ProtobufError(`proto: wrong wireType = ${given} for field ${goName}`);
}

function decodeMessage(data: Uint8Array, struct: StructType): Record<string, unknown> {
	const object: Record<string, unknown> = {};
	decodeInto(object, data, planOf(struct));
	return object;
}

function decodeInto(object: Record<string, unknown>, data: Uint8Array, plan: MessagePlan): void {
	eachField(data, (tag, reader, wireType) => {
		const inlined = plan.inlined.get(tag);
		if (inlined) {
			decodeInto(object, reader.bytes(), inlined);
			return true;
		}
		const field = plan.fields.get(tag);
		if (!field) return false;
		checkWireType(field, wireType);
		const { name, shape } = field;
		if (shape.kind === 'array') {
			object[name] ??= [];
			(object[name] as unknown[]).push(decodeValue(reader, shape.element));
		} else if (shape.kind === 'map') {
			object[name] ??= {};
			decodeEntry(object[name] as Record<string, unknown>, reader.bytes(), shape.element);
		} else object[name] = decodeValue(reader, shape);
		return true;
	});
}

function decodeEntry(map: Record<string, unknown>, data: Uint8Array, shape: Shape): void {
	let key = '';
	let value: unknown;
	eachField(data, (tag, reader) => {
		if (tag === 1) key = reader.string();
		else if (tag === 2) value = decodeValue(reader, shape);
		else return false;
		return true;
	});
	value ??= shape.kind === 'string' || shape.kind === 'bytes' ? '' : null;
	// A key is a key, whatever JavaScript takes it for (`__proto__`).
	Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

const numberOf = (long: unknown) => Number(String(long));

function decodeValue(reader: Reader, shape: Shape): unknown {
	switch (shape.kind) {
		case 'string':
			return reader.string();
		case 'boolean':
			return reader.bool();
		case 'integer':
			return shape.bits === 32 ? reader.int32() : numberOf(reader.int64());
		case 'double':
			return reader.double();
		case 'bytes':
			return encodeBase64(reader.bytes());
		case 'struct':
			return decodeMessage(reader.bytes(), shape.type);
		case 'time':
		case 'microtime':
			return decodeTime(reader.bytes(), shape.kind === 'microtime');
		case 'quantity':
			return firstField(reader.bytes(), (inner) => inner.string()) ?? '0';
		case 'intOrString':
			return decodeIntOrString(reader.bytes());
		case 'raw':
			return decodeRaw(reader.bytes(), shape.go);
		case 'array': {
			// A list as a map's value is a message of its own (ExtraValue) with the one field `items`.
			const items: unknown[] = [];
			eachField(reader.bytes(), (inner, list) => {
				if (inner !== 1) return false;
				items.push(decodeValue(list, shape.element));
				return true;
			});
			return items;
		}
		default:
			throw new ProtobufError('maps of maps do not occur in Kubernetes types');
	}
}

/** Of a JSON schema, where either the one or the other may stand: the tag of the other, and what it is. */
const schemaUnions: Readonly<
	Record<string, { schema: number; other: number; of: 'bool' | 'schemas' | 'strings' }>
> = {
	JSONSchemaPropsOrBool: { schema: 2, other: 1, of: 'bool' },
	JSONSchemaPropsOrArray: { schema: 1, other: 2, of: 'schemas' },
	JSONSchemaPropsOrStringArray: { schema: 1, other: 2, of: 'strings' },
};

const jsonSchema = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/** JSON as it is, or one of what a schema may be. */
function decodeRaw(data: Uint8Array, go: string): unknown {
	const union = schemaUnions[go];
	if (!union) {
		const raw = firstField(data, (inner) => new TextDecoder().decode(inner.bytes()));
		return raw ? JSON.parse(raw) : null;
	}
	let schema: unknown;
	let allows = false;
	const list: unknown[] = [];
	eachField(data, (tag, reader) => {
		if (tag === union.schema) schema = decodeMessage(reader.bytes(), structType(jsonSchema));
		else if (tag !== union.other) return false;
		else if (union.of === 'bool') allows = reader.bool();
		else if (union.of === 'strings') list.push(reader.string());
		else list.push(decodeMessage(reader.bytes(), structType(jsonSchema)));
		return true;
	});
	return schema ?? (union.of === 'bool' ? allows : list);
}

function firstField<T>(data: Uint8Array, read: (reader: Reader) => T): T | undefined {
	let found: T | undefined;
	eachField(data, (tag, reader) => {
		if (tag !== 1) return false;
		found = read(reader);
		return true;
	});
	return found;
}

/** An empty message is the zero time, which JSON writes as null. */
function decodeTime(data: Uint8Array, micro: boolean): string | null {
	let seconds = 0;
	let nanos = 0;
	eachField(data, (tag, reader) => {
		if (tag === 1) seconds = numberOf(reader.int64());
		else if (tag === 2) nanos = reader.int32();
		else return false;
		return true;
	});
	if (data.length === 0 || seconds === -62_135_596_800) return null;
	const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
	return micro ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${whole}Z`;
}

function decodeIntOrString(data: Uint8Array): number | string {
	let type = 0;
	let number = 0;
	let text = '';
	eachField(data, (tag, reader) => {
		if (tag === 1) type = numberOf(reader.int64());
		else if (tag === 2) number = reader.int32();
		else if (tag === 3) text = reader.string();
		else return false;
		return true;
	});
	return type === 0 ? number : text;
}
