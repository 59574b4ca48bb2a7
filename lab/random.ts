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
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A generated name's suffix, as `x7k2p`. */
export function randomSuffix(random: Random, length = 5): string {
	return Array.from({ length }, () => nameAlphabet[Math.floor(random() * nameAlphabet.length)]).join('');
}

/** As container runtimes call containers, and what is executed in them: 64 hexadecimal digits. */
export function randomIdentifier(random: Random): string {
	return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** A version 4 UUID (RFC 9562). */
export function randomUuid(random: Random): string {
	const hex = (digits: number) =>
		Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
	const variant = '89ab'[Math.floor(random() * 4)];
	return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
