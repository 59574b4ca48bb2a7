// Finding the ReplicaSet of a Deployment's template, or making it, and numbering revisions.
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../schema/types.ts';
import { conditionOf, withCondition } from '../conditions.ts';
import { revisionHash } from '../history.ts';
import { controllerOf, controllerReference } from '../owner-references.ts';
import { isNamespaceGoing } from '../pod-control.ts';
import {
	allSets,
	conditionNow,
	deploymentResource,
	desiredReplicasAnnotation,
	keep,
	maxReplicasAnnotation,
	maxSurgeOf,
	type Rollout,
	replicaAnnotations,
	replicaSetResource,
	replicasOf,
	revisionAnnotation,
	revisionHistoryAnnotation,
	revisionOf,
	sum,
} from './rollout.ts';
import { hasProgressDeadline } from './status.ts';

const hashLabel = 'pod-template-hash';
const historyLimitInCharacters = 2000;

/** Annotations that belong to one object and are not handed on from a Deployment to its ReplicaSets. */
const ownAnnotations = new Set([
	'kubectl.kubernetes.io/last-applied-configuration',
	revisionAnnotation,
	revisionHistoryAnnotation,
	desiredReplicasAnnotation,
	maxReplicasAnnotation,
	'deprecated.deployment.rollback.to',
]);

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
	const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
	return { ...template, metadata: { ...template?.metadata, labels } } as PodTemplateSpec;
}

const byAge = (a: ReplicaSet, b: ReplicaSet) =>
	a.metadata.creationTimestamp < b.metadata.creationTimestamp
		? -1
		: a.metadata.creationTimestamp > b.metadata.creationTimestamp
			? 1
			: a.metadata.name < b.metadata.name
				? -1
				: 1;

/** Tells the ReplicaSet of the template from the others: the oldest one where several have it. */
export function sortSets(
	deployment: Deployment,
	sets: readonly ReplicaSet[],
): Pick<Rollout, 'newSet' | 'oldSets'> {
	const template = withoutHash(deployment.spec.template);
	const inOrder = [...sets].sort(byAge);
	const newSet = inOrder.find((set) => deepEqual(withoutHash(set.spec.template), template));
	return { newSet, oldSets: inOrder.filter((set) => set !== newSet) };
}

/**
 * Brings the new ReplicaSet's revision, annotations and minReadySeconds up to date, and the Deployment's
 * revision with it. Where there is none yet it is made, if `create` says so.
 */
export function syncNewSet(rollout: Rollout, create: boolean): void {
	const next = Math.max(0, ...rollout.oldSets.map(revisionOf)) + 1;
	if (rollout.newSet) updateNewSet(rollout, rollout.newSet, next);
	else if (create) createNewSet(rollout, next);
}

function updateNewSet(rollout: Rollout, set: ReplicaSet, next: number): void {
	const { client, deployment } = rollout;
	const annotations = { ...set.metadata.annotations, ...handedOn(deployment) };
	const before = revisionOf(set);
	if (before < next) {
		// It comes back by a rollback: the numbers that it had are kept.
		annotations[revisionAnnotation] = String(next);
		if (before > 0) {
			const history = (annotations[revisionHistoryAnnotation] ?? '').split(',').filter(Boolean);
			history.push(String(before));
			while (history.join(',').length > historyLimitInCharacters) history.shift();
			annotations[revisionHistoryAnnotation] = history.join(',');
		}
	}
	const minReadySeconds = deployment.spec.minReadySeconds;
	if (
		!deepEqual(annotations, set.metadata.annotations ?? {}) ||
		(set.spec.minReadySeconds ?? 0) !== (minReadySeconds ?? 0)
	)
		keep(
			rollout,
			client.update<ReplicaSet>(replicaSetResource, {
				...set,
				metadata: { ...set.metadata, annotations },
				spec: { ...set.spec, minReadySeconds },
			}),
		);
	const found = !conditionOf(deployment.status?.conditions, 'Progressing');
	tell(
		rollout,
		found
			? conditionNow(
					rollout,
					'Progressing',
					'True',
					'FoundNewReplicaSet',
					`Found new replica set "${set.metadata.name}"`,
				)
			: undefined,
	);
}

const handedOn = ({ metadata }: Deployment): Record<string, string> =>
	Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.has(key)));

function createNewSet(rollout: Rollout, revision: number): void {
	const { client, events, deployment } = rollout;
	const { spec, metadata, status } = deployment;
	const collisionCount = status?.collisionCount ?? 0;
	const hash = revisionHash(spec.template, collisionCount);
	const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash };
	const name = `${metadata.name}-${hash}`;
	const replicas = newReplicas(rollout);
	try {
		rollout.newSet = client.create<ReplicaSet>(replicaSetResource, {
			apiVersion: 'apps/v1',
			kind: 'ReplicaSet',
			metadata: {
				name,
				namespace: metadata.namespace,
				labels,
				annotations: {
					...handedOn(deployment),
					...replicaAnnotations(deployment),
					[revisionAnnotation]: String(revision),
				},
				ownerReferences: [controllerReference(deployment)],
			},
			spec: {
				replicas,
				...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
				selector: {
					...spec.selector,
					matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash },
				},
				template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
			} as ReplicaSet['spec'],
		});
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		if (error.reason === 'AlreadyExists') avoidCollision(rollout, name);
		else if (!isNamespaceGoing(error)) {
			const message = `Failed to create new replica set "${name}": ${error.message}`;
			tell(rollout, conditionNow(rollout, 'Progressing', 'False', 'ReplicaSetCreateError', message));
			events.event(rollout.deployment, 'Warning', 'ReplicaSetCreateError', message);
		}
		throw error;
	}
	if (replicas > 0)
		events.event(
			deployment,
			'Normal',
			'ScalingReplicaSet',
			`Scaled up replica set ${name} from 0 to ${replicas}`,
		);
	tell(
		rollout,
		conditionNow(rollout, 'Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`),
	);
}

/** Another template's ReplicaSet has the name: the next try hashes the number of collisions as well. */
function avoidCollision(rollout: Rollout, name: string): void {
	const { client, deployment } = rollout;
	const other = client.get<ReplicaSet>(replicaSetResource, deployment.metadata.namespace, name);
	const own = other && controllerOf(other)?.uid === deployment.metadata.uid;
	if (own && deepEqual(withoutHash(other.spec.template), withoutHash(deployment.spec.template))) return;
	const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
	rollout.deployment = client.updateStatus<Deployment>(deploymentResource, {
		...deployment,
		status: { ...deployment.status, collisionCount },
	});
}

/** Writes the Deployment's revision, and a condition of its progress where it has a deadline. */
function tell(rollout: Rollout, condition: ReturnType<typeof conditionNow> | undefined): void {
	const { client, deployment, newSet, now } = rollout;
	const { metadata, status } = deployment;
	const revision = newSet?.metadata.annotations?.[revisionAnnotation];
	const annotations = {
		...metadata.annotations,
		...(revision !== undefined && { [revisionAnnotation]: revision }),
	};
	const conditions =
		condition && hasProgressDeadline(deployment)
			? withCondition(status?.conditions, condition, now)
			: status?.conditions;
	if (deepEqual(annotations, metadata.annotations ?? {}) && deepEqual(conditions, status?.conditions)) return;
	rollout.deployment = client.updateStatus<Deployment>(deploymentResource, {
		...deployment,
		metadata: { ...metadata, annotations },
		status: { ...status, ...(conditions && { conditions }) },
	});
}

/** How many replicas the new ReplicaSet may have now: as many as the surge leaves room for. */
export function newReplicas(rollout: Rollout): number {
	const { deployment, newSet } = rollout;
	const wanted = replicasOf(deployment);
	const current = newSet ? replicasOf(newSet) : 0;
	if (deployment.spec.strategy?.type !== 'RollingUpdate') return wanted;
	const room = wanted + maxSurgeOf(deployment) - sum(allSets(rollout), replicasOf);
	return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/** Deletes the oldest ReplicaSets beyond the history limit, those only that are empty. */
export function deleteOldSets({ client, deployment, oldSets }: Rollout): void {
	const kept = oldSets.filter(({ metadata }) => !metadata.deletionTimestamp);
	const excess = kept.length - (deployment.spec.revisionHistoryLimit ?? 10);
	const oldest = kept.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, excess));
	for (const { metadata, spec, status } of oldest) {
		const observed = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
		if (status?.replicas === 0 && spec.replicas === 0 && observed)
			client.delete(replicaSetResource, metadata.namespace, metadata.name, {
				preconditions: { uid: metadata.uid },
			});
	}
}
