// Writes the few protobuf fields that a random body needs.
import protobuf from 'protobufjs/minimal.js';

export const message = (write: (writer: protobuf.Writer) => void): Uint8Array => {
	const writer = protobuf.Writer.create();
	write(writer);
	return writer.finish();
};
export const bytes = (writer: protobuf.Writer, field: number, content: Uint8Array) =>
	writer.uint32((field << 3) | 2).bytes(content);
export const text = (writer: protobuf.Writer, field: number, content: string) =>
	writer.uint32((field << 3) | 2).string(content);
