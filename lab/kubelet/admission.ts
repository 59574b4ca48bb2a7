// What a kubelet checks before it takes a pod that may not have come through the scheduler.
import type { Client } from '../api/client.ts';
import { viewCluster } from '../scheduler/cluster-view.ts';
import type { Filter } from '../scheduler/filters/filter.ts';
import { nodeAffinity } from '../scheduler/filters/node-affinity.ts';
import { nodePorts } from '../scheduler/filters/node-ports.ts';
import { requestsOf } from '../scheduler/resources.ts';
import { quantityValue } from '../schema/quantity.ts';
import type { Container, Pod } from '../schema/types.ts';

const predicates: readonly { name: string; filter: Filter }[] = [
	{ name: 'NodeAffinity', filter: nodeAffinity },
	{ name: 'NodePorts', filter: nodePorts },
];

/** In the units of the kubelet's message: thousandths of a core, whole bytes and pieces. */
export const inUnits = (resource: string, amount: number) =>
	resource === 'cpu' ? Math.round(amount * 1000) : Math.round(amount);

/** The pod with what the node has given to its containers, whatever they are to have after a resize. */
function asAllocated(pod: Pod): Pod {
	const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
	const statuses = [...containerStatuses, ...initContainerStatuses];
	const given = (container: Container): Container => {
		const requests = statuses.find(({ name }) => name === container.name)?.allocatedResources;
		return requests ? { ...container, resources: { ...container.resources, requests } } : container;
	};
	const { containers, initContainers = [] } = pod.spec;
	const spec = { ...pod.spec, containers: containers.map(given), initContainers: initContainers.map(given) };
	return { ...pod, spec, status: undefined };
}

/** Why the node cannot take the pod, or undefined where it can. */
export function refusalOf(client: Client, pod: Pod): { reason: string; message: string } | undefined {
	const cluster = viewCluster(client);
	const view = cluster.nodes.find(({ node }) => node.metadata.name === pod.spec.nodeName);
	if (!view) return undefined;
	const others = view.pods.filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
	for (const { name, filter } of predicates) {
		const refusal = filter(pod, { ...view, pods: others }, cluster);
		if (refusal) return { reason: name, message: `Predicate ${name} failed: ${refusal.reasons.join(', ')}` };
	}
	for (const [resource, amount] of Object.entries(requestsOf(pod))) {
		const used = others.reduce((sum, other) => sum + (requestsOf(asAllocated(other))[resource] ?? 0), 0);
		const capacity = quantityValue(view.node.status?.allocatable?.[resource] ?? '0');
		if (amount === 0 || used + amount <= capacity) continue;
		const [requested, taken, all] = [amount, used, capacity].map((value) => inUnits(resource, value));
		return {
			reason: `OutOf${resource}`,
			message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${taken}, capacity: ${all}`,
		};
	}
	return undefined;
}
