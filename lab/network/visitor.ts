// A browser outside the cluster, on the network that its nodes are on: by which names and addresses it reaches
// Services of type LoadBalancer, NodePorts and Ingresses.
import type { Client } from '../api/client.ts';
import type { Ingress, Node, Service } from '../schema/types.ts';
import { parseAddress } from './addresses.ts';
import { matchesHost } from './ingress-routes.ts';
import type { ClusterNetwork, Connection } from './network.ts';

export interface Visit {
	connection: Connection;
	/** What the browser calls it, for the Host field: a name or an address, with the port where it is not 80. */
	authority: string;
}

export interface Visitor {
	/**
	 * Connects to `host`, which is one of: the host of an Ingress; a node's name; `SERVICE.NAMESPACE`, for a
	 * Service of type LoadBalancer or NodePort; the address of a node or of a load balancer. Without a port it is
	 * 80, or the only one that the Service has.
	 * @throws Error in words for people where there is no such host, or the cluster does not open it to the
	 * outside; SystemError where the connection fails.
	 */
	visit(host: string, port?: number, signal?: AbortSignal): Promise<Visit>;
}

interface Place {
	address: string;
	port: number;
	/** Where the browser names it otherwise than by its address. */
	name?: string;
}

const balancedBy = ({ status }: Service | Ingress): string | undefined =>
	status?.loadBalancer?.ingress?.find(({ ip }) => ip)?.ip;

const internalAddress = ({ status }: Node): string | undefined =>
	status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;

function placeOfService(service: Service, port: number | undefined, nodeAddress: string): Place {
	const { namespace, name } = service.metadata;
	const { type = 'ClusterIP', ports = [] } = service.spec;
	const called = `Service ${name} in namespace ${namespace}`;
	if (type !== 'LoadBalancer' && type !== 'NodePort')
		throw new Error(
			`${called} is of type ${type}, which is not reached from outside the cluster. NodePort and LoadBalancer are.`,
		);
	const found =
		port === undefined && ports.length === 1
			? ports[0]
			: ports.find((candidate) => candidate.port === (port ?? 80));
	if (!found)
		throw new Error(
			`${called} has no port ${port ?? 80}. It has ${ports.map(({ port: number }) => number).join(', ')}.`,
		);
	if (type === 'NodePort' && found.nodePort) return { address: nodeAddress, port: found.nodePort };
	const address = balancedBy(service);
	if (!address)
		throw new Error(`${called} has no address from outside yet: its load balancer is still being made.`);
	return { address, port: found.port };
}

export function createVisitor(client: Client, network: Pick<ClusterNetwork, 'connect'>): Visitor {
	const nodes = () => client.list<Node>('nodes');

	const placeOf = (host: string, port: number | undefined): Place => {
		const ingress = client.list<Ingress>('ingresses.networking.k8s.io', '', ({ spec }) =>
			(spec.rules ?? []).some((rule) => rule.host && matchesHost(rule.host, host)),
		)[0];
		if (ingress) {
			const address = balancedBy(ingress);
			if (address) return { address, port: port ?? 80, name: host };
			throw new Error(
				`Ingress ${ingress.metadata.name} in namespace ${ingress.metadata.namespace} has no address yet: its controller has not taken it up.`,
			);
		}
		const node = nodes().find(({ metadata }) => metadata.name === host);
		const nodeAddress = node && internalAddress(node);
		if (nodeAddress) return { address: nodeAddress, port: port ?? 80 };
		if (parseAddress(host) !== undefined) return placeOfAddress(host, port ?? 80);
		const [, name, namespace] =
			/^([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?$/.exec(host) ?? [];
		const service = name ? client.get<Service>('services', namespace, name) : undefined;
		if (service) return placeOfService(service, port, internalAddress(nodes()[0]) ?? '');
		throw new Error(
			`The lab has nothing by the name ${host}: no Ingress for that host, no node${name ? `, and no Service ${name} in namespace ${namespace}` : ''}.`,
		);
	};

	const placeOfAddress = (address: string, port: number): Place => {
		const open =
			nodes().some((node) => internalAddress(node) === address) ||
			client.list<Service>('services').some((service) => {
				const { externalIPs = [] } = service.spec;
				return balancedBy(service) === address || externalIPs.includes(address);
			});
		if (open) return { address, port };
		throw new Error(
			`${address} is not reached from outside the cluster. A node's address and a load balancer's are.`,
		);
	};

	return {
		async visit(host, port, signal) {
			const { address, port: number, name = address } = placeOf(host.toLowerCase(), port);
			const connection = await network.connect(address, number, signal);
			return { connection, authority: number === 80 ? name : `${name}:${number}` };
		},
	};
}
