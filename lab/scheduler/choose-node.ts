// Which node a pod goes to: the best of those that no filter refuses.
import type { Random } from '../random.ts';
import type { Pod } from '../schema/types.ts';
import type { ClusterView, NodeView } from './cluster-view.ts';
import type { Filter, Refusal } from './filters/filter.ts';
import { interPodAffinity } from './filters/inter-pod-affinity.ts';
import { nodeAffinity } from './filters/node-affinity.ts';
import { nodePorts } from './filters/node-ports.ts';
import { nodeResourcesFit } from './filters/node-resources-fit.ts';
import { nodeUnschedulable } from './filters/node-unschedulable.ts';
import { podTopologySpread } from './filters/pod-topology-spread.ts';
import { taintToleration } from './filters/taint-toleration.ts';
import { volumeBinding } from './filters/volume-binding.ts';
import { volumeRestrictions } from './filters/volume-restrictions.ts';
import { volumeZone } from './filters/volume-zone.ts';
import { leastAllocated } from './scores/least-allocated.ts';
import { preferredNodes, preferredPods, softTaints } from './scores/preferences.ts';
import type { Score } from './scores/score.ts';
import { spread } from './scores/spread.ts';

/** In kube-scheduler's order: the first that refuses a node gives the reason. */
const filters: readonly Filter[] = [
	nodeUnschedulable,
	taintToleration,
	nodeAffinity,
	nodePorts,
	nodeResourcesFit,
	volumeRestrictions,
	volumeBinding,
	volumeZone,
	podTopologySpread,
	interPodAffinity,
];

/** With kube-scheduler's default weights. */
const scores: readonly { score: Score; weight: number }[] = [
	{ score: softTaints, weight: 3 },
	{ score: preferredNodes, weight: 2 },
	{ score: preferredPods, weight: 2 },
	{ score: spread, weight: 2 },
	{ score: leastAllocated, weight: 1 },
];

/** The node's name, or why each node refuses the pod. Equally good ones are drawn from by `random`. */
export function chooseNode(
	pod: Pod,
	cluster: ClusterView,
	random: Random,
): { node: string } | { refusals: Refusal[] } {
	const refusals: Refusal[] = [];
	let best: NodeView[] = [];
	let highest = Number.NEGATIVE_INFINITY;
	for (const view of cluster.nodes) {
		const refusal = firstRefusal(pod, view, cluster);
		if (refusal) {
			refusals.push(refusal);
			continue;
		}
		const total = scores.reduce((sum, { score, weight }) => sum + weight * score(pod, view, cluster), 0);
		if (total > highest) best = [];
		if (total >= highest) best.push(view);
		highest = Math.max(highest, total);
	}
	if (best.length === 0) return { refusals };
	return { node: best[Math.floor(random() * best.length)].node.metadata.name };
}

/** Why the node does not take the pod; undefined where it does. */
export function firstRefusal(pod: Pod, view: NodeView, cluster: ClusterView): Refusal | undefined {
	for (const filter of filters) {
		const refusal = filter(pod, view, cluster);
		if (refusal) return refusal;
	}
	return undefined;
}
