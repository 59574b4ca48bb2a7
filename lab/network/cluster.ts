// A cluster's network as one object: every namespace, the way between them, Services and DNS.
import type { Client } from '../api/client.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import {
	type AddressPool,
	createAddressPool,
	inRange,
	isLoopback,
	podRange,
	serviceRange,
} from './addresses.ts';
import { createDnsServer } from './dns.ts';
import { networkError } from './errors.ts';
import { serveHttp } from './http.ts';
import { createKubeProxy } from './kube-proxy.ts';
import { createNamespaceView } from './namespace.ts';
import type { ClusterNetwork, Connection, NetworkNamespace } from './network.ts';
import { createGitHub } from './outside/github.ts';
import { createOutsideHosts } from './outside.ts';
import { createServiceIndex } from './services.ts';
import { Sockets } from './sockets.ts';

/** Where a host of the network stands: its address, its node, and its sockets. */
export interface Host {
	readonly address: string;
	readonly node?: string;
	readonly sockets: Sockets;
}

/** How long Linux tries before it gives up: six SYNs, and an address that nobody answers ARP for. */
const connectTimeout = 130_000;
const hostUnreachableAfter = 3_070;
const dnsAddress = '10.96.0.10';
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
	const proxy = createKubeProxy(services, clock, random);
	const hosts = new Map<string, Host>();
	const nodes = new Map<string, NodeNetwork>();
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
		const isNode = hosts.get(address)?.node !== undefined && inRange(address, nodeRange);
		const route = proxy.route(from, seen, isNode);
		if (route === 'rejected') throw networkError('ECONNREFUSED');
		if (route === 'dropped') {
			await clock.sleep(connectTimeout, signal);
			throw networkError('ETIMEDOUT');
		}
		const target = route === 'elsewhere' ? seen : route;
		const host = hosts.get(target.address);
		if (host) return host.sockets.accept(from.sockets, from.address, target.address, target.port, seen);
		const simulated = outside.byAddress(target.address);
		if (!simulated) return silence(target.address, signal);
		if (port !== 80 && port !== 443) throw networkError('ECONNREFUSED');
		if (!internet.sockets.listener(target.address, port)) {
			const listener = internet.sockets.listen(port, target.address);
			void (async () => {
				for (;;) void serveHttp(await listener.accept(), (request) => simulated.handle(request));
			})();
		}
		return internet.sockets.accept(from.sockets, from.address, target.address, port, seen);
	};

	const echo = async (address: string, signal?: AbortSignal): Promise<void> => {
		if (isLoopback(address) || hosts.has(address) || outside.byAddress(address)) return;
		await silence(address, signal);
	};

	const namespaceOf = (host: Host, close: () => void): NetworkNamespace =>
		createNamespaceView({
			host,
			connect: (address, port, signal) => connect(host, address, port, signal),
			echo,
			// In a later turn, as an answer from another host comes.
			query: async (name, type) => dns.query(name, type),
			close,
		});

	return {
		dnsAddress,
		createNamespace({ node: name, hostNetwork = false }) {
			const node = nodeNetwork(name);
			// Sockets that a pod on the node's network opens end with the pod, not with the node.
			if (hostNetwork) return namespaceOf(node.host, () => {}).forProcess();
			const address = node.pool.take();
			const host = { address, node: name, sockets: new Sockets(random()) };
			hosts.set(address, host);
			return namespaceOf(host, () => {
				if (hosts.get(address) !== host) return;
				host.sockets.closeAll();
				hosts.delete(address);
				node.pool.give(address);
			});
		},
		connect: (address, port, signal) => connect(apiServer, address, port, signal),
		nodeAddress: (node) => nodeNetwork(node).host.address,
		podRange: (node) => nodeNetwork(node).pool.range,
		stop() {
			services.stop();
			for (const host of hosts.values()) host.sockets.closeAll();
			apiServer.sockets.closeAll();
			internet.sockets.closeAll();
		},
	};
}
