// echo, as /bin/echo has it (the shell has its own).
import type { Tool } from './tool.ts';

const simple: Record<string, string> = {
	'\\': '\\',
	a: '\x07',
	b: '\b',
	e: '\x1b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

/** Expands backslash escapes as `echo -e`; `stopped` where \c ended the output. */
export function expandEscapes(text: string): { text: string; stopped: boolean } {
	let stopped = false;
	const expanded = text.replace(
		/\\(?:(c)[\s\S]*|([\\abefnrtv])|0([0-7]{0,3})|x([0-9a-fA-F]{1,2}))/g,
		(_, end: string, letter: string, octal: string, hex: string) => {
			if (end) stopped = true;
			if (end) return '';
			if (letter) return simple[letter];
			return byteText(
				octal !== undefined ? Number.parseInt(octal || '0', 8) & 0xff : Number.parseInt(hex, 16),
			);
		},
	);
	return { text: expanded, stopped };
}

/** A byte as text.ts has it in a string. */
export function byteText(byte: number): string {
	return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

export const echo: Tool = {
	name: 'echo',
	async run(call) {
		let at = 0;
		let newline = true;
		let escapes = false;
		for (; /^-[neE]+$/.test(call.args[at] ?? ''); at++)
			for (const letter of call.args[at].slice(1)) {
				if (letter === 'n') newline = false;
				else escapes = letter === 'e';
			}
		const joined = call.args.slice(at).join(' ');
		const { text, stopped } = escapes ? expandEscapes(joined) : { text: joined, stopped: false };
		// Bytes written one by one may form a character: text.ts puts them together again.
		await call.print(stopped || !newline ? text : `${text}\n`);
		return 0;
	},
};
