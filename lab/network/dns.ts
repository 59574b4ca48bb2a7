// The cluster's DNS server, after "Kubernetes DNS-Based Service Discovery" (schema version 1.1.0) and what
// CoreDNS makes of it with kubeadm's configuration.
import { type Random, shuffle } from '../random.ts';
import type { Endpoint, EndpointSlice } from '../schema/types.ts';
import { parseAddress } from './addresses.ts';
import type { DnsAnswer, DnsRecord } from './network.ts';
import type { OutsideHosts } from './outside.ts';
import { isHeadless, isReady, type ServiceEntry, type ServiceIndex } from './services.ts';

export type QueryType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'ANY';

export interface DnsServer {
	query(name: string, type: QueryType): DnsAnswer;
	/** What the nodes' name server says, which knows nothing of the cluster. */
	queryOutside(name: string, type: QueryType): DnsAnswer;
}

const zone = 'cluster.local';
/** Seconds; the `ttl` of kubeadm's Corefile. */
const ttl = 30;

const found = (answers: DnsRecord[]): DnsAnswer => ({ status: 'NOERROR', authoritative: true, answers });
const noSuchName: DnsAnswer = { status: 'NXDOMAIN', authoritative: true, answers: [] };

/** The label of an endpoint below its service: its hostname, or its address with dashes as CoreDNS makes one. */
function endpointLabel(endpoint: Endpoint): string {
	return endpoint.hostname || endpoint.addresses[0].replaceAll('.', '-');
}

function serviceName(entry: ServiceEntry): string {
	return `${entry.name}.${entry.namespace}.svc.${zone}`;
}

/** The endpoints that a headless service publishes, each with its slice. */
function publishedEndpoints(entry: ServiceEntry): { endpoint: Endpoint; slice: EndpointSlice }[] {
	const all = entry.service?.spec.publishNotReadyAddresses === true;
	return [...entry.slices.values()]
		.filter((slice) => slice.addressType === 'IPv4')
		.flatMap((slice) => (slice.endpoints ?? []).map((endpoint) => ({ endpoint, slice })))
		.filter(({ endpoint }) => all || isReady(endpoint));
}

export function createDnsServer(services: ServiceIndex, outside: OutsideHosts, random: Random): DnsServer {
	/** Answers in an order that changes from query to query, as CoreDNS' loadbalance plugin. */
	const shuffled = (records: DnsRecord[]) => shuffle(random, records);

	const addressRecords = (name: string, addresses: Iterable<string>, type: QueryType) =>
		found(
			type === 'A' || type === 'ANY'
				? shuffled([...new Set(addresses)].map((address) => ({ type: 'A', name, address, ttl })))
				: [],
		);

	/** SRV records of a service's ports, or of those of one endpoint of it; none where nothing matches. */
	const portRecords = (
		name: string,
		entry: ServiceEntry,
		matches: (port: { name?: string; protocol?: string }) => boolean,
		label?: string,
	): DnsRecord[] => {
		const targets = isHeadless(entry.service)
			? publishedEndpoints(entry)
					.filter(({ endpoint }) => label === undefined || endpointLabel(endpoint) === label)
					.flatMap(({ endpoint, slice }) =>
						(slice.ports ?? [])
							.filter((port) => port.port !== undefined && matches(port))
							.map(({ port = 0 }) => ({
								target: `${endpointLabel(endpoint)}.${serviceName(entry)}`,
								port,
							})),
					)
			: (entry.service?.spec.ports ?? [])
					.filter(matches)
					.map(({ port }) => ({ target: serviceName(entry), port }));
		const weight = Math.max(1, Math.floor(100 / targets.length));
		return targets.map((target) => ({ type: 'SRV', name, priority: 0, weight, ...target, ttl }));
	};

	const queryPort = (
		name: string,
		entry: ServiceEntry,
		port: string,
		protocol: string,
		type: QueryType,
	): DnsAnswer => {
		const records = portRecords(
			name,
			entry,
			(candidate) =>
				(candidate.name ?? '') === port && (candidate.protocol ?? 'TCP').toLowerCase() === protocol,
		);
		if (records.length === 0) return noSuchName;
		return found(type === 'SRV' || type === 'ANY' ? records : []);
	};

	/** `labels` are what stands before `.svc.cluster.local`. */
	const queryService = (name: string, labels: string[], type: QueryType): DnsAnswer => {
		const namespace = labels.at(-1) ?? '';
		if (labels.length === 1) return services.hasNamespace(namespace) ? found([]) : noSuchName;
		const entry = services.byName(namespace, labels.at(-2) ?? '');
		const service = entry?.service;
		if (!entry || !service) return noSuchName;
		const before = labels.slice(0, -2);
		if (service.spec.type === 'ExternalName') {
			if (before.length > 0 || !service.spec.externalName) return noSuchName;
			const target = service.spec.externalName.replace(/\.$/, '').toLowerCase();
			const rest = type === 'A' || type === 'ANY' ? query(target, 'A').answers : [];
			return found([{ type: 'CNAME', name, target, ttl }, ...rest]);
		}
		if (before.length === 2 && before[0].startsWith('_') && before[1].startsWith('_'))
			return queryPort(name, entry, before[0].slice(1), before[1].slice(1), type);
		if (before.length > 1) return noSuchName;
		if (before.length === 0 && !isHeadless(service)) {
			if (!service.spec.clusterIP) return noSuchName;
			if (type === 'SRV') return found(portRecords(name, entry, () => true));
			return addressRecords(name, [service.spec.clusterIP], type);
		}
		if (!isHeadless(service)) return noSuchName;
		const endpoints = publishedEndpoints(entry)
			.map(({ endpoint }) => endpoint)
			.filter((endpoint) => before.length === 0 || endpointLabel(endpoint) === before[0]);
		if (endpoints.length === 0) return noSuchName;
		// Without a port's name before it, every port is meant.
		if (type === 'SRV') return found(portRecords(name, entry, () => true, before[0]));
		return addressRecords(
			name,
			endpoints.map(({ addresses }) => addresses[0]),
			type,
		);
	};

	/** `1-2-3-4.NAMESPACE.pod.cluster.local`, as with CoreDNS' `pods insecure`: nobody checks that there is such a pod. */
	const queryPod = (name: string, labels: string[], type: QueryType): DnsAnswer => {
		const namespace = labels.at(-1) ?? '';
		if (!services.hasNamespace(namespace)) return noSuchName;
		if (labels.length === 1) return found([]);
		const address = labels[0].replaceAll('-', '.');
		if (labels.length > 2 || parseAddress(address) === undefined) return noSuchName;
		return addressRecords(name, [address], type);
	};

	const queryReverse = (name: string, address: string, type: QueryType): DnsAnswer => {
		const entry = services.byAddress(address);
		const targets = entry
			? [serviceName(entry)]
			: services
					.byEndpoint(address)
					.map(({ entry, endpoint }) => `${endpointLabel(endpoint)}.${serviceName(entry)}`);
		if (targets.length === 0) return noSuchName;
		return found(
			type === 'PTR' || type === 'ANY' ? targets.map((target) => ({ type: 'PTR', name, target, ttl })) : [],
		);
	};

	const query = (queried: string, type: QueryType): DnsAnswer => {
		const name = queried.replace(/\.$/, '').toLowerCase();
		const labels = name.split('.');
		if (name.endsWith('.in-addr.arpa')) {
			const address = labels.slice(0, -2).reverse().join('.');
			return parseAddress(address) === undefined ? noSuchName : queryReverse(name, address, type);
		}
		if (name === zone) return found([]);
		if (name.endsWith(`.${zone}`)) {
			const inside = labels.slice(0, -2);
			const kind = inside.pop();
			if (kind !== 'svc' && kind !== 'pod') return noSuchName;
			if (inside.length === 0) return found([]);
			return kind === 'svc' ? queryService(name, inside, type) : queryPod(name, inside, type);
		}
		return queryOutside(name, type);
	};

	const queryOutside = (queried: string, type: QueryType): DnsAnswer => {
		const name = queried.replace(/\.$/, '').toLowerCase();
		const address = outside.addressOf(name);
		if (!address) return { ...noSuchName, authoritative: false };
		const answers: DnsRecord[] = type === 'A' || type === 'ANY' ? [{ type: 'A', name, address, ttl }] : [];
		return { status: 'NOERROR', authoritative: false, answers };
	};
	return { query, queryOutside };
}
