// Sets of characters as perl's tr writes them: `a-z`, escapes.

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '-': '-' };

/** The characters in order, ranges written out. */
export function classesAndRanges(text: string): string[] {
	const characters: { value: string; literal: boolean }[] = [];
	for (let at = 0; at < text.length; at++) {
		if (text[at] === '\\' && at + 1 < text.length) {
			at++;
			characters.push({ value: escapes[text[at]] ?? text[at], literal: true });
		} else characters.push({ value: text[at], literal: false });
	}
	const result: string[] = [];
	for (let i = 0; i < characters.length; i++) {
		const dash = characters[i + 1];
		const end = characters[i + 2];
		if (dash && end && dash.value === '-' && !dash.literal) {
			for (let code = characters[i].value.charCodeAt(0); code <= end.value.charCodeAt(0); code++)
				result.push(String.fromCharCode(code));
			i += 2;
		} else result.push(characters[i].value);
	}
	return result;
}
