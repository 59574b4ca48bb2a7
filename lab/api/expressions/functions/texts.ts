// Strings, as far as cel-go has more for them than the library (its extension "strings", in version 2).
import type { FunctionLibrary } from './functions.ts';

function replace(text: string, old: string, by: string, limit: bigint): string {
	const parts = text.split(old);
	const count = limit < 0n ? parts.length - 1 : Math.min(Number(limit), parts.length - 1);
	return [parts.slice(0, count + 1).join(by), ...parts.slice(count + 1)].join(old);
}

function charAt(text: string, index: bigint): string {
	const characters = [...text];
	if (index < 0n || index > characters.length) throw new Error(`index out of range: ${index}`);
	return characters[Number(index)] ?? '';
}

class StringsNamespace {}

export const textFunctions: FunctionLibrary = {
	namespaces: { strings: StringsNamespace },
	functions: () => ({
		'string.replace(string, string): string': (text: string, old: string, by: string) =>
			replace(text, old, by, -1n),
		'string.replace(string, string, int): string': replace,
		'string.charAt(int): string': charAt,
		'StringsNamespace.quote(string): string': (_: unknown, text: string) => JSON.stringify(text),
	}),
};
