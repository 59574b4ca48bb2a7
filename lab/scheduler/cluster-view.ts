// What the scheduler knows when it looks for a node: every node with the pods that are on it.
import type { Client } from '../api/client.ts';
import { isPodTerminal } from '../controllers/pod-state.ts';
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
	/** Labels of a namespace, for selectors of namespaces. */
	namespaceLabels(name: string): Readonly<Record<string, string>>;
}

export function viewCluster(client: Client): ClusterView {
	const byNode = new Map<string, Pod[]>();
	for (const pod of client.list<Pod>('pods')) {
		if (!pod.spec.nodeName || isPodTerminal(pod)) continue;
		const others = byNode.get(pod.spec.nodeName) ?? [];
		others.push(pod);
		byNode.set(pod.spec.nodeName, others);
	}
	return {
		nodes: client.list<Node>('nodes').map((node) => {
			const pods = byNode.get(node.metadata.name) ?? [];
			const requested: Resources = {};
			for (const pod of pods)
				for (const [resource, amount] of Object.entries(requestsOf(pod)))
					requested[resource] = (requested[resource] ?? 0) + amount;
			return { node, pods, requested };
		}),
		namespaceLabels: (name) => client.get<Namespace>('namespaces', '', name)?.metadata.labels ?? {},
	};
}
