// Functions that rules have beyond the Common Expression Language: those of Kubernetes' libraries for lists, regular
// expressions, addresses and quantities as text, and what strings have in cel-go (kubernetes.io/docs/reference/using-api/cel).
import type { Environment } from '@marcbachmann/cel-js';
import { parseQuantity, QuantityError } from '../../schema/quantity.ts';
import { isIpv4, isIpv6 } from '../validation/addresses.ts';
import { parseRange } from '../validation/cidr.ts';
import { compiledPattern } from './validate.ts';

/** Takes the place of `matches`, which the library has JavaScript's regular expressions for: they can take for ever. */
export const linearMatch = 'matchesInLinearTime';

type Ordered = bigint | number | string | boolean | Date;
type List = readonly Ordered[];

function matcherOf(text: string, pattern: string) {
	const compiled = compiledPattern(pattern);
	if (!compiled) throw new Error(`error parsing regexp: ${pattern}`);
	return compiled.matcher(text);
}

const matches = (text: string, pattern: string) => matcherOf(text, pattern).find();

function findAll(text: string, pattern: string, limit = -1n): string[] {
	const matcher = matcherOf(text, pattern);
	const found: string[] = [];
	while ((limit < 0n || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
	return found;
}

/** The first of the list by an order. Throws where there is none. */
function extreme(name: string, list: List, isBetter: (a: Ordered, b: Ordered) => boolean): Ordered {
	if (list.length === 0) throw new Error(`${name} called on empty list`);
	return list.reduce((best, each) => (isBetter(each, best) ? each : best));
}

function sum(list: readonly (bigint | number)[]): bigint | number {
	if (typeof list[0] === 'number') return list.reduce<number>((total, each) => total + Number(each), 0);
	return list.reduce<bigint>((total, each) => total + BigInt(each), 0n);
}

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

function isQuantity(text: string): boolean {
	try {
		parseQuantity(text);
		return true;
	} catch (error) {
		if (error instanceof QuantityError) return false;
		throw error;
	}
}

/** What Go takes for the target of a request: with a scheme, or a path from the root on. */
const isUrl = (text: string) =>
	text.startsWith('/') || (/^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text));

const functions: Readonly<Record<string, (...values: never[]) => unknown>> = {
	[`string.${linearMatch}(string): bool`]: matches,
	[`${linearMatch}(string, string): bool`]: matches,
	'string.find(string): string': (text: string, pattern: string) => findAll(text, pattern, 1n)[0] ?? '',
	'string.findAll(string): list<string>': (text: string, pattern: string) => findAll(text, pattern),
	'string.findAll(string, int): list<string>': findAll,
	'string.replace(string, string): string': (text: string, old: string, by: string) =>
		replace(text, old, by, -1n),
	'string.replace(string, string, int): string': replace,
	'string.charAt(int): string': charAt,
	'string.reverse(): string': (text: string) => [...text].reverse().join(''),
	'list.isSorted(): bool': (list: List) =>
		list.every((each, index) => index === 0 || list[index - 1] <= each),
	'list.sum(): dyn': sum,
	'list.min(): dyn': (list: List) => extreme('min', list, (a, b) => a < b),
	'list.max(): dyn': (list: List) => extreme('max', list, (a, b) => a > b),
	'list.indexOf(dyn): int': (list: List, value: Ordered) => BigInt(list.indexOf(value)),
	'list.lastIndexOf(dyn): int': (list: List, value: Ordered) => BigInt(list.lastIndexOf(value)),
	'isIP(string): bool': (text: string) => isIpv4(text) || isIpv6(text),
	'isCIDR(string): bool': (text: string) => parseRange(text) !== undefined,
	'isURL(string): bool': isUrl,
	'isQuantity(string): bool': isQuantity,
};

/** The environment with the functions. */
export function withFunctions(environment: Environment): Environment {
	for (const [signature, implementation] of Object.entries(functions))
		environment.registerFunction(signature, implementation as (...values: unknown[]) => unknown);
	return environment;
}

const missing =
	/\b(?:quantity|url|ip|cidr|semver|isSemver|format|optMap|optFlatMap|(?:sets|math|ip|cidr)\.\w+)\(/;

/** Whether an expression uses a function that is not there. */
export const usesMissingFunction = (expression: string): boolean => missing.test(expression);
