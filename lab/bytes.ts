// Bytes put together.

export function concat(parts: readonly Uint8Array[]): Uint8Array {
	if (parts.length === 1) return parts[0];
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** All that a source gives, when it has ended. */
export async function collect(source: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	for await (const part of source ?? []) parts.push(part);
	return concat(parts);
}
