// Which pods go first when there are too many
// (kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset).
import { parseTime } from '../../schema/time.ts';
import type { Pod } from '../../schema/types.ts';
import { isPodReady, podCondition } from '../pod-state.ts';

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** Pods that have not started go before those that have. */
const phaseRank = (pod: Pod) => ['Pending', 'Unknown', 'Running'].indexOf(pod.status?.phase ?? '');

/** An annotation that is no whole number of 32 bits counts as 0. */
function deletionCost(pod: Pod): number {
	const text = pod.metadata.annotations?.[deletionCostAnnotation];
	if (text === undefined || !/^(0|-?[1-9]\d*)$/.test(text)) return 0;
	const cost = Number(text);
	return Math.abs(cost) < 2 ** 31 ? cost : 0;
}

const restarts = (pod: Pod) =>
	Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0));

/** Ages are compared by their magnitude only, so that the choice among pods of one age is spread. */
const magnitude = (age: number) => (age <= 0 ? -1 : Math.floor(Math.log2(age * 1e6)));

/**
 * The pods in the order in which they go. `together` are the active pods that do the same work, for
 * pods that share a node with many of them go first; `now` in milliseconds since 1970.
 */
export function inDeletionOrder(pods: readonly Pod[], together: readonly Pod[], now: number): Pod[] {
	const onNode = new Map<string, number>();
	for (const { spec } of together)
		if (spec.nodeName) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1);
	const rank = ({ spec }: Pod) => onNode.get(spec.nodeName ?? '') ?? 0;
	const readySince = (pod: Pod) => parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) ?? now;
	const createdAt = (pod: Pod) => parseTime(pod.metadata.creationTimestamp) ?? now;
	const byMagnitude = (one: number, other: number) => magnitude(now - one) - magnitude(now - other);

	const compare = (one: Pod, other: Pod): number =>
		Number(Boolean(one.spec.nodeName)) - Number(Boolean(other.spec.nodeName)) ||
		phaseRank(one) - phaseRank(other) ||
		Number(isPodReady(one)) - Number(isPodReady(other)) ||
		deletionCost(one) - deletionCost(other) ||
		rank(other) - rank(one) ||
		(isPodReady(one) && isPodReady(other) ? byMagnitude(readySince(one), readySince(other)) : 0) ||
		restarts(other) - restarts(one) ||
		byMagnitude(createdAt(one), createdAt(other)) ||
		(one.metadata.uid < other.metadata.uid ? -1 : 1);

	return [...pods].sort(compare);
}
