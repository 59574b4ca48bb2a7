// The marks that shells print around prompts and commands: OSC 133 ; A prompt, B input, C running, D;code done.

export type Mark = { kind: 'A' | 'B' | 'C' } | { kind: 'D'; exitCode: number | undefined };

/**
 * Reads the text of an OSC 133 sequence. A command can print such a sequence as well, so one that does not
 * carry the shell's nonce is none. `D` without a code: nothing ran (^C at the prompt, a syntax error).
 */
export function readMark(text: string, nonce: string): Mark | undefined {
	const [kind, ...fields] = text.split(';');
	if (!fields.includes(`aid=${nonce}`)) return undefined;
	if (kind === 'A' || kind === 'B' || kind === 'C') return { kind };
	if (kind !== 'D') return undefined;
	return { kind, exitCode: /^\d{1,3}$/.test(fields[0]) ? Number(fields[0]) : undefined };
}
