// A cluster's network as one object: every namespace, the way between them, Services and DNS.
import type { Client } from '../api/client.ts';
import type { Clock } from '../clock.ts';
import { apiServerPort } from '../controllers/bootstrap.ts';
import type { Random } from '../random.ts';
import {
	type AddressPool,
	createAddressPool,
	dnsAddress,
	gatewayOf,
	inRange,
	isLoopback,
	nodeDnsAddress,
	podRange,
	serviceRange,
} from './addresses.ts';
import { createDatagramRouter } from './datagram-router.ts';
import { createDnsServer, type QueryType } from './dns.ts';
import { networkError } from './errors.ts';
import { answerHealthCheck } from './health-check-port.ts';
import { serveHttp } from './http.ts';
import { createKubeProxy } from './kube-proxy.ts';
import { createNamespaceView } from './namespace.ts';
import type { ClusterNetwork, Connection, NetworkNamespace } from './network.ts';
import { createNetworkPolicies, type Place, type PodIdentity } from './network-policies.ts';
import { createGitHub } from './outside/github.ts';
import { createOutsideHosts } from './outside.ts';
import type { Destination } from './policy-ports.ts';
import { createServiceIndex } from './services.ts';
import { Sockets } from './sockets.ts';
import type { Address } from './tcp.ts';

/** A place in the network with its sockets. */
export interface Host extends Place {
	readonly sockets: Sockets;
}

/** How long Linux tries before it gives up: six SYNs, and an address that nobody answers ARP for. */
const connectTimeout = 130_000;
const hostUnreachableAfter = 3_070;
/** How long a resolver waits for an answer (resolv.conf(5), `timeout`). */
const dnsTimeout = 5_000;
/** Where policies see the DNS server: there is none among the pods, but they name it as if it were. */
const dnsPlace: Place = {
	address: dnsAddress,
	pod: { namespace: 'kube-system', name: 'coredns', labels: { 'k8s-app': 'kube-dns' } },
};
/** A pod that no object describes: none of its labels are known. */
const anonymous: PodIdentity = { namespace: '', name: '' };
const nodeRange = '172.18.0.0/16';

interface NodeNetwork {
	host: Host;
	pool: AddressPool;
}

/** `random` must be the lab's own generator, so that a seed replays which endpoint a connection goes to. */
export function createClusterNetwork(options: {
	client: Client;
	clock: Clock;
	random: Random;
}): ClusterNetwork {
	const { client, clock, random } = options;
	const services = createServiceIndex(client);
	const outside = createOutsideHosts([createGitHub()]);
	const dns = createDnsServer(services, outside, random);
	const policies = createNetworkPolicies(client);
	const hosts = new Map<string, Host>();
	const nodes = new Map<string, NodeNetwork>();
	/** Nodes whose machine is off. */
	const off = new Set<string>();
	const proxy = createKubeProxy(services, () => [...nodes.keys()], clock, random);
	/** The far end of what the API server connects to. */
	const apiServer: Host = { address: '172.18.0.1', sockets: new Sockets(random()) };
	const internet: Host = { address: '203.0.113.1', sockets: new Sockets(random()) };

	const nodeNetwork = (name: string): NodeNetwork => {
		let node = nodes.get(name);
		if (!node) {
			const address = `172.18.0.${nodes.size + 2}`;
			const host = { address, node: name, sockets: new Sockets(random()) };
			node = { host, pool: createAddressPool(nodes.size) };
			nodes.set(name, node);
			hosts.set(address, host);
		}
		return node;
	};

	/** Waits as a client waits for an answer that does not come, and throws why. */
	const silence = async (address: string, signal?: AbortSignal): Promise<never> => {
		if (inRange(address, podRange) || inRange(address, nodeRange)) {
			await clock.sleep(hostUnreachableAfter, signal);
			throw networkError('EHOSTUNREACH');
		}
		if (inRange(address, serviceRange)) {
			await clock.sleep(connectTimeout, signal);
			throw networkError('ETIMEDOUT');
		}
		throw networkError('ENETUNREACH');
	};

	/** From a node to its own pods, what is sent comes from the node's end of their network. */
	const sourceOf = (from: Host, to: Host): string =>
		!from.pod && to.pod && from.node === to.node && to.node !== undefined
			? gatewayOf(nodeNetwork(to.node).pool.range)
			: from.address;

	/** A connection to a server that listens nowhere: it stands for a machine of its own. */
	const serveOne = (
		sockets: Sockets,
		from: Host,
		to: Address,
		serve: (connection: Connection) => Promise<void>,
	): Connection => {
		const listener = sockets.listen(to.port, to.address);
		const connection = sockets.accept(from.sockets, from.address, to.address, to.port, to);
		// A client that breaks the connection off concerns nobody else.
		listener
			.accept()
			.then(serve)
			.catch(() => {});
		listener.close();
		return connection;
	};

	const connect = async (
		from: Host,
		address: string,
		port: number,
		signal?: AbortSignal,
	): Promise<Connection> => {
		signal?.throwIfAborted();
		const seen = { address, port };
		if (isLoopback(address) || address === '0.0.0.0') {
			const own = address === '0.0.0.0' ? '127.0.0.1' : address;
			return from.sockets.accept(from.sockets, own, own, port, seen);
		}
		const known = hosts.get(address);
		const node = known && !known.pod ? known.node : undefined;
		// The API server has the address of a node, but stands for itself.
		if (node && off.has(node) && port !== apiServerPort) return silence(address, signal);
		const route = proxy.route(from, seen, node);
		if (route === 'rejected') throw networkError('ECONNREFUSED');
		const target = route === 'elsewhere' || route === 'dropped' ? seen : route;
		const gateway = typeof route === 'object' ? nodes.get(route.masqueradedBy ?? '')?.host : undefined;
		const sender = gateway ?? from;
		const host = hosts.get(target.address);
		const destination: Destination = { protocol: 'TCP', port: target.port };
		if (route === 'dropped' || !policies.allow(sender, host ?? target, destination)) {
			await clock.sleep(connectTimeout, signal);
			throw networkError('ETIMEDOUT');
		}
		if (host) {
			const local = node && route === 'elsewhere' ? proxy.localEndpoints(port, node) : undefined;
			if (local)
				return serveOne(host.sockets, from, seen, (accepted) =>
					serveHttp(accepted, () => answerHealthCheck(local)),
				);
			return host.sockets.accept(from.sockets, sourceOf(sender, host), target.address, target.port, seen);
		}
		const simulated = outside.byAddress(target.address);
		if (!simulated) return silence(target.address, signal);
		if (port !== 80 && port !== 443) throw networkError('ECONNREFUSED');
		return serveOne(internet.sockets, from, seen, (accepted) => simulated.serve(accepted, port, clock.now()));
	};

	const datagrams = createDatagramRouter({ hosts, policies, proxy, clock });

	const echo = async (from: Host, address: string, signal?: AbortSignal): Promise<void> => {
		if (isLoopback(address)) return;
		const host = hosts.get(address);
		const isOff = host?.node !== undefined && !host.pod && off.has(host.node);
		if (isOff || (!host && !outside.byAddress(address))) return silence(address, signal);
		if (policies.allow(from, host ?? { address }, { protocol: 'ICMP' })) return;
		await clock.sleep(connectTimeout, signal);
		throw networkError('ETIMEDOUT');
	};

	const query = async (
		from: Host,
		name: string,
		type: QueryType,
		{ server = dnsAddress, signal }: { server?: string; signal?: AbortSignal } = {},
	) => {
		const place = server === dnsAddress ? dnsPlace : { address: server };
		const answering = server === dnsAddress || server === nodeDnsAddress;
		if (answering && policies.allow(from, place, { protocol: 'UDP', port: 53 }))
			return server === dnsAddress ? dns.query(name, type) : dns.queryOutside(name, type);
		await clock.sleep(dnsTimeout, signal);
		throw networkError('ETIMEDOUT');
	};

	const namespaceOf = (host: Host, close: () => void): NetworkNamespace =>
		createNamespaceView({
			host,
			connect: (address, port, signal) => connect(host, address, port, signal),
			transmit: (data, port, to) => datagrams.transmit(host, data, port, to),
			echo: (address, signal) => echo(host, address, signal),
			query: (name, type, options) => query(host, name, type, options),
			close,
		});

	return {
		dnsAddress,
		createNamespace({ node: name, hostNetwork = false, pod = anonymous }) {
			const node = nodeNetwork(name);
			// Sockets that a pod on the node's network opens end with the pod, not with the node.
			if (hostNetwork) return namespaceOf(node.host, () => {}).forProcess();
			const address = node.pool.take();
			const host = { address, node: name, pod, sockets: new Sockets(random()) };
			hosts.set(address, host);
			return namespaceOf(host, () => {
				if (hosts.get(address) !== host) return;
				host.sockets.closeAll();
				hosts.delete(address);
				node.pool.give(address);
			});
		},
		connect: (address, port, signal) => connect(apiServer, address, port, signal),
		connectFromNode: (node, address, port, signal) => connect(nodeNetwork(node).host, address, port, signal),
		turnOff: (node) => off.add(node),
		turnOn: (node) => off.delete(node),
		nodeAddress: (node) => nodeNetwork(node).host.address,
		podRange: (node) => nodeNetwork(node).pool.range,
		stop() {
			services.stop();
			policies.stop();
			for (const host of hosts.values()) host.sockets.closeAll();
			apiServer.sockets.closeAll();
			internet.sockets.closeAll();
		},
	};
}
