// Names to addresses as a C library does it: literals, /etc/hosts, then DNS by the search list (resolv.conf(5)).
import { SystemError } from '../runtime/process.ts';
import { dnsAddress, parseAddress } from './addresses.ts';
import type { DnsAnswer, NetworkNamespace, ResolverOptions } from './network.ts';

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

/** How often a resolver asks a server that does not answer (resolv.conf(5), `attempts`). */
const attempts = 2;

/** Asks one server after another, and all of them again, until one answers. */
async function ask(
	query: NetworkNamespace['query'],
	name: string,
	nameservers: readonly string[],
	signal: AbortSignal | undefined,
): Promise<DnsAnswer | undefined> {
	for (let attempt = 1; attempt <= attempts; attempt++)
		for (const server of nameservers)
			try {
				return await query(name, 'A', { server, signal });
			} catch (error) {
				if (!(error instanceof SystemError) || error.code !== 'ETIMEDOUT') throw error;
			}
	return undefined;
}

/** @see NetworkNamespace.lookup */
export async function lookup(
	query: NetworkNamespace['query'],
	name: string,
	dns: ResolverOptions,
	signal?: AbortSignal,
): Promise<string[]> {
	if (parseAddress(name) !== undefined) return [name];
	const known = dns.hosts?.get(name.replace(/\.$/, '').toLowerCase());
	if (known && known.length > 0) return [...known];
	for (const candidate of candidates(name, dns)) {
		const answer = await ask(query, candidate, dns.nameservers ?? [dnsAddress], signal);
		// Servers that do not answer for one name are not asked for the next.
		if (!answer) return [];
		const addresses = addressesIn(answer);
		if (addresses.length > 0) return addresses;
	}
	return [];
}
