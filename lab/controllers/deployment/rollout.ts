// What a Deployment's rollout is made of: the ReplicaSet of its template, and those of earlier ones.
import type { Client } from '../../api/client.ts';
import type { EventRecorder } from '../../api/event-recorder.ts';
import { formatTime } from '../../schema/time.ts';
import type { Deployment, IntOrString, ReplicaSet } from '../../schema/types.ts';

export interface Rollout {
	readonly client: Client;
	readonly events: EventRecorder;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** As it is stored; what is written replaces it here. */
	deployment: Deployment;
	newSet: ReplicaSet | undefined;
	/** In order of their age, the oldest first. */
	oldSets: ReplicaSet[];
}

export const deploymentResource = 'deployments.apps';
export const replicaSetResource = 'replicasets.apps';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

export const replicasOf = ({ spec }: Deployment | ReplicaSet): number => spec.replicas ?? 1;

export const allSets = ({ newSet, oldSets }: Rollout): ReplicaSet[] =>
	newSet ? [...oldSets, newSet] : oldSets;

export const isActive = (set: ReplicaSet): boolean => replicasOf(set) > 0;

export const sum = <T>(items: readonly T[], amount: (item: T) => number): number =>
	items.reduce((total, item) => total + amount(item), 0);

/** The number of a revision, as the annotation has it; 0 where there is none. */
export const revisionOf = (object: Deployment | ReplicaSet): number =>
	Number.parseInt(object.metadata.annotations?.[revisionAnnotation] ?? '0', 10) || 0;

/** A share of the replicas: a percentage is rounded up or down as told. */
function share(value: IntOrString | undefined, replicas: number, round: (value: number) => number): number {
	if (typeof value !== 'string') return value ?? 0;
	return round((Number.parseInt(value, 10) * replicas) / 100);
}

/** How many pods may be there beyond the replicas while rolling. */
export function maxSurgeOf({ spec }: Deployment): number {
	if (spec.strategy?.type !== 'RollingUpdate') return 0;
	return share(spec.strategy.rollingUpdate?.maxSurge, spec.replicas ?? 1, Math.ceil);
}

/** How many of the replicas may be missing while rolling: one where rounding would leave no way to move on. */
export function maxUnavailableOf(deployment: Deployment): number {
	const replicas = replicasOf(deployment);
	const { strategy } = deployment.spec;
	if (strategy?.type !== 'RollingUpdate' || replicas === 0) return 0;
	const unavailable = share(strategy.rollingUpdate?.maxUnavailable, replicas, Math.floor);
	return Math.min(unavailable === 0 && maxSurgeOf(deployment) === 0 ? 1 : unavailable, replicas);
}

/** Replaces a ReplicaSet by what has been written of it. */
export function keep(rollout: Rollout, set: ReplicaSet): void {
	const { uid } = set.metadata;
	if (rollout.newSet?.metadata.uid === uid) rollout.newSet = set;
	else rollout.oldSets = rollout.oldSets.map((old) => (old.metadata.uid === uid ? set : old));
}

/**
 * Gives a ReplicaSet so many replicas and notes what the Deployment wants, with an event where the number
 * changes. Gives whether it does.
 */
export function scaleSet(rollout: Rollout, set: ReplicaSet, replicas: number): boolean {
	const { client, events, deployment } = rollout;
	const before = replicasOf(set);
	const noted = replicaAnnotations(deployment);
	const isNoted = Object.entries(noted).every(([key, value]) => set.metadata.annotations?.[key] === value);
	if (before === replicas && isNoted) return false;
	keep(
		rollout,
		client.update<ReplicaSet>(replicaSetResource, {
			...set,
			metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, ...noted } },
			spec: { ...set.spec, replicas },
		}),
	);
	if (before === replicas) return false;
	const direction = replicas > before ? 'up' : 'down';
	const { name } = set.metadata;
	events.event(
		deployment,
		'Normal',
		'ScalingReplicaSet',
		`Scaled ${direction} replica set ${name} from ${before} to ${replicas}`,
	);
	return true;
}

/** What each active ReplicaSet knows of the Deployment's size, so that a change of it is noticed. */
export const replicaAnnotations = (deployment: Deployment): Record<string, string> => ({
	[desiredReplicasAnnotation]: String(replicasOf(deployment)),
	[maxReplicasAnnotation]: String(replicasOf(deployment) + maxSurgeOf(deployment)),
});

/** A condition that is told now. */
export const conditionNow = (
	{ now }: Rollout,
	type: 'Available' | 'Progressing' | 'ReplicaFailure',
	status: 'True' | 'False' | 'Unknown',
	reason: string,
	message: string,
) => ({
	type,
	status,
	reason,
	message,
	lastUpdateTime: formatTime(now),
	lastTransitionTime: formatTime(now),
});
