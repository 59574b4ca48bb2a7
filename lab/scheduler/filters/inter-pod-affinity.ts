// Pods that must be near others, or must not be: on one node, in one zone, by any label of nodes.
import type { Pod, PodAffinityTerm } from '../../schema/types.ts';
import type { ClusterView, NodeView } from '../cluster-view.ts';
import { termMatches } from '../pod-affinity-term.ts';
import { type Filter, resolvable, unresolvable } from './filter.ts';

const required = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): PodAffinityTerm[] =>
	pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

/** The pods on nodes that share the node's value of the topology key. */
function podsAround({ node }: NodeView, topologyKey: string, cluster: ClusterView): Pod[] {
	const value = node.metadata.labels?.[topologyKey];
	if (value === undefined) return [];
	return cluster.nodes
		.filter((other) => other.node.metadata.labels?.[topologyKey] === value)
		.flatMap(({ pods }) => pods);
}

/** The first pod of a group that wants to be together may go anywhere: nobody is there to be near to. */
function isFirstOfItsKind(pod: Pod, terms: readonly PodAffinityTerm[], cluster: ClusterView): boolean {
	const all = cluster.nodes.flatMap(({ pods }) => pods);
	return (
		terms.every((term) => termMatches(pod, term, pod, cluster)) &&
		!all.some((other) => terms.every((term) => termMatches(pod, term, other, cluster)))
	);
}

export const interPodAffinity: Filter = (pod, view, cluster) => {
	const near = required(pod, 'podAffinity');
	const labels = view.node.metadata.labels ?? {};
	const satisfied =
		near.every(({ topologyKey }) => topologyKey in labels) &&
		(near.every((term) =>
			podsAround(view, term.topologyKey, cluster).some((other) => termMatches(pod, term, other, cluster)),
		) ||
			isFirstOfItsKind(pod, near, cluster));
	if (!satisfied) return unresolvable("node(s) didn't match pod affinity rules");

	const refused = required(pod, 'podAntiAffinity').some((term) =>
		podsAround(view, term.topologyKey, cluster).some((other) => termMatches(pod, term, other, cluster)),
	);
	if (refused) return resolvable("node(s) didn't match pod anti-affinity rules");

	const unwelcome = cluster.nodes.some(({ node, pods }) =>
		pods.some((other) =>
			required(other, 'podAntiAffinity').some(
				(term) =>
					labels[term.topologyKey] !== undefined &&
					node.metadata.labels?.[term.topologyKey] === labels[term.topologyKey] &&
					termMatches(other, term, pod, cluster),
			),
		),
	);
	if (unwelcome) return resolvable("node(s) didn't satisfy existing pods anti-affinity rules");
	return undefined;
};
