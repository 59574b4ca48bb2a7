// What a filter is: one reason why a pod cannot go to a node.
import type { Pod } from '../../schema/types.ts';
import type { ClusterView, NodeView } from '../cluster-view.ts';

export interface Refusal {
	/** In the scheduler's words, as they stand in the FailedScheduling event. */
	reasons: string[];
	/** Whether removing pods from the node could help. */
	preemptionHelps: boolean;
}

/** Gives why the pod cannot run on the node, or undefined where it can. */
export type Filter = (pod: Pod, view: NodeView, cluster: ClusterView) => Refusal | undefined;

export const unresolvable = (reason: string): Refusal => ({ reasons: [reason], preemptionHelps: false });
export const resolvable = (reason: string): Refusal => ({ reasons: [reason], preemptionHelps: true });
