// What the network knows of Services: the objects that kube-proxy and the DNS server watch, in indexes that
// are kept by the watches, so that no connection and no query scans a list.
import type { Client } from '../api/client.ts';
import type { Endpoint, EndpointSlice, KubernetesObject, Service } from '../schema/types.ts';

/** A Service with its EndpointSlices (label kubernetes.io/service-name). */
export interface ServiceEntry {
	readonly name: string;
	readonly namespace: string;
	service?: Service;
	readonly slices: Map<string, EndpointSlice>;
}

export interface ServiceIndex {
	byName(namespace: string, name: string): ServiceEntry | undefined;
	/** By cluster IP, external IP or load balancer address. */
	byAddress(address: string): ServiceEntry | undefined;
	byNodePort(port: number): ServiceEntry | undefined;
	/** By the port on which nodes say whether they have endpoints of it (externalTrafficPolicy Local). */
	byHealthCheckPort(port: number): ServiceEntry | undefined;
	/** Endpoints with that address, of headless services. */
	byEndpoint(address: string): readonly { entry: ServiceEntry; endpoint: Endpoint }[];
	hasNamespace(name: string): boolean;
	stop(): void;
}

/** Whether an endpoint takes new connections; an absent condition counts as true (KEP-752). */
export function isReady(endpoint: Endpoint): boolean {
	return endpoint.conditions?.ready ?? true;
}

/** The addresses under which a Service is reached inside the cluster. */
function addressesOf(service: Service): string[] {
	const { clusterIP, externalIPs = [] } = service.spec;
	const balancer = service.status?.loadBalancer?.ingress?.flatMap((ingress) => ingress.ip ?? []) ?? [];
	return [...(clusterIP && clusterIP !== 'None' ? [clusterIP] : []), ...externalIPs, ...balancer];
}

export function isHeadless(service: Service | undefined): boolean {
	return service?.spec.clusterIP === 'None';
}

export function createServiceIndex(client: Client): ServiceIndex {
	const entries = new Map<string, ServiceEntry>();
	const addresses = new Map<string, ServiceEntry>();
	const nodePorts = new Map<number, ServiceEntry>();
	const healthCheckPorts = new Map<number, ServiceEntry>();
	const endpoints = new Map<string, { entry: ServiceEntry; endpoint: Endpoint }[]>();
	const namespaces = new Set<string>();

	const entryOf = (namespace: string, name: string): ServiceEntry => {
		const key = `${namespace}/${name}`;
		let entry = entries.get(key);
		if (!entry) {
			entry = { name, namespace, slices: new Map() };
			entries.set(key, entry);
		}
		return entry;
	};
	const dropIfEmpty = (entry: ServiceEntry) => {
		if (!entry.service && entry.slices.size === 0) entries.delete(`${entry.namespace}/${entry.name}`);
	};

	const removeService = (entry: ServiceEntry) => {
		if (!entry.service) return;
		for (const address of addressesOf(entry.service))
			if (addresses.get(address) === entry) addresses.delete(address);
		for (const { nodePort } of entry.service.spec.ports ?? [])
			if (nodePort && nodePorts.get(nodePort) === entry) nodePorts.delete(nodePort);
		const { healthCheckNodePort: health } = entry.service.spec;
		if (health && healthCheckPorts.get(health) === entry) healthCheckPorts.delete(health);
		entry.service = undefined;
	};
	const addService = (entry: ServiceEntry, service: Service) => {
		entry.service = service;
		for (const address of addressesOf(service)) addresses.set(address, entry);
		for (const { nodePort } of service.spec.ports ?? []) if (nodePort) nodePorts.set(nodePort, entry);
		const { healthCheckNodePort: health } = service.spec;
		if (health) healthCheckPorts.set(health, entry);
	};

	const removeSlice = (entry: ServiceEntry, name: string) => {
		for (const endpoint of entry.slices.get(name)?.endpoints ?? [])
			for (const address of endpoint.addresses) {
				const rest = endpoints.get(address)?.filter((known) => known.endpoint !== endpoint) ?? [];
				if (rest.length > 0) endpoints.set(address, rest);
				else endpoints.delete(address);
			}
		entry.slices.delete(name);
	};
	const addSlice = (entry: ServiceEntry, slice: EndpointSlice) => {
		entry.slices.set(slice.metadata.name, slice);
		for (const endpoint of slice.endpoints ?? [])
			for (const address of endpoint.addresses) {
				const known = endpoints.get(address);
				if (known) known.push({ entry, endpoint });
				else endpoints.set(address, [{ entry, endpoint }]);
			}
	};
	const serviceNameOf = (slice: EndpointSlice) => slice.metadata.labels?.['kubernetes.io/service-name'];

	const stops = [
		client.watch<Service>('services', ({ type, object }) => {
			const entry = entryOf(object.metadata.namespace, object.metadata.name);
			removeService(entry);
			if (type !== 'DELETED') addService(entry, object);
			dropIfEmpty(entry);
		}),
		client.watch<EndpointSlice>('endpointslices.discovery.k8s.io', ({ type, object, previous }) => {
			const before = previous && serviceNameOf(previous);
			if (previous && before) {
				const entry = entryOf(object.metadata.namespace, before);
				removeSlice(entry, object.metadata.name);
				dropIfEmpty(entry);
			}
			const name = serviceNameOf(object);
			if (!name) return;
			const entry = entryOf(object.metadata.namespace, name);
			removeSlice(entry, object.metadata.name);
			if (type !== 'DELETED') addSlice(entry, object);
			dropIfEmpty(entry);
		}),
		client.watch<KubernetesObject>('namespaces', ({ type, object }) => {
			if (type === 'DELETED') namespaces.delete(object.metadata.name);
			else namespaces.add(object.metadata.name);
		}),
	];
	return {
		byName: (namespace, name) => entries.get(`${namespace}/${name}`),
		byAddress: (address) => addresses.get(address),
		byNodePort: (port) => nodePorts.get(port),
		byHealthCheckPort: (port) => healthCheckPorts.get(port),
		byEndpoint: (address) => (endpoints.get(address) ?? []).filter(({ entry }) => isHeadless(entry.service)),
		hasNamespace: (name) => namespaces.has(name),
		stop: () => {
			for (const stop of stops) stop();
		},
	};
}
