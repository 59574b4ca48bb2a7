// A random request, and the bodies that it may carry.
import protobuf from 'protobufjs/minimal.js';
import type { JsonObject } from '../../lab/json-object.ts';
import type { Dice } from './dice.ts';
import { mutatedText } from './mutation.ts';

export interface FuzzRequest {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: Record<string, string>;
	body?: Uint8Array;
}

/** A request with a body of JSON, whose text is wrong now and then. */
export function jsonRequest(
	dice: Dice,
	method: string,
	path: string,
	value: unknown,
	type = 'application/json',
): FuzzRequest {
	let text = JSON.stringify(value) ?? 'null';
	if (dice.chance(0.03)) text = mutatedText(dice, text);
	return {
		method,
		path,
		query: new URLSearchParams(),
		headers: { 'content-type': type },
		body: new TextEncoder().encode(text),
	};
}

const message = (write: (writer: protobuf.Writer) => void): Uint8Array => {
	const writer = protobuf.Writer.create();
	write(writer);
	return writer.finish();
};
const bytes = (writer: protobuf.Writer, field: number, content: Uint8Array) =>
	writer.uint32((field << 3) | 2).bytes(content);
const text = (writer: protobuf.Writer, field: number, content: string) =>
	writer.uint32((field << 3) | 2).string(content);

/** A ConfigMap or a Pod as a Go client sends it, with some of its bytes wrong. */
export function protobufRequest(dice: Dice, path: string, object: JsonObject): FuzzRequest {
	const metadata = object.metadata as JsonObject;
	const raw = message((writer) => {
		bytes(
			writer,
			1,
			message((inner) => text(inner, 1, String(metadata.name ?? 'a'))),
		);
		bytes(
			writer,
			2,
			message((inner) => text(text(inner, 1, 'key'), 2, 'value')),
		);
	});
	const envelope = message((writer) => {
		bytes(
			writer,
			1,
			message((inner) => text(text(inner, 1, String(object.apiVersion)), 2, String(object.kind))),
		);
		bytes(writer, 2, raw);
	});
	const body = new Uint8Array([0x6b, 0x38, 0x73, 0x00, ...envelope]);
	for (let count = dice.below(4); count > 0; count--) body[dice.below(body.length)] = dice.below(256);
	return {
		method: 'POST',
		path,
		query: new URLSearchParams(),
		headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
		body: dice.chance(0.2) ? body.slice(0, dice.below(body.length)) : body,
	};
}
