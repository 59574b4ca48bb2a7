// Backslash escapes in the text of echo and of printf's formats (POSIX.1-2024, echo and printf).
import type { Dialect } from './dialect.ts';

const single: Record<string, string> = {
	a: '\x07',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
	'\\': '\\',
};

/**
 * Text with its escapes resolved. In echo and printf's %b an octal number begins with 0, in a format it need
 * not; `\c` stops the output.
 */
export function resolveEscapes(
	text: string,
	where: 'echo' | '%b' | 'format',
	dialect: Dialect,
): { text: string; stopped: boolean } {
	const octal =
		where === 'format'
			? /^[0-7]{1,3}/
			: dialect.name === 'dash'
				? /^0[0-7]{0,3}/
				: /^(0[0-7]{0,3}|[1-7][0-7]{0,2})/;
	let shown = '';
	for (let at = 0; at < text.length; at++) {
		const next = text[at + 1];
		if (text[at] !== '\\' || next === undefined) {
			shown += text[at];
			continue;
		}
		const rest = text.slice(at + 1, at + 10);
		const number = octal.exec(rest)?.[0];
		const hex = dialect.extended ? /^x([0-9a-fA-F]{1,2})|^u([0-9a-fA-F]{1,4})/.exec(rest) : null;
		if (next === 'c' && where !== 'format') return { text: shown, stopped: true };
		if (number !== undefined) {
			shown += String.fromCharCode(Number.parseInt(number, 8) & 0xff);
			at += number.length;
		} else if (hex) {
			shown += String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2], 16));
			at += hex[0].length;
		} else if (Object.hasOwn(single, next)) {
			shown += single[next];
			at++;
		} else if (next === 'e' && dialect.extended) {
			shown += '\x1b';
			at++;
		} else if (where === 'format' && next === '"' && dialect.bash) {
			shown += next;
			at++;
		} else {
			shown += `\\${next}`;
			at++;
		}
	}
	return { text: shown, stopped: false };
}
