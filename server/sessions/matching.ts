// What a step's hints match, and how it is told to people.
import type { Pattern } from '../../src/course/manifest.ts';

/** As hints match logical lines, `^` and `$` match at each of them. */
function expression(pattern: { source: string; flags: string }): RegExp {
	const flags = new Set([...pattern.flags.replace(/[gy]/g, ''), 'm']);
	return new RegExp(pattern.source, [...flags].join(''));
}

/** Literal text is looked for anywhere, and so is a regular expression. */
export function matches(pattern: Pattern, text: string): boolean {
	return 'text' in pattern ? text.includes(pattern.text) : expression(pattern).test(text);
}

/** The first group of the pattern's first match, or the whole match where it has no group. */
export function firstGroup(pattern: Pattern, text: string): string | undefined {
	if ('text' in pattern) return text.includes(pattern.text) ? pattern.text : undefined;
	const match = expression(pattern).exec(text);
	return match ? (match[1] ?? match[0]) : undefined;
}

/** Whether the line that the cursor is on is a nested shell's prompt; literal text must end it. */
export function isPrompt(pattern: Pattern, cursorLine: string): boolean {
	if ('text' in pattern) return cursorLine.trimEnd().endsWith(pattern.text.trimEnd());
	return matches(pattern, cursorLine);
}

export function describe(pattern: Pattern): string {
	return 'text' in pattern ? JSON.stringify(pattern.text) : `/${pattern.source}/${pattern.flags}`;
}

/** The end of an output, for a reason in a sentence. */
export function excerpt(text: string): string {
	const lines = text.trimEnd().split('\n').slice(-3).join('\n');
	return lines === '' ? 'nothing' : JSON.stringify(lines.slice(-300));
}

/** A word that any shell reads as exactly this text. */
export function quote(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
