// Bytes in base64 (RFC 4648), as they stand in JSON.

export function base64Of(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += 4096)
		text += String.fromCharCode(...bytes.subarray(at, at + 4096));
	return btoa(text);
}

/** Throws Error for what is no base64. */
export function bytesOf(base64: string): Uint8Array {
	return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
