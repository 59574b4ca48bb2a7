// What a Deployment's status says: how many replicas there are, whether enough are available, and whether
// the rollout gets on (kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status).
import { deepEqual } from '../../api/deep-equal.ts';
import { parseTime } from '../../schema/time.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../schema/types.ts';
import { conditionOf, withCondition, withoutCondition } from '../conditions.ts';
import {
	allSets,
	conditionNow,
	deploymentResource,
	maxUnavailableOf,
	type Rollout,
	replicasOf,
	sum,
} from './rollout.ts';

/** A deadline of the largest number that there is means none. */
export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
	spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1;

/** Whether all replicas are of the newest template, available, and nothing older is left. */
export const isComplete = (deployment: Deployment, status: DeploymentStatus | undefined): boolean => {
	const wanted = replicasOf(deployment);
	return (
		(status?.updatedReplicas ?? 0) === wanted &&
		(status?.replicas ?? 0) === wanted &&
		(status?.availableReplicas ?? 0) === wanted &&
		(status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
	);
};

/** Counts and availability, from the ReplicaSets' own statuses. */
function countedStatus(rollout: Rollout): DeploymentStatus {
	const { deployment, newSet, now } = rollout;
	const sets = allSets(rollout);
	const count = (field: keyof NonNullable<ReplicaSet['status']>) =>
		sum(sets, ({ status }) => Number(status?.[field] ?? 0));
	const availableReplicas = count('availableReplicas');
	const enough = availableReplicas >= replicasOf(deployment) - maxUnavailableOf(deployment);
	const available = enough
		? conditionNow(
				rollout,
				'Available',
				'True',
				'MinimumReplicasAvailable',
				'Deployment has minimum availability.',
			)
		: conditionNow(
				rollout,
				'Available',
				'False',
				'MinimumReplicasUnavailable',
				'Deployment does not have minimum availability.',
			);
	const { collisionCount, conditions } = deployment.status ?? {};
	const counts = {
		replicas: count('replicas'),
		updatedReplicas: newSet?.status?.replicas ?? 0,
		readyReplicas: count('readyReplicas'),
		availableReplicas,
		unavailableReplicas: Math.max(0, sum(sets, replicasOf) - availableReplicas),
	};
	return {
		observedGeneration: deployment.metadata.generation,
		...Object.fromEntries(Object.entries(counts).filter(([, value]) => value > 0)),
		terminatingReplicas: count('terminatingReplicas'),
		...(collisionCount !== undefined && { collisionCount }),
		conditions: withCondition(conditions, available, now),
	};
}

/** Whether more is there, ready or available than when the status was last written. */
function hasProgressed(before: DeploymentStatus = {}, after: DeploymentStatus): boolean {
	const count = (
		status: DeploymentStatus,
		field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas',
	) => status[field] ?? 0;
	const old = (status: DeploymentStatus) => (status.replicas ?? 0) - count(status, 'updatedReplicas');
	return (
		count(after, 'updatedReplicas') > count(before, 'updatedReplicas') ||
		old(after) < old(before) ||
		count(after, 'readyReplicas') > count(before, 'readyReplicas') ||
		count(after, 'availableReplicas') > count(before, 'availableReplicas')
	);
}

/** Milliseconds until the rollout is overdue; undefined where nothing is due. */
export function untilOverdue(deployment: Deployment, now: number): number | undefined {
	const progressing = conditionOf(deployment.status?.conditions, 'Progressing');
	if (!hasProgressDeadline(deployment) || !progressing || deployment.spec.paused) return undefined;
	if (['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'].includes(progressing.reason ?? ''))
		return undefined;
	const since = parseTime(progressing.lastUpdateTime) ?? now;
	return Math.max(0, since + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 - now);
}

/** Tells how the rollout gets on, and writes the status. */
export function writeRolloutStatus(rollout: Rollout): void {
	const { deployment, newSet, now } = rollout;
	const status = countedStatus(rollout);
	const who = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
	const progressing = (state: 'True' | 'False', reason: string, how: string) =>
		conditionNow(rollout, 'Progressing', state, reason, `${who} ${how}.`);
	const current = conditionOf(status.conditions, 'Progressing');
	const done =
		(status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
	if (!hasProgressDeadline(deployment))
		status.conditions = withoutCondition(status.conditions, 'Progressing');
	else if (!done) {
		if (isComplete(deployment, status))
			status.conditions = withCondition(
				status.conditions,
				progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed'),
				now,
			);
		else if (hasProgressed(deployment.status, status)) {
			// Each sign of progress starts the deadline anew.
			const condition = progressing('True', 'ReplicaSetUpdated', 'is progressing');
			const since = current?.status === 'True' ? current.lastTransitionTime : condition.lastTransitionTime;
			status.conditions = [
				...withoutCondition(status.conditions, 'Progressing'),
				{ ...condition, lastTransitionTime: since },
			];
		} else if (current?.reason === 'ProgressDeadlineExceeded' || untilOverdue(deployment, now) === 0)
			status.conditions = withCondition(
				status.conditions,
				progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing'),
				now,
			);
	}
	writeStatus(rollout, withFailures(rollout, status));
}

/** The same for a Deployment that is paused or being scaled: nothing is said of progress. */
export function writeCountedStatus(rollout: Rollout): void {
	writeStatus(rollout, countedStatus(rollout));
}

/** A ReplicaSet that cannot create its pods is the Deployment's failure: the new one's before an old one's. */
function withFailures(rollout: Rollout, status: DeploymentStatus): DeploymentStatus {
	const { newSet, oldSets, now } = rollout;
	const failure = [newSet, ...oldSets]
		.map((set) => conditionOf(set?.status?.conditions, 'ReplicaFailure'))
		.find((condition) => condition !== undefined);
	const conditions = failure
		? withCondition(
				status.conditions,
				conditionNow(
					rollout,
					'ReplicaFailure',
					failure.status as 'True',
					failure.reason ?? '',
					failure.message ?? '',
				),
				now,
			)
		: withoutCondition(status.conditions, 'ReplicaFailure');
	return { ...status, conditions };
}

function writeStatus(rollout: Rollout, status: DeploymentStatus): void {
	const { client, deployment } = rollout;
	if (!deepEqual(deployment.status, status))
		rollout.deployment = client.updateStatus<Deployment>(deploymentResource, { ...deployment, status });
}
