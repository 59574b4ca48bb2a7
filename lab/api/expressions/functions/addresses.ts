// ip('10.0.0.1') and cidr('10.0.0.0/8'): addresses and ranges of them.
import { type AddressRange, containsRange, formatAddress, parseRange } from '../../validation/cidr.ts';
import type { FunctionLibrary } from './functions.ts';

/** A range in CIDR notation, whose address may have bits behind the prefix. */
class RangeValue {
	readonly range: AddressRange;

	constructor(range: AddressRange) {
		this.range = range;
	}

	get text(): string {
		return `${formatAddress(this.range)}/${this.range.length}`;
	}
}

/** An address: a range with nothing but that in it. */
class AddressValue {
	readonly range: AddressRange;

	constructor(range: AddressRange) {
		this.range = range;
	}

	isIn(...ranges: string[]): boolean {
		return ranges.some((text) => {
			const range = parseRange(text);
			return range !== undefined && containsRange(range, this.range);
		});
	}
}

class IpNamespace {}

const isMapped = ({ family, address }: AddressRange) => family === 6 && address >> 32n === 0xffffn;

function parsedAddress(text: string): AddressRange {
	const range = parseRange(`${text}/${text.includes(':') ? 128 : 32}`);
	if (text.includes('%') && parseRange(`${text.split('%')[0]}/128`))
		throw new Error(`IP address ${JSON.stringify(text)} with zone value is not allowed`);
	if (!range)
		throw new Error(
			`IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
		);
	if (isMapped(range)) throw new Error(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
	return range;
}

function parsedRange(text: string): AddressRange {
	const range = parseRange(text);
	if (!range)
		throw new Error(
			`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): ${text.includes('/') ? 'unable to parse IP' : "no '/'"}`,
		);
	if (isMapped(range)) throw new Error(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
	return range;
}

const parses = (parse: (text: string) => unknown) => (text: string) => {
	try {
		parse(text);
		return true;
	} catch {
		return false;
	}
};

const equalRanges = (a: { range: AddressRange }, b: { range: AddressRange }) =>
	a.range.family === b.range.family &&
	a.range.address === b.range.address &&
	a.range.length === b.range.length;

const single = (range: AddressRange) => ({ ...range, length: range.family === 4 ? 32 : 128 });

function masked({ range }: RangeValue): RangeValue {
	const behind = BigInt(single(range).length - range.length);
	return new RangeValue({ ...range, address: (range.address >> behind) << behind });
}

const isLinkLocal = (address: AddressValue) => address.isIn('169.254.0.0/16', 'fe80::/10');
const isLoopback = (address: AddressValue) => address.isIn('127.0.0.0/8', '::1/128');
const isUnspecified = (address: AddressValue) => address.isIn('0.0.0.0/32', '::/128');

export const addressFunctions: FunctionLibrary = {
	types: {
		'net.IP': { values: AddressValue, equals: equalRanges },
		'net.CIDR': { values: RangeValue, equals: equalRanges },
	},
	namespaces: { ip: IpNamespace },
	functions: () => ({
		'ip(string): net.IP': (text: string) => new AddressValue(parsedAddress(text)),
		'isIP(string): bool': parses(parsedAddress),
		'IpNamespace.isCanonical(string): bool': (_: unknown, text: string) =>
			formatAddress(parsedAddress(text)) === text,
		'string(net.IP): string': ({ range }: AddressValue) => formatAddress(range),
		'net.IP.family(): int': ({ range }: AddressValue) => BigInt(range.family),
		'net.IP.isUnspecified(): bool': isUnspecified,
		'net.IP.isLoopback(): bool': isLoopback,
		'net.IP.isLinkLocalMulticast(): bool': (address: AddressValue) =>
			address.isIn('224.0.0.0/24', 'ff02::/16'),
		'net.IP.isLinkLocalUnicast(): bool': isLinkLocal,
		'net.IP.isGlobalUnicast(): bool': (address: AddressValue) =>
			!isUnspecified(address) &&
			!isLoopback(address) &&
			!isLinkLocal(address) &&
			!address.isIn('255.255.255.255/32', '224.0.0.0/4', 'ff00::/8'),
		'cidr(string): net.CIDR': (text: string) => new RangeValue(parsedRange(text)),
		'isCIDR(string): bool': parses(parsedRange),
		'string(net.CIDR): string': ({ text }: RangeValue) => text,
		'net.CIDR.containsIP(string): bool': ({ range }: RangeValue, text: string) =>
			containsRange(range, parsedAddress(text)),
		'net.CIDR.containsIP(net.IP): bool': (outer: RangeValue, { range }: AddressValue) =>
			containsRange(outer.range, range),
		'net.CIDR.containsCIDR(string): bool': ({ range }: RangeValue, text: string) =>
			containsRange(range, parsedRange(text)),
		'net.CIDR.containsCIDR(net.CIDR): bool': (outer: RangeValue, { range }: RangeValue) =>
			containsRange(outer.range, range),
		'net.CIDR.ip(): net.IP': ({ range }: RangeValue) => new AddressValue(single(range)),
		'net.CIDR.prefixLength(): int': ({ range }: RangeValue) => BigInt(range.length),
		'net.CIDR.masked(): net.CIDR': masked,
	}),
};
