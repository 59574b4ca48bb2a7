// The Recreate strategy: nothing new before everything old is gone
// (kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment).
import type { Pod } from '../../schema/types.ts';
import { controllerOf } from '../owner-references.ts';
import { isPodTerminal } from '../pod-state.ts';
import { deleteOldSets, syncNewSet } from './replica-sets.ts';
import { isActive, type Rollout, replicasOf, scaleSet } from './rollout.ts';
import { isComplete } from './status.ts';

export function recreate(rollout: Rollout): void {
	syncNewSet(rollout, false);
	const active = rollout.oldSets.filter(isActive);
	for (const old of active) scaleSet(rollout, old, 0);
	if (active.length > 0 || oldPodsRun(rollout)) return;
	syncNewSet(rollout, true);
	if (rollout.newSet && replicasOf(rollout.newSet) !== replicasOf(rollout.deployment))
		scaleSet(rollout, rollout.newSet, replicasOf(rollout.deployment));
	if (isComplete(rollout.deployment, rollout.deployment.status)) deleteOldSets(rollout);
}

function oldPodsRun({ client, deployment, oldSets }: Rollout): boolean {
	const old = new Set(oldSets.map(({ metadata }) => metadata.uid));
	return client
		.list<Pod>('pods', deployment.metadata.namespace)
		.some((pod) => old.has(controllerOf(pod)?.uid ?? '') && !isPodTerminal(pod));
}
