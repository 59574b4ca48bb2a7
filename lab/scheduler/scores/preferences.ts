// What the pod and the nodes prefer but do not require: soft taints and soft affinities.

import type { Pod, WeightedPodAffinityTerm } from '../../schema/types.ts';
import type { ClusterView, NodeView } from '../cluster-view.ts';
import { matchesTerm } from '../node-selector.ts';
import { termMatches } from '../pod-affinity-term.ts';
import { toleratesTaint } from '../tolerations.ts';
import type { Score } from './score.ts';

export const softTaints: Score = (pod, { node }) => {
	const unwelcome = (node.spec.taints ?? []).filter(
		(taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(pod, taint),
	);
	return 100 / (1 + unwelcome.length);
};

export const preferredNodes: Score = (pod, { node }) => {
	const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
	const most = terms.reduce((sum, { weight }) => sum + weight, 0);
	if (most === 0) return 0;
	const met = terms.filter(({ preference }) => matchesTerm(node, preference));
	return (100 * met.reduce((sum, { weight }) => sum + weight, 0)) / most;
};

export const preferredPods: Score = (pod, view, cluster) => {
	const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
	const near = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
	const far = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
	const most = [...near, ...far].reduce((sum, { weight }) => sum + weight, 0);
	if (most === 0) return 50;
	const met = weightMet(pod, near, view, cluster) - weightMet(pod, far, view, cluster);
	return 50 + (50 * met) / most;
};

/** The weight of the terms that have a matching pod in the node's domain. */
function weightMet(
	pod: Pod,
	terms: readonly WeightedPodAffinityTerm[],
	{ node }: NodeView,
	cluster: ClusterView,
): number {
	return terms
		.filter(({ podAffinityTerm: term }) => {
			const domain = node.metadata.labels?.[term.topologyKey];
			return cluster.nodes.some(
				(other) =>
					domain !== undefined &&
					other.node.metadata.labels?.[term.topologyKey] === domain &&
					other.pods.some((candidate) => termMatches(pod, term, candidate, cluster)),
			);
		})
		.reduce((sum, { weight }) => sum + weight, 0);
}
