// Which ports a NetworkPolicy's rule is about (kubernetes.io/docs/concepts/services-networking/network-policies,
// "Targeting a range of ports").
import type { ContainerPort, NetworkPolicyPort } from '../schema/types.ts';

/** What is sent to: a port, or nothing that has ports (an ICMP echo). */
export type Destination = { protocol: 'TCP' | 'UDP'; port: number } | { protocol: 'ICMP' };

function matchesPort(
	{ protocol = 'TCP', port, endPort }: NetworkPolicyPort,
	destination: Destination,
	named: readonly ContainerPort[],
): boolean {
	if (destination.protocol === 'ICMP' || protocol !== destination.protocol) return false;
	if (port === undefined) return true;
	if (typeof port === 'number') return destination.port >= port && destination.port <= (endPort ?? port);
	return named.some(
		(candidate) =>
			candidate.name === port &&
			(candidate.protocol ?? 'TCP') === protocol &&
			candidate.containerPort === destination.port,
	);
}

/**
 * Whether a rule's `ports` take the destination in; an absent or empty list takes all of them in, ICMP too.
 * `named` are the ports of the pod that is sent to, which names mean.
 */
export function matchesPorts(
	ports: readonly NetworkPolicyPort[] | undefined,
	destination: Destination,
	named: readonly ContainerPort[],
): boolean {
	return !ports?.length || ports.some((port) => matchesPort(port, destination, named));
}
