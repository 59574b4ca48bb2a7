// Two pods cannot have the same port of a node.
import type { ContainerPort, Pod } from '../../schema/types.ts';
import { type Filter, resolvable } from './filter.ts';

function hostPortsOf({ spec }: Pod): ContainerPort[] {
	const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
	return [...spec.containers, ...sidecars].flatMap(({ ports = [] }) =>
		ports.filter(({ hostPort }) => hostPort),
	);
}

const everywhere = (address = '0.0.0.0') => address === '0.0.0.0' || address === '';

function conflicts(one: ContainerPort, other: ContainerPort): boolean {
	return (
		one.hostPort === other.hostPort &&
		(one.protocol ?? 'TCP') === (other.protocol ?? 'TCP') &&
		(everywhere(one.hostIP) || everywhere(other.hostIP) || one.hostIP === other.hostIP)
	);
}

export const nodePorts: Filter = (pod, { pods }) => {
	const wanted = hostPortsOf(pod);
	if (wanted.length === 0) return undefined;
	const taken = pods.flatMap(hostPortsOf);
	return wanted.some((port) => taken.some((other) => conflicts(port, other)))
		? resolvable("node(s) didn't have free ports for the requested pod ports")
		: undefined;
};
