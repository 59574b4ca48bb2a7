// Objects in protobuf, as Go clients send them and ask for them: `k8s\0`, a runtime.Unknown envelope, and in it the
// object by the tags of types.json (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding).

import protobuf from 'protobufjs/minimal.js';
import { decodeBase64 } from '../base64.ts';
import type { JsonObject } from '../json-object.ts';
import { type Shape, type StructType, structOfKind, structType } from './facts.ts';
import { type MessagePlan, planOf } from './protobuf-plan.ts';

type Writer = protobuf.Writer;
const bytesTag = (tag: number) => (tag << 3) | 2;

/** What a watch tells in protobuf is called in a Content-Type header. */
export const protobufWatchType = 'application/vnd.kubernetes.protobuf;stream=watch';

/** The type whose message an object of the kind is; undefined for kinds without one, as custom resources are. */
export function messageOf({
	apiVersion,
	kind,
}: {
	apiVersion?: unknown;
	kind?: unknown;
}): StructType | undefined {
	const [version, group = ''] = String(apiVersion).split('/').reverse();
	return structOfKind(group, version, String(kind));
}

/** A change as a watch tells it: its length in four bytes, and a WatchEvent whose object has an envelope of its own. */
export function encodeWatchEvent(type: string, object: Uint8Array): Uint8Array {
	const event = protobuf.Writer.create();
	event.uint32(bytesTag(1)).string(type);
	nested(event, 2, (extension) => extension.uint32(bytesTag(1)).bytes(object));
	const message = event.finish();
	const frame = new Uint8Array(4 + message.length);
	new DataView(frame.buffer).setUint32(0, message.length);
	frame.set(message, 4);
	return frame;
}

/** The magic, the envelope, and the object in it. */
export function encodeProtobuf(object: JsonObject, struct: StructType): Uint8Array {
	const envelope = protobuf.Writer.create();
	nested(envelope, 1, (meta) => {
		meta.uint32(bytesTag(1)).string(object.apiVersion as string);
		meta.uint32(bytesTag(2)).string(object.kind as string);
	});
	nested(envelope, 2, (message) => writeMessage(message, object, planOf(struct)));
	envelope.uint32(bytesTag(3)).string('');
	envelope.uint32(bytesTag(4)).string('');
	return new Uint8Array([0x6b, 0x38, 0x73, 0x00, ...envelope.finish()]);
}

function nested(writer: Writer, tag: number, write: (inner: Writer) => void): void {
	writer.uint32(bytesTag(tag)).fork();
	write(writer);
	writer.ldelim();
}

function writeMessage(writer: Writer, object: JsonObject, plan: MessagePlan): void {
	for (const [tag, { name, shape }] of plan.fields)
		if (object[name] !== undefined && object[name] !== null) write(writer, tag, object[name], shape);
	for (const [tag, inlined] of plan.inlined)
		nested(writer, tag, (inner) => writeMessage(inner, object, inlined));
}

function write(writer: Writer, tag: number, value: unknown, shape: Shape): void {
	switch (shape.kind) {
		case 'string':
			writer.uint32(bytesTag(tag)).string(value as string);
			break;
		case 'bytes':
			writer.uint32(bytesTag(tag)).bytes(decodeBase64(value as string));
			break;
		case 'boolean':
			writer.uint32(tag << 3).bool(value as boolean);
			break;
		case 'integer':
			writer.uint32(tag << 3).int64(value as number);
			break;
		case 'double':
			writer.uint32((tag << 3) | 1).double(value as number);
			break;
		case 'array':
			for (const element of value as unknown[]) write(writer, tag, element, shape.element);
			break;
		case 'map':
			for (const [key, element] of Object.entries(value as JsonObject))
				nested(writer, tag, (entry) => {
					entry.uint32(bytesTag(1)).string(key);
					if (shape.element.kind === 'array')
						nested(entry, 2, (list) => write(list, 1, element, shape.element));
					else write(entry, 2, element, shape.element);
				});
			break;
		default:
			nested(writer, tag, (inner) => writeSpecial(inner, value, shape));
	}
}

/** A message whose JSON is another than its fields would be. */
function writeSpecial(writer: Writer, value: unknown, shape: Shape): void {
	switch (shape.kind) {
		case 'struct':
			writeMessage(writer, value as JsonObject, planOf(shape.type));
			break;
		case 'time':
		case 'microtime': {
			const [, fraction = ''] = /\.(\d+)Z$/.exec(value as string) ?? [];
			writer.uint32(8).int64(Math.floor(Date.parse(value as string) / 1000));
			writer.uint32(16).int32(Number(fraction.padEnd(9, '0')));
			break;
		}
		case 'quantity':
			writer.uint32(bytesTag(1)).string(value as string);
			break;
		case 'intOrString':
			if (typeof value === 'number') writer.uint32(16).int32(value);
			else
				writer
					.uint32(8)
					.int64(1)
					.uint32(bytesTag(3))
					.string(value as string);
			break;
		default:
			writeRaw(writer, value, shape.go);
	}
}

function writeRaw(writer: Writer, value: unknown, go: string): void {
	const schema = (tag: number, each: unknown) =>
		nested(writer, tag, (inner) =>
			writeMessage(
				inner,
				each as JsonObject,
				planOf(structType('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps')),
			),
		);
	if (go === 'JSONSchemaPropsOrBool') {
		if (typeof value === 'boolean') writer.uint32(8).bool(value);
		else {
			writer.uint32(8).bool(true);
			schema(2, value);
		}
	} else if (go === 'JSONSchemaPropsOrArray' || go === 'JSONSchemaPropsOrStringArray') {
		if (!Array.isArray(value)) schema(1, value);
		else
			for (const each of value)
				if (typeof each === 'string') writer.uint32(bytesTag(2)).string(each);
				else schema(2, each);
	} else writer.uint32(bytesTag(1)).bytes(new TextEncoder().encode(JSON.stringify(value)));
}
