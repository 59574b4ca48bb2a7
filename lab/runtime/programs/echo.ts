// echo (POSIX.1-2024, echo): dash's knows -n and resolves escapes always, all others take -n, -e and -E.
import { resolveEscapes } from './escapes.ts';
import type { Tool } from './tool.ts';
import { type Wording, wordingOf } from './wording.ts';

/** What echo writes. */
export function echoed(args: readonly string[], wording: Wording): string {
	const plain = wording === 'dash';
	let newline = true;
	let escapes = plain;
	let at = 0;
	for (; (plain ? /^-n$/ : /^-[neE]+$/).test(args[at] ?? ''); at++) {
		for (const letter of args[at].slice(1)) {
			if (letter === 'n') newline = false;
			else escapes = letter === 'e';
		}
		if (!plain) continue;
		at++;
		break;
	}
	const joined = args.slice(at).join(' ');
	const { text, stopped } = escapes
		? resolveEscapes(joined, 'echo', wording)
		: { text: joined, stopped: false };
	return stopped || !newline ? text : `${text}\n`;
}

export const echo: Tool = {
	name: 'echo',
	async run(call) {
		await call.print(echoed(call.args, wordingOf(call.flavour)));
		return 0;
	},
};
