// Names to addresses by a container's /etc/hosts and /etc/resolv.conf, as its C library reads them.
import type { Process } from '../process.ts';

export interface ResolverConfiguration {
	nameservers: string[];
	searches: string[];
	ndots: number;
}

function readLines(process: Process, path: string): string[][] {
	if (!process.files.exists(path)) return [];
	return process.files
		.readText(path)
		.split('\n')
		.map((line) =>
			line
				.replace(/[#;].*/, '')
				.trim()
				.split(/\s+/),
		)
		.filter((words) => words[0] !== '');
}

export function readResolverConfiguration(process: Process): ResolverConfiguration {
	const configuration: ResolverConfiguration = { nameservers: [], searches: [], ndots: 1 };
	for (const [keyword, ...values] of readLines(process, '/etc/resolv.conf')) {
		if (keyword === 'nameserver') configuration.nameservers.push(values[0]);
		if (keyword === 'search') configuration.searches = values;
		if (keyword !== 'options') continue;
		for (const value of values) {
			const [, ndots] = /^ndots:(\d+)$/.exec(value) ?? [];
			if (ndots) configuration.ndots = Number(ndots);
		}
	}
	return configuration;
}

/** /etc/hosts: the address of each line with its names, the canonical one first. */
export function readHosts(process: Process): { address: string; names: string[] }[] {
	return readLines(process, '/etc/hosts').map(([address, ...names]) => ({ address, names }));
}

/** The IPv4 addresses of a name; empty where it does not exist. */
export async function lookup(process: Process, name: string, signal?: AbortSignal): Promise<string[]> {
	const hosts = new Map<string, string[]>();
	for (const { address, names } of readHosts(process)) {
		if (address.includes(':')) continue;
		for (const known of names)
			hosts.set(known.toLowerCase(), [...(hosts.get(known.toLowerCase()) ?? []), address]);
	}
	const { searches, ndots, nameservers } = readResolverConfiguration(process);
	if (nameservers.length === 0) return hosts.get(name.toLowerCase()) ?? literal(name);
	return process.network.lookup(name, { nameservers, searches, ndots, hosts }, signal);
}

function literal(name: string): string[] {
	return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) ? [name] : [];
}
