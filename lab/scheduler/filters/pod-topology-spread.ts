// Pods spread over zones, nodes or other domains so that no two differ by more than maxSkew
// (kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints).
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import { isPodTerminating } from '../../controllers/pod-state.ts';
import type { Pod, TopologySpreadConstraint } from '../../schema/types.ts';
import type { ClusterView, NodeView } from '../cluster-view.ts';
import { matchesNodeAffinity } from '../node-selector.ts';
import { selectorFor } from '../pod-affinity-term.ts';
import { toleratesTaint } from '../tolerations.ts';
import { type Filter, resolvable, unresolvable } from './filter.ts';

/** Whether the node counts as a place where the pod could be. */
function counts(pod: Pod, { node }: NodeView, constraint: TopologySpreadConstraint): boolean {
	if (constraint.nodeAffinityPolicy !== 'Ignore' && !matchesNodeAffinity(pod, node)) return false;
	if (constraint.nodeTaintsPolicy !== 'Honor') return true;
	return (node.spec.taints ?? []).every(
		(taint) => taint.effect === 'PreferNoSchedule' || toleratesTaint(pod, taint),
	);
}

/** How many matching pods each domain has. */
export function podsByDomain(
	pod: Pod,
	constraint: TopologySpreadConstraint,
	cluster: ClusterView,
): Map<string, number> {
	const selector = selectorFor(pod, constraint.labelSelector, constraint.matchLabelKeys);
	const domains = new Map<string, number>();
	for (const view of cluster.nodes) {
		const domain = view.node.metadata.labels?.[constraint.topologyKey];
		if (domain === undefined || !counts(pod, view, constraint)) continue;
		const matching = view.pods.filter(
			(other) =>
				other.metadata.namespace === pod.metadata.namespace &&
				!isPodTerminating(other) &&
				selectorMatches(selector, other.metadata.labels),
		);
		domains.set(domain, (domains.get(domain) ?? 0) + matching.length);
	}
	return domains;
}

export const podTopologySpread: Filter = (pod, { node }, cluster) => {
	for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
		if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
		const domain = node.metadata.labels?.[constraint.topologyKey];
		if (domain === undefined)
			return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");
		const domains = podsByDomain(pod, constraint, cluster);
		const fewest = domains.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...domains.values());
		const selector = selectorFor(pod, constraint.labelSelector, constraint.matchLabelKeys);
		const itself = selectorMatches(selector, pod.metadata.labels) ? 1 : 0;
		if ((domains.get(domain) ?? 0) + itself - fewest > constraint.maxSkew)
			return resolvable("node(s) didn't match pod topology spread constraints");
	}
	return undefined;
};
