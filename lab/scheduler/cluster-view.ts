// What the scheduler knows when it looks for a node: every node with the pods that are on it.
import type { Client } from '../api/client.ts';
import { isPodTerminal } from '../controllers/pod-state.ts';
import { keyOf } from '../controllers/work-queue.ts';
import type { Namespace, Node, Pod } from '../schema/types.ts';
import { type Resources, requestsOf } from './resources.ts';

export interface NodeView {
	node: Node;
	/** Pods bound to it that have not ended. */
	pods: readonly Pod[];
	/** The sum of what they request. */
	requested: Resources;
}

export interface ClusterView {
	nodes: readonly NodeView[];
	/** What is stored, for volumes. */
	objects: Pick<Client, 'get' | 'list'>;
	/** Labels of a namespace, for selectors of namespaces. */
	namespaceLabels(name: string): Readonly<Record<string, string>>;
}

/** The sum of what pods request. */
export function requestedBy(pods: readonly Pod[]): Resources {
	const requested: Resources = {};
	for (const pod of pods)
		for (const [resource, amount] of Object.entries(requestsOf(pod)))
			requested[resource] = (requested[resource] ?? 0) + amount;
	return requested;
}

/** `assumed` are pods by key that have been given a node and wait for their volumes to be bound. */
export function viewCluster(client: Client, assumed: ReadonlyMap<string, string> = new Map()): ClusterView {
	const byNode = new Map<string, Pod[]>();
	for (const pod of client.list<Pod>('pods')) {
		const node = pod.spec.nodeName ?? assumed.get(keyOf(pod));
		if (!node || isPodTerminal(pod)) continue;
		const others = byNode.get(node) ?? [];
		others.push(pod);
		byNode.set(node, others);
	}
	return {
		objects: client,
		nodes: client.list<Node>('nodes').map((node) => {
			const pods = byNode.get(node.metadata.name) ?? [];
			return { node, pods, requested: requestedBy(pods) };
		}),
		namespaceLabels: (name) => client.get<Namespace>('namespaces', '', name)?.metadata.labels ?? {},
	};
}
