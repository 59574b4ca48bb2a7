// The way of a datagram: past network policies, through Services, to the socket that takes it. Like Linux'
// connection tracking, it remembers who speaks with whom, so that answers come back from the address that was
// asked, and what a Service has given to one endpoint goes there again.
import type { Clock } from '../clock.ts';
import { isLoopback } from './addresses.ts';
import type { Host } from './cluster.ts';
import type { KubeProxy } from './kube-proxy.ts';
import type { NetworkPolicies } from './network-policies.ts';
import type { Address } from './tcp.ts';

/** How long a flow is remembered after its last datagram (nf_conntrack_udp_timeout_stream). */
const flowMs = 120_000;
/** Old flows are looked for when there are so many. */
const sweptFrom = 1_000;

interface Flow {
	/** Where it goes. */
	target: Address;
	/** Whom the receiver sees as the sender. */
	source: Address;
	until: number;
}

export interface DatagramRouter {
	/** 'refused' where the destination has answered that no socket takes it; what is lost counts as sent. */
	transmit(from: Host, data: Uint8Array, port: number, to: Address): 'refused' | 'sent';
}

export function createDatagramRouter(options: {
	hosts: ReadonlyMap<string, Host>;
	policies: NetworkPolicies;
	proxy: KubeProxy;
	clock: Clock;
}): DatagramRouter {
	const { hosts, policies, proxy, clock } = options;
	const flows = new Map<string, Flow>();
	const keyOf = (from: Address, to: Address) => `${from.address}:${from.port}>${to.address}:${to.port}`;

	const remember = (key: string, target: Address, source: Address): Flow => {
		const now = clock.now();
		if (flows.size >= sweptFrom) for (const [old, { until }] of flows) if (until <= now) flows.delete(old);
		const flow = { target, source, until: now + flowMs };
		flows.set(key, flow);
		return flow;
	};

	/** A flow that policies allow, and the one back; undefined where it is dropped. */
	const begin = (host: Host, from: Address, to: Address): Flow | 'refused' | undefined => {
		const known = hosts.get(to.address);
		const route = proxy.route(host, to, known && !known.pod ? known.node : undefined, 'UDP');
		if (route === 'rejected') return 'refused';
		if (route === 'dropped') return undefined;
		const target = route === 'elsewhere' ? to : { address: route.address, port: route.port };
		const receiver = hosts.get(target.address) ?? { address: target.address };
		if (!policies.allow(host, receiver, { protocol: 'UDP', port: target.port })) return undefined;
		remember(keyOf(target, from), from, to);
		return remember(keyOf(from, to), target, from);
	};

	const deliver = (host: Host, data: Uint8Array, { target, source }: Pick<Flow, 'target' | 'source'>) => {
		const socket = host.sockets.datagramSocket(target.address, target.port);
		socket?.arrive({ data, ...source });
		return socket ? 'sent' : 'refused';
	};

	return {
		transmit(host, data, port, to) {
			if (isLoopback(to.address))
				return deliver(host, data, { target: to, source: { address: to.address, port } });
			const from = { address: host.address, port };
			const key = keyOf(from, to);
			const known = flows.get(key);
			const flow = known && known.until > clock.now() ? known : begin(host, from, to);
			if (flow === 'refused') return flow;
			if (!flow) return 'sent';
			flow.until = clock.now() + flowMs;
			const receiver = hosts.get(flow.target.address);
			return receiver ? deliver(receiver, data, flow) : 'sent';
		},
	};
}
