// kube-proxy's part: what is sent to a Service's address goes to one of its ready endpoints
// (kubernetes.io/docs/reference/networking/virtual-ips).
import type { Clock } from '../clock.ts';
import { pick, type Random } from '../random.ts';
import type { Endpoint, ServicePort } from '../schema/types.ts';
import { isReady, type ServiceEntry, type ServiceIndex } from './services.ts';
import type { Address } from './tcp.ts';

export interface Route extends Address {
	/** The node under whose address it arrives, where it came in from outside by that node. */
	masqueradedBy?: string;
}

export interface KubeProxy {
	/**
	 * Where what is sent to `to` goes: 'elsewhere' where that is no Service's address, 'rejected' where the
	 * Service has no endpoint, 'dropped' where it has no such port or a local policy leaves no endpoint.
	 * `from.node` is undefined for who is outside the cluster; `toNode` names the node that has the address.
	 */
	route(
		from: { address: string; node?: string },
		to: Address,
		toNode: string | undefined,
		protocol?: 'TCP' | 'UDP',
	): Route | 'elsewhere' | 'rejected' | 'dropped';
	/** Who asks how many endpoints of a Service a node has, by the service's health check port on it. */
	localEndpoints(port: number, node: string): { namespace: string; name: string; count: number } | undefined;
}

interface Target extends Address {
	node?: string;
}

/** The endpoints of one port: the ready ones, or where there are none those that still serve (KEP-1669). */
function targetsOf(entry: ServiceEntry, port: ServicePort): Target[] {
	const choose = (accept: (endpoint: Endpoint) => boolean) =>
		[...entry.slices.values()].flatMap((slice) => {
			const number = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port;
			if (number === undefined || slice.addressType !== 'IPv4') return [];
			return (slice.endpoints ?? [])
				.filter(accept)
				.flatMap(({ addresses, nodeName }) => ({ address: addresses[0], port: number, node: nodeName }));
		});
	const ready = choose(isReady);
	if (ready.length > 0) return ready;
	return choose(({ conditions }) => conditions?.serving === true && conditions.terminating === true);
}

export function createKubeProxy(
	services: ServiceIndex,
	nodes: () => readonly string[],
	clock: Clock,
	random: Random,
): KubeProxy {
	/** Service, port and client → the endpoint that the client keeps, as long as it comes back in time. */
	const affinities = new Map<string, { target: Target; until: number }>();

	const choose = (entry: ServiceEntry, port: ServicePort, targets: Target[], client: string): Target => {
		const spec = entry.service?.spec;
		if (spec?.sessionAffinity !== 'ClientIP') return pick(random, targets);
		const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800;
		const key = `${entry.namespace}/${entry.name}:${port.port}<${client}`;
		const kept = affinities.get(key);
		const same =
			kept && kept.until > clock.now()
				? targets.find(({ address, port }) => address === kept.target.address && port === kept.target.port)
				: undefined;
		const target = same ?? pick(random, targets);
		affinities.set(key, { target, until: clock.now() + seconds * 1000 });
		return target;
	};

	/** The node by which a client from outside comes in: a load balancer asks none that has no endpoint. */
	const entrance = (local: boolean, targets: readonly Target[]): string | undefined => {
		const candidates = local ? nodes().filter((name) => targets.some(({ node }) => node === name)) : nodes();
		return candidates.length > 0 ? pick(random, candidates) : undefined;
	};

	return {
		route(from, to, toNode, protocol = 'TCP') {
			const entry = toNode ? services.byNodePort(to.port) : services.byAddress(to.address);
			const service = entry?.service;
			if (!entry || !service) return 'elsewhere';
			const { spec } = service;
			const port = spec.ports?.find(
				(candidate) =>
					(toNode ? candidate.nodePort : candidate.port) === to.port &&
					(candidate.protocol ?? 'TCP') === protocol,
			);
			// A node's port of another protocol is the node's own; a Service's address is a virtual one, and
			// where no rule takes the port the packet has nowhere to go.
			if (!port) return toNode ? 'elsewhere' : 'dropped';
			const targets = targetsOf(entry, port);
			if (targets.length === 0) return 'rejected';
			const chosen = (usable: Target[]): Route | 'dropped' => {
				if (usable.length === 0) return 'dropped';
				const { address, port: number } = choose(entry, port, usable, from.address);
				return { address, port: number };
			};
			const on = (node: string | undefined) => targets.filter((target) => target.node === node);
			if (!toNode && to.address === spec.clusterIP)
				return chosen(spec.internalTrafficPolicy === 'Local' ? on(from.node) : targets);
			const local = spec.externalTrafficPolicy === 'Local';
			// Who is on the node already, or asks for an address from outside within the cluster, takes the short way.
			const isInside = toNode ? from.node === toNode : from.node !== undefined;
			const node = isInside ? from.node : (toNode ?? entrance(local, targets));
			if (local) return chosen(isInside ? targets : on(node));
			const route = chosen(targets);
			return route === 'dropped' ? route : { ...route, masqueradedBy: node };
		},
		localEndpoints(number, node) {
			const entry = services.byHealthCheckPort(number);
			if (!entry) return undefined;
			const ready = [...entry.slices.values()].flatMap(({ endpoints }) => endpoints ?? []).filter(isReady);
			const { namespace, name } = entry;
			return { namespace, name, count: ready.filter(({ nodeName }) => nodeName === node).length };
		},
	};
}
