// The replacement of sed's s, which vi's has too.
import { byteText } from '../byte-text.ts';

/** The replacement of s with groups and the case conversions of GNU (\U \L \u \l \E). */
export function expandReplacement(replacement: string, groups: readonly (string | undefined)[]): string {
	let result = '';
	let mode: 'U' | 'L' | '' = '';
	let once: 'u' | 'l' | '' = '';
	const add = (text: string) => {
		if (text === '') return;
		let converted = mode === 'U' ? text.toUpperCase() : mode === 'L' ? text.toLowerCase() : text;
		if (once)
			converted =
				(once === 'u' ? converted[0].toUpperCase() : converted[0].toLowerCase()) + converted.slice(1);
		once = '';
		result += converted;
	};
	for (let at = 0; at < replacement.length; at++) {
		const character = replacement[at];
		if (character === '&') add(groups[0] ?? '');
		else if (character !== '\\') add(character);
		else {
			const next = replacement[++at];
			if (/\d/.test(next ?? '')) add(groups[Number(next)] ?? '');
			else if (next === 'U' || next === 'L') mode = next;
			else if (next === 'u' || next === 'l') once = next;
			else if (next === 'E') mode = '';
			else if (next === 'x' && /^[0-9a-fA-F]{2}/.test(replacement.slice(at + 1))) {
				add(byteText(Number.parseInt(replacement.slice(at + 1, at + 3), 16)));
				at += 2;
			} else add({ n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }[next ?? ''] ?? next ?? '');
		}
	}
	return result;
}
