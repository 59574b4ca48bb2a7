// One step of a rolling update: more of the new, or fewer of the old, within maxSurge and maxUnavailable
// (kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment).
import { deleteOldSets, newReplicas, syncNewSet } from './replica-sets.ts';
import { allSets, isActive, maxUnavailableOf, type Rollout, replicasOf, scaleSet, sum } from './rollout.ts';
import { isComplete } from './status.ts';

export function rollOn(rollout: Rollout): void {
	syncNewSet(rollout, true);
	if (scaleNewSet(rollout) || scaleOldSets(rollout)) return;
	if (isComplete(rollout.deployment, rollout.deployment.status)) deleteOldSets(rollout);
}

function scaleNewSet(rollout: Rollout): boolean {
	const { newSet, deployment } = rollout;
	if (!newSet || replicasOf(newSet) === replicasOf(deployment)) return false;
	const tooMany = replicasOf(newSet) > replicasOf(deployment);
	return scaleSet(rollout, newSet, tooMany ? replicasOf(deployment) : newReplicas(rollout));
}

const available = ({ status }: { status?: { availableReplicas?: number } }) => status?.availableReplicas ?? 0;

function scaleOldSets(rollout: Rollout): boolean {
	const { deployment, newSet } = rollout;
	if (!newSet || !rollout.oldSets.some(isActive)) return false;
	const leastAvailable = replicasOf(deployment) - maxUnavailableOf(deployment);
	const newUnavailable = replicasOf(newSet) - available(newSet);
	const most = sum(allSets(rollout), replicasOf) - leastAvailable - newUnavailable;
	if (most <= 0) return false;
	const unhealthy = removeUnhealthy(rollout, most);
	const healthy = removeHealthy(rollout, leastAvailable);
	return unhealthy + healthy > 0;
}

/** Old pods that serve nobody go first. Gives how many replicas were taken. */
function removeUnhealthy(rollout: Rollout, most: number): number {
	let removed = 0;
	for (const set of rollout.oldSets) {
		if (removed >= most) break;
		const excess = Math.min(most - removed, replicasOf(set) - available(set));
		if (!isActive(set) || excess <= 0) continue;
		scaleSet(rollout, set, replicasOf(set) - excess);
		removed += excess;
	}
	return removed;
}

/** Old pods go as far as enough available ones are left, from the oldest ReplicaSet on. */
function removeHealthy(rollout: Rollout, leastAvailable: number): number {
	const most = sum(allSets(rollout), available) - leastAvailable;
	let removed = 0;
	for (const set of rollout.oldSets) {
		if (removed >= most) break;
		const excess = Math.min(most - removed, replicasOf(set));
		if (excess <= 0) continue;
		scaleSet(rollout, set, replicasOf(set) - excess);
		removed += excess;
	}
	return removed;
}
