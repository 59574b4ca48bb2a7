// Names to addresses as a C library does it: literals, /etc/hosts, then DNS by the search list (resolv.conf(5)).
import { parseAddress } from './addresses.ts';
import type { DnsAnswer, NetworkNamespace } from './network.ts';

/** The names to ask for, in order: with at least `ndots` dots the name itself comes first, else last. */
export function candidates(name: string, dns: { searches: readonly string[]; ndots: number }): string[] {
	if (name.endsWith('.')) return [name];
	const absolute = `${name}.`;
	const searched = dns.searches.map((domain) => `${name}.${domain.replace(/\.$/, '')}.`);
	const dots = name.split('.').length - 1;
	return dots >= dns.ndots ? [absolute, ...searched] : [...searched, absolute];
}

/** The addresses of an answer, following its CNAME records. */
export function addressesIn(answer: DnsAnswer): string[] {
	return answer.answers.flatMap((record) => (record.type === 'A' ? [record.address] : []));
}

/** @see NetworkNamespace.lookup */
export async function lookup(
	query: NetworkNamespace['query'],
	name: string,
	dns: { searches: string[]; ndots: number; hosts?: ReadonlyMap<string, string[]> },
): Promise<string[]> {
	if (parseAddress(name) !== undefined) return [name];
	const known = dns.hosts?.get(name.replace(/\.$/, '').toLowerCase());
	if (known && known.length > 0) return [...known];
	for (const candidate of candidates(name, dns)) {
		const addresses = addressesIn(await query(candidate, 'A'));
		if (addresses.length > 0) return addresses;
	}
	return [];
}
