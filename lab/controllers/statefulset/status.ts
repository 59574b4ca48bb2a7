// What a set's status says of its pods.
import type { Pod, StatefulSet, StatefulSetStatus } from '../../schema/types.ts';
import { isPodTerminating } from '../pod-state.ts';
import { isAvailable, isRunningAndReady, replicasOf, revisionOf } from './pods.ts';
import type { SetRevisions } from './revisions.ts';

/** Counts the pods: how many exist, are ready, are available, and are at either revision. */
export function statusOf(
	set: StatefulSet,
	{ current, update, collisionCount }: SetRevisions,
	pods: readonly Pod[],
	now: number,
): StatefulSetStatus {
	const count = (condition: (pod: Pod) => boolean) => pods.filter(condition).length;
	const at = (revision: string) => (pod: Pod) => !isPodTerminating(pod) && revisionOf(pod) === revision;
	return {
		...(set.status?.conditions ? { conditions: set.status.conditions } : {}),
		observedGeneration: set.metadata.generation,
		replicas: pods.length,
		readyReplicas: count(isRunningAndReady),
		availableReplicas: count((pod) => isAvailable(pod, set, now)),
		currentReplicas: count(at(current.metadata.name)),
		updatedReplicas: count(at(update.metadata.name)),
		currentRevision: current.metadata.name,
		updateRevision: update.metadata.name,
		collisionCount,
	};
}

/** When every pod is at the update revision and ready, that revision becomes the current one. */
export function completeRollingUpdate(set: StatefulSet, status: StatefulSetStatus): void {
	const replicas = replicasOf(set);
	if (
		set.spec.updateStrategy?.type === 'RollingUpdate' &&
		status.updatedReplicas === replicas &&
		status.readyReplicas === replicas &&
		status.replicas === replicas
	) {
		status.currentReplicas = status.updatedReplicas;
		status.currentRevision = status.updateRevision;
	}
}
