// Backslash escapes in the text of echo and of printf's formats and %b (POSIX.1-2024, echo and printf).
import { byteText, joinedBytes } from '../byte-text.ts';
import type { Wording } from './wording.ts';

const single: Record<string, string> = {
	a: '\x07',
	b: '\b',
	e: '\x1b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
	'\\': '\\',
};

export type EscapePlace = 'echo' | '%b' | 'format';

/** An octal number begins with 0 in echo, need not in a format; who takes either has up to three digits after it. */
function octalPattern(place: EscapePlace, wording: Wording): RegExp {
	if (place === 'format') return /^[0-7]{1,3}/;
	if (place === 'echo' && wording === 'bash') return /^0[0-7]{0,3}/;
	return /^(0[0-7]{0,3}|[1-7][0-7]{0,2})/;
}

/** The escape whose backslash stands at `at`; `stop` where it ends the output. */
export function escapeAt(
	text: string,
	at: number,
	place: EscapePlace,
	wording: Wording,
): { text: string; length: number; stop?: boolean } {
	const next = text[at + 1];
	if (next === undefined) return { text: '\\', length: 1 };
	const rest = text.slice(at + 1, at + 10);
	const octal = octalPattern(place, wording).exec(rest)?.[0];
	if (octal !== undefined)
		return { text: byteText(Number.parseInt(octal, 8) & 0xff), length: 1 + octal.length };
	const hex = wording === 'dash' ? null : /^x([0-9a-fA-F]{1,2})/.exec(rest);
	if (hex) return { text: byteText(Number.parseInt(hex[1], 16)), length: 1 + hex[0].length };
	const unicode = hasUnicode(place, wording)
		? /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
		: null;
	if (unicode) {
		const code = Number.parseInt(unicode[1] ?? unicode[2], 16);
		return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: 1 + unicode[0].length };
	}
	if (next === 'c' && (place !== 'format' || wording === 'gnu' || wording === 'busybox'))
		return { text: '', length: 2, stop: true };
	if (Object.hasOwn(single, next)) return { text: single[next], length: 2 };
	if (next === 'E' && wording === 'bash') return { text: single.e, length: 2 };
	if (place === 'format' && (next === '"' || (next === "'" && wording === 'bash')))
		if (wording === 'bash' || wording === 'gnu') return { text: next, length: 2 };
	return { text: `\\${next}`, length: 2 };
}

const hasUnicode = (place: EscapePlace, wording: Wording) =>
	wording === 'bash' || (wording === 'gnu' && place !== 'echo');

/** Text with its escapes resolved; `stopped` where \c ended it. */
export function resolveEscapes(
	text: string,
	place: EscapePlace,
	wording: Wording,
): { text: string; stopped: boolean } {
	let shown = '';
	for (let at = 0; at < text.length; ) {
		const backslash = text.indexOf('\\', at);
		if (backslash < 0) {
			shown += text.slice(at);
			break;
		}
		const sequence = escapeAt(text, backslash, place, wording);
		shown += text.slice(at, backslash) + sequence.text;
		if (sequence.stop) return { text: joinedBytes(shown), stopped: true };
		at = backslash + sequence.length;
	}
	return { text: joinedBytes(shown), stopped: false };
}
