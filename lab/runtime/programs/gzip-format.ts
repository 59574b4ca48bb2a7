// gzip (RFC 1952) by the platform's compression streams, which Node and browsers share.

async function through(
	data: Uint8Array,
	stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
	const writer = stream.writable.getWriter();
	// A failure shows at the reader as well.
	writer.write(data.slice()).catch(() => {});
	writer.close().catch(() => {});
	return new Uint8Array(await new Response(stream.readable).arrayBuffer());
}

export function gzip(data: Uint8Array): Promise<Uint8Array> {
	return through(data, new CompressionStream('gzip'));
}

/** Undefined for what is not in gzip's format. */
export async function gunzip(data: Uint8Array): Promise<Uint8Array | undefined> {
	if (data[0] !== 0x1f || data[1] !== 0x8b) return undefined;
	try {
		return await through(data, new DecompressionStream('gzip'));
	} catch {
		return undefined;
	}
}
