import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs/minimal.js';
import { decodeProtobuf, ProtobufError } from './protobuf.ts';

type Writer = protobuf.Writer;
const message = (write: (writer: Writer) => void) => {
	const writer = protobuf.Writer.create();
	write(writer);
	return writer.finish();
};
const tag = (field: number, wire: number) => (field << 3) | wire;
const bytes = (writer: Writer, field: number, content: Uint8Array) =>
	writer.uint32(tag(field, 2)).bytes(content);
const text = (writer: Writer, field: number, content: string) => writer.uint32(tag(field, 2)).string(content);
const number = (writer: Writer, field: number, value: number) => writer.uint32(tag(field, 0)).int64(value);

/** What a Go client sends: the magic, the envelope, the object. */
function envelope(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
	const unknown = message((writer) => {
		bytes(
			writer,
			1,
			message((inner) => text(text(inner, 1, apiVersion), 2, kind)),
		);
		bytes(writer, 2, raw);
		text(writer, 3, '');
	});
	return new Uint8Array([0x6b, 0x38, 0x73, 0x00, ...unknown]);
}

const metadata = (name: string) => message((writer) => text(writer, 1, name));

test('maps, strings and bytes are read by their tags', () => {
	const raw = message((writer) => {
		bytes(writer, 1, metadata('a'));
		bytes(
			writer,
			2,
			message((entry) => text(text(entry, 1, 'key'), 2, 'value')),
		);
		bytes(
			writer,
			3,
			message((entry) => bytes(text(entry, 1, 'blob'), 2, new Uint8Array([1, 2, 255]))),
		);
	});
	assert.deepEqual(decodeProtobuf(envelope('v1', 'ConfigMap', raw)), {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: 'a' },
		data: { key: 'value' },
		binaryData: { blob: 'AQL/' },
	});
});

test('numbers, int-or-string and lists are read', () => {
	const port = message((writer) => {
		text(writer, 1, 'web');
		number(writer, 3, 80);
		bytes(
			writer,
			4,
			message((target) => text(number(target, 1, 1), 3, 'http')),
		);
	});
	const raw = message((writer) => {
		bytes(writer, 1, metadata('s'));
		bytes(
			writer,
			2,
			message((spec) => bytes(spec, 1, port)),
		);
	});
	const service = decodeProtobuf(envelope('v1', 'Service', raw));
	assert.deepEqual(service.spec, { ports: [{ name: 'web', port: 80, targetPort: 'http' }] });
});

test('messages that Go embeds are inlined as in JSON', () => {
	const volume = message((writer) => {
		text(writer, 1, 'www');
		bytes(
			writer,
			2,
			message((source) =>
				bytes(
					source,
					2,
					message((emptyDir) => text(emptyDir, 1, 'Memory')),
				),
			),
		);
	});
	const raw = message((writer) =>
		bytes(
			writer,
			2,
			message((spec) => bytes(spec, 1, volume)),
		),
	);
	const pod = decodeProtobuf(envelope('v1', 'Pod', raw));
	assert.deepEqual(pod.spec, { volumes: [{ name: 'www', emptyDir: { medium: 'Memory' } }] });
});

test('times are read, and the zero time is null', () => {
	const meta = message((writer) => {
		bytes(writer, 8, new Uint8Array());
		bytes(
			writer,
			9,
			message((time) => number(time, 1, 1_767_225_600)),
		);
	});
	const raw = message((writer) => bytes(writer, 1, meta));
	const { metadata: read } = decodeProtobuf(envelope('v1', 'Pod', raw));
	assert.deepEqual(read, { creationTimestamp: null, deletionTimestamp: '2026-01-01T00:00:00Z' });
});

test('options of a request are read whatever group they come in', () => {
	const raw = message((writer) => {
		number(writer, 1, 5);
		text(writer, 4, 'Foreground');
	});
	const options = decodeProtobuf(envelope('apps/v1', 'DeleteOptions', raw));
	assert.equal(options.gracePeriodSeconds, 5);
	assert.equal(options.propagationPolicy, 'Foreground');
});

test('what is not protobuf, unknown or cut off is refused', () => {
	assert.throws(() => decodeProtobuf(new TextEncoder().encode('{}')), ProtobufError);
	assert.throws(() => decodeProtobuf(envelope('v1', 'Nothing', new Uint8Array())), ProtobufError);
	const whole = envelope(
		'v1',
		'Pod',
		message((writer) => bytes(writer, 1, metadata('a'))),
	);
	assert.throws(() => decodeProtobuf(whole.subarray(0, whole.length - 4)), ProtobufError);
});

test('a map of lists is read: each list is a message of its own', () => {
	const values = message((writer) => text(text(writer, 1, 'one'), 1, 'two'));
	const entry = message((writer) => bytes(text(writer, 1, 'scopes'), 2, values));
	const spec = message((writer) => bytes(text(writer, 3, 'jane'), 5, entry));
	const raw = message((writer) => bytes(writer, 2, spec));
	const review = decodeProtobuf(envelope('authorization.k8s.io/v1', 'SubjectAccessReview', raw));
	assert.deepEqual(review.spec, { user: 'jane', extra: { scopes: ['one', 'two'] } });
});
