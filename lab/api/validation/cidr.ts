// Ranges of addresses in CIDR notation (RFC 4632, RFC 4291).
import { type FieldError, invalidValue } from '../field-errors.ts';
import { isIpv4, isIpv6 } from './addresses.ts';

export interface AddressRange {
	family: 4 | 6;
	/** The address as a number. */
	address: bigint;
	/** How many bits lead. */
	length: number;
}

const bitsOf = (family: 4 | 6) => (family === 4 ? 32 : 128);

function addressNumber(text: string): { family: 4 | 6; address: bigint } | undefined {
	if (isIpv4(text))
		return { family: 4, address: text.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n) };
	if (!isIpv6(text)) return undefined;
	const groups = (half: string) =>
		half
			.split(':')
			.filter(Boolean)
			.flatMap((group) => {
				if (!group.includes('.')) return [BigInt(`0x${group}`)];
				const [a, b, c, d] = group.split('.').map(BigInt);
				return [(a << 8n) + b, (c << 8n) + d];
			});
	const [before, after = ''] = text.split('::');
	const [leading, trailing] = [groups(before), groups(after)];
	const zeros = Array.from({ length: 8 - leading.length - trailing.length }, () => 0n);
	return {
		family: 6,
		address: [...leading, ...zeros, ...trailing].reduce((sum, group) => (sum << 16n) + group, 0n),
	};
}

/** Undefined where the text is no range. */
export function parseRange(text: string): AddressRange | undefined {
	const [, base, digits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
	const parsed = base === undefined ? undefined : addressNumber(base);
	if (!parsed || Number(digits) > bitsOf(parsed.family)) return undefined;
	return { ...parsed, length: Number(digits) };
}

/** The address as text, of IPv6 in the form of RFC 5952: the longest run of zeros left out, in lower case. */
export function formatAddress({ family, address }: Pick<AddressRange, 'family' | 'address'>): string {
	const parts = (count: number, bits: bigint) =>
		Array.from(
			{ length: count },
			(_, index) => (address >> (bits * BigInt(count - 1 - index))) % (1n << bits),
		);
	if (family === 4) return parts(4, 8n).join('.');
	const text = parts(8, 16n)
		.map((group) => group.toString(16))
		.join(':');
	const runs = [...text.matchAll(/\b0(?::0)+\b/g)].map(([run]) => run).sort((a, b) => b.length - a.length);
	if (runs.length === 0) return text;
	const start = text.search(new RegExp(`(?<![^:])${runs[0]}(?![^:])`));
	return `${text.slice(0, start).replace(/:$/, '')}::${text.slice(start + runs[0].length).replace(/^:/, '')}`;
}

const prefix = ({ family, address }: AddressRange, length: number) =>
	address >> BigInt(bitsOf(family) - length);

/** Whether the range has no bits behind its prefix. */
export const isCanonical = (range: AddressRange) =>
	prefix(range, range.length) << BigInt(bitsOf(range.family) - range.length) === range.address;

export function containsRange(outer: AddressRange, inner: AddressRange): boolean {
	return (
		outer.family === inner.family &&
		inner.length >= outer.length &&
		prefix(outer, outer.length) === prefix(inner, outer.length)
	);
}

export const notRange = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export const validateRange = (text: string, field: string): FieldError[] =>
	parseRange(text) ? [] : [invalidValue(field, text, notRange)];
