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

/** One refusal for each node. */
export function describeRefusals(refusals: readonly Refusal[]): string {
	if (refusals.length === 0) return 'no nodes available to schedule pods';
	const none = `0/${refusals.length} nodes are available: `;
	const preemption = refusals.map(({ preemptionHelps }) =>
		preemptionHelps
			? 'No preemption victims found for incoming pod'
			: 'Preemption is not helpful for scheduling',
	);
	return `${none}${tally(refusals.flatMap(({ reasons }) => reasons))}. preemption: ${none}${tally(preemption)}.`;
}
