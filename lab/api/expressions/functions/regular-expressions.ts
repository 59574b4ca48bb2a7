// Regular expressions: those of RE2, which take no longer than their text is long.
import { compiledPattern } from '../../custom-resources/validate.ts';
import type { FunctionLibrary } from './functions.ts';

/** Takes the place of `matches`, which the library has JavaScript's regular expressions for: they can take for ever. */
export const linearMatch = 'matchesInLinearTime';

function matcherOf(text: string, pattern: string, refusal: string) {
	const compiled = compiledPattern(pattern);
	if (!compiled) throw new Error(`${refusal}: ${pattern}`);
	return compiled.matcher(text);
}

const matches = (text: string, pattern: string) => matcherOf(text, pattern, 'error parsing regexp').find();

function findAll(text: string, pattern: string, limit = -1n): string[] {
	const matcher = matcherOf(text, pattern, 'Illegal regex: error parsing regexp');
	const found: string[] = [];
	while ((limit < 0n || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
	return found;
}

export const regularExpressionFunctions: FunctionLibrary = {
	functions: () => ({
		[`string.${linearMatch}(string): bool`]: matches,
		[`${linearMatch}(string, string): bool`]: matches,
		'matches(string, string): bool': matches,
		'string.find(string): string': (text: string, pattern: string) => findAll(text, pattern, 1n)[0] ?? '',
		'string.findAll(string): list<string>': (text: string, pattern: string) => findAll(text, pattern),
		'string.findAll(string, int): list<string>': findAll,
	}),
};
