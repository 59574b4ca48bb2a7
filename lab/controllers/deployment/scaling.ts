// A Deployment that is scaled while several ReplicaSets are active shares the change out among them in
// proportion (kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling).
import type { ReplicaSet } from '../../schema/types.ts';
import {
	allSets,
	desiredReplicasAnnotation,
	isActive,
	maxReplicasAnnotation,
	maxSurgeOf,
	type Rollout,
	replicasOf,
	scaleSet,
	sum,
} from './rollout.ts';

const noted = (set: ReplicaSet, annotation: string): number | undefined => {
	const text = set.metadata.annotations?.[annotation];
	return text === undefined ? undefined : Number.parseInt(text, 10);
};

/** Whether the Deployment's size has changed since its ReplicaSets were last told. */
export const isScaled = (rollout: Rollout): boolean =>
	allSets(rollout).some((set) => {
		const desired = noted(set, desiredReplicasAnnotation);
		return isActive(set) && desired !== undefined && desired !== replicasOf(rollout.deployment);
	});

/** Spreads a change of the Deployment's size over its ReplicaSets. */
export function scaleSets(rollout: Rollout): void {
	const { deployment, newSet, oldSets } = rollout;
	const wanted = replicasOf(deployment);
	const active = allSets(rollout).filter(isActive);
	if (active.length <= 1) {
		const only = active[0] ?? newSet ?? oldSets.at(-1);
		if (only) scaleSet(rollout, only, wanted);
		return;
	}
	if (newSet && isSaturated(rollout, newSet)) {
		for (const old of oldSets.filter(isActive)) scaleSet(rollout, old, 0);
		return;
	}
	if (deployment.spec.strategy?.type === 'RollingUpdate') scaleInProportion(rollout, active);
}

/** Whether the new ReplicaSet has all the replicas, and all of them available. */
const isSaturated = ({ deployment }: Rollout, set: ReplicaSet): boolean => {
	const wanted = replicasOf(deployment);
	return (
		replicasOf(set) === wanted &&
		noted(set, desiredReplicasAnnotation) === wanted &&
		(set.status?.availableReplicas ?? 0) === wanted
	);
};

function scaleInProportion(rollout: Rollout, active: readonly ReplicaSet[]): void {
	const { deployment } = rollout;
	const wanted = replicasOf(deployment);
	const allowed = wanted > 0 ? wanted + maxSurgeOf(deployment) : 0;
	const toAdd = allowed - sum(active, replicasOf);
	// The largest first; of two of one size the newer one grows first, the older one shrinks first.
	const newerFirst = toAdd > 0 ? active.toReversed() : active;
	const bySize = newerFirst.toSorted((a, b) => replicasOf(b) - replicasOf(a));
	let added = 0;
	const shares = bySize.map((set) => {
		const share = toAdd === 0 ? 0 : proportionOf(rollout, set, toAdd, added);
		added += share;
		return replicasOf(set) + share;
	});
	// What rounding leaves over goes to the largest.
	if (toAdd !== 0) shares[0] = Math.max(0, shares[0] + toAdd - added);
	for (const [index, set] of bySize.entries()) scaleSet(rollout, set, shares[index]);
}

/** How much of the change is this ReplicaSet's. */
function proportionOf(rollout: Rollout, set: ReplicaSet, toAdd: number, added: number): number {
	const { deployment } = rollout;
	const current = replicasOf(set);
	if (current === 0 || toAdd === added) return 0;
	const wanted = replicasOf(deployment);
	if (wanted === 0) return Math.max(-current, toAdd - added);
	const before = noted(set, maxReplicasAnnotation) || deployment.status?.replicas || current;
	const share = Math.round((current * (wanted + maxSurgeOf(deployment))) / before) - current;
	return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}
