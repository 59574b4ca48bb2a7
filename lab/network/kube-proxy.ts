// kube-proxy's part: a connection to a Service's address goes to one of its ready endpoints.
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Endpoint, ServicePort } from '../schema/types.ts';
import { isReady, type ServiceEntry, type ServiceIndex } from './services.ts';
import type { Address } from './tcp.ts';

export interface KubeProxy {
	/**
	 * Where a connection to `address` goes: 'elsewhere' where that is no Service's address, 'rejected' where
	 * the Service has no endpoint (or no such port), 'dropped' where a local policy leaves none on the node.
	 */
	route(
		from: { address: string; node?: string },
		to: Address,
		isNodeAddress: boolean,
	): Address | 'elsewhere' | 'rejected' | 'dropped';
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

export function createKubeProxy(services: ServiceIndex, clock: Clock, random: Random): KubeProxy {
	/** Service, port and client → the endpoint that the client keeps, as long as it comes back in time. */
	const affinities = new Map<string, { target: Target; until: number }>();

	const choose = (entry: ServiceEntry, port: ServicePort, targets: Target[], client: string): Target => {
		const spec = entry.service?.spec;
		const any = () => targets[Math.floor(random() * targets.length)];
		if (spec?.sessionAffinity !== 'ClientIP') return any();
		const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800;
		const key = `${entry.namespace}/${entry.name}:${port.port}<${client}`;
		const kept = affinities.get(key);
		const same =
			kept && kept.until > clock.now()
				? targets.find(({ address, port }) => address === kept.target.address && port === kept.target.port)
				: undefined;
		const target = same ?? any();
		affinities.set(key, { target, until: clock.now() + seconds * 1000 });
		return target;
	};

	return {
		route(from, to, isNodeAddress) {
			const entry = isNodeAddress ? services.byNodePort(to.port) : services.byAddress(to.address);
			const service = entry?.service;
			if (!entry || !service) return 'elsewhere';
			const port = service.spec.ports?.find((candidate) =>
				isNodeAddress ? candidate.nodePort === to.port : candidate.port === to.port,
			);
			// The address is a virtual one: where no rule takes the port, the packet has nowhere to go.
			if (!port || (port.protocol ?? 'TCP') !== 'TCP') return 'dropped';
			const targets = targetsOf(entry, port);
			if (targets.length === 0) return 'rejected';
			const policy = isNodeAddress ? service.spec.externalTrafficPolicy : service.spec.internalTrafficPolicy;
			const usable =
				policy === 'Local' && from.node ? targets.filter(({ node }) => node === from.node) : targets;
			if (usable.length === 0) return 'dropped';
			const { address, port: number } = choose(entry, port, usable, from.address);
			return { address, port: number };
		},
	};
}
