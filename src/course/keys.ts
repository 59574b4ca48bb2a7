// Keys in caret notation, as terminals write control characters: `^C`, `^[`, `exit^M`.

/**
 * Decodes caret notation: `^@` to `^_` are 0x00 to 0x1f, `^?` is 0x7f; other characters stand for themselves.
 * Throws where a `^` is not followed by such a character.
 */
export function decodeKeys(text: string): string {
	return text.replace(/\^(.?)/gs, (whole, character: string) => {
		if (character === '?') return '\x7f';
		const code = character === '' ? 0 : character.toUpperCase().charCodeAt(0);
		if (code < 0x40 || code > 0x5f) throw new Error(`“${whole}” is no key`);
		return String.fromCharCode(code - 0x40);
	});
}
