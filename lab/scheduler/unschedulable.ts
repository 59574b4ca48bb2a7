// The sentence that says why no node takes a pod (k8s.io/kubernetes/pkg/scheduler/framework: FitError).
import type { Refusal } from './filters/filter.ts';

/** `1 x, 2 y`, in order of text. */
function tally(reasons: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	return [...counts]
		.map(([reason, count]) => `${count} ${reason}`)
		.sort()
		.join(', ');
}

/** Where no node was looked at: what the pod itself lacks. The last two words are kube-scheduler's own slip. */
export const describeProblem = (nodes: number, problem: string): string =>
	`0/${nodes} nodes are available: ${problem}. not found`;

/** What the plugin for resource claims says, which is asked before preemption is, of a pod that has none. */
const noClaims = 'no new claims to deallocate';

/**
 * Why no node takes the pod, by one refusal for each node. `preemption` says why room could not be made; where
 * it could, nothing is said.
 */
export function describeRefusals(refusals: readonly Refusal[], preemption: string | undefined): string {
	if (refusals.length === 0) return 'no nodes available to schedule pods';
	const sentence = nodesAvailable(refusals.map(({ reasons }) => reasons));
	return preemption === undefined ? sentence : `${sentence} ${noClaims}, preemption: ${preemption}`;
}

/** `0/2 nodes are available: 1 x, 1 y.`, by the reasons of each node. */
export const nodesAvailable = (reasons: readonly (readonly string[])[]): string =>
	`0/${reasons.length} nodes are available: ${tally(reasons.flat())}.`;
