// The lab's only source of randomness, so that a seed replays a whole cluster.

/** Gives the next number in [0, 1). */
export type Random = () => number;

/** A generator of 32-bit state (mulberry32): equal seeds give equal sequences. Not for secrets. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** The letters of Kubernetes' generated names: no vowels, no look-alikes (k8s.io/apimachinery/pkg/util/rand). */
const nameAlphabet = [...'bcdfghjklmnpqrstvwxz2456789'];

/** A generated name's suffix, as `x7k2p`. */
export function randomSuffix(random: Random, length = 5): string {
	return Array.from({ length }, () => pick(random, nameAlphabet)).join('');
}

/** One of the items, each as likely as the others; undefined where there is none. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)];

/** Puts a list into random order (Fisher and Yates), and gives it. */
export function shuffle<T>(random: Random, list: T[]): T[] {
	for (let at = list.length - 1; at > 0; at--) {
		const other = Math.floor(random() * (at + 1));
		[list[at], list[other]] = [list[other], list[at]];
	}
	return list;
}

export const randomHex = (random: Random, digits: number): string =>
	Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** As container runtimes call containers, and what is executed in them: 64 hexadecimal digits. */
export const randomIdentifier = (random: Random): string => randomHex(random, 64);

/** A version 4 UUID (RFC 9562). */
export function randomUuid(random: Random): string {
	const hex = (digits: number) => randomHex(random, digits);
	const variant = pick(random, [...'89ab']);
	return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
