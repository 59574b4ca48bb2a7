// Bytes in base64 (RFC 4648).

/** As many code units as one call of String.fromCharCode takes. */
const unitsPerCall = 4096;
const encoder = new TextEncoder();

/** A text is taken as UTF-8. */
export function encodeBase64(data: Uint8Array | string): string {
	const bytes = typeof data === 'string' ? encoder.encode(data) : data;
	let binary = '';
	for (let at = 0; at < bytes.length; at += unitsPerCall)
		binary += String.fromCharCode(...bytes.subarray(at, at + unitsPerCall));
	return btoa(binary);
}

/** Throws DOMException for what is no base64. */
export function decodeBase64(text: string): Uint8Array {
	return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
