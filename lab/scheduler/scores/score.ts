// What a score is: how well a node suits a pod, among those where it can run.
import type { Pod } from '../../schema/types.ts';
import type { ClusterView, NodeView } from '../cluster-view.ts';

/** From 0 to 100, higher is better. */
export type Score = (pod: Pod, view: NodeView, cluster: ClusterView) => number;
