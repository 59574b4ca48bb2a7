// The ReplicaSet controller, and the ReplicationController's, which is the same for an older kind
// (kubernetes.io/docs/concepts/workloads/controllers/replicaset).

import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import { matchesLabels, selectorMatches } from '../../api/selectors/label-selector.ts';
import type {
	LabelSelector,
	Pod,
	ReplicaSet,
	ReplicaSetStatus,
	ReplicationController,
} from '../../schema/types.ts';
import { claimObjects } from '../claim-objects.ts';
import { withCondition, withoutCondition } from '../conditions.ts';
import { queueController, type StartController } from '../controller.ts';
import { followOwned, type OwnerKind } from '../follow-owned.ts';
import { controllerOf } from '../owner-references.ts';
import { createPodControl, podFromTemplate } from '../pod-control.ts';
import { isPodReady, isPodTerminal, isPodTerminating, untilAvailable } from '../pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { inDeletionOrder } from './deletion-order.ts';

type Replicator = ReplicaSet | ReplicationController;

interface ReplicatorKind<T extends Replicator> extends OwnerKind<T> {
	component: string;
	selectorOf(owner: T): LabelSelector;
}

/** At most so many pods are created in one go, so that many sets get their turn. */
const burst = 500;

const isActive = (pod: Pod): boolean => !isPodTerminal(pod) && !isPodTerminating(pod);

const startReplicator =
	<T extends Replicator>({ kind, resource, component, selectorOf }: ReplicatorKind<T>): StartController =>
	({ client, clock, events }) => {
		const control = createPodControl(client, events.recorder(component));

		const reconcile = (key: string) => {
			const { namespace, name } = splitKey(key);
			const owner = client.get<T>(resource, namespace, name);
			if (!owner) return;
			const selector = selectorOf(owner);
			const owned = () =>
				client.list<Pod>('pods', namespace, (pod) => controllerOf(pod)?.uid === owner.metadata.uid);
			const pods = claimObjects<Pod>(client, 'pods', owner, (pod) =>
				selectorMatches(selector, pod.metadata.labels),
			);
			let failure: { reason: 'FailedCreate' | 'FailedDelete'; error: ApiError } | undefined;
			const difference = pods.filter(isActive).length - (owner.spec.replicas ?? 1);
			if (!owner.metadata.deletionTimestamp)
				try {
					replicate(owner, pods.filter(isActive), difference);
				} catch (error) {
					if (!(error instanceof ApiError)) throw error;
					failure = { reason: difference < 0 ? 'FailedCreate' : 'FailedDelete', error };
				}
			const remaining = owned();
			writeStatus(owner, remaining, failure && { reason: failure.reason, message: failure.error.message });
			const waits = remaining
				.map((pod) => untilAvailable(pod, owner.spec.minReadySeconds ?? 0, clock.now()) ?? 0)
				.filter((wait) => wait > 0);
			if (waits.length > 0) queue.addAfter(key, Math.min(...waits));
			if (failure) throw failure.error;
			if (-difference > burst) queue.add(key);
		};

		/** Creates what is missing, deletes what is too much. */
		const replicate = (owner: T, active: readonly Pod[], difference: number) => {
			for (let missing = Math.min(-difference, burst); missing > 0; missing--)
				control.create(owner, podFromTemplate(owner, owner.spec.template ?? {}));
			if (difference <= 0) return;
			const leaving = inDeletionOrder(active, relatedPods(owner), clock.now()).slice(0, difference);
			for (const pod of leaving) control.delete(owner, pod);
		};

		/** The active pods of all that has the same owner: a Deployment's ReplicaSets do one work together. */
		const relatedPods = (owner: T): Pod[] => {
			const parent = controllerOf(owner)?.uid;
			const related = parent
				? client.list<T>(resource, owner.metadata.namespace, (each) => controllerOf(each)?.uid === parent)
				: [owner];
			const owners = new Set(related.map(({ metadata }) => metadata.uid));
			return client
				.list<Pod>('pods', owner.metadata.namespace, (pod) => owners.has(controllerOf(pod)?.uid ?? ''))
				.filter(isActive);
		};

		const writeStatus = (
			owner: T,
			pods: readonly Pod[],
			failure: { reason: string; message: string } | undefined,
		) => {
			const stored = client.get<T>(resource, owner.metadata.namespace, owner.metadata.name);
			if (stored?.metadata.uid !== owner.metadata.uid) return;
			const now = clock.now();
			const active = pods.filter(isActive);
			const templateLabels = owner.spec.template?.metadata?.labels ?? {};
			const conditions = failure
				? withCondition(
						stored.status?.conditions,
						{ type: 'ReplicaFailure', status: 'True', ...failure },
						now,
					)
				: withoutCondition(stored.status?.conditions, 'ReplicaFailure');
			const count = (condition: (pod: Pod) => boolean) => active.filter(condition).length;
			const status: ReplicaSetStatus = {
				replicas: active.length,
				...counted({
					fullyLabeledReplicas: count(({ metadata }) => matchesLabels(templateLabels, metadata.labels)),
					readyReplicas: count(isPodReady),
					availableReplicas: count((pod) => untilAvailable(pod, owner.spec.minReadySeconds ?? 0, now) === 0),
				}),
				...(kind === 'ReplicaSet' && {
					terminatingReplicas: pods.filter((pod) => isPodTerminating(pod) && !isPodTerminal(pod)).length,
				}),
				observedGeneration: owner.metadata.generation,
				...(conditions.length > 0 && { conditions }),
			};
			if (!deepEqual(stored.status, status)) client.updateStatus<T>(resource, { ...stored, status });
		};

		const queue = createWorkQueue({ name: component, clock, reconcile });

		const ends = [
			client.watch<T>(resource, ({ object }) => queue.add(keyOf(object))),
			followOwned(client, 'pods', { kind, resource, selectorOf }, queue),
		];
		return queueController(queue, ends);
	};

/** Counts as a status carries them: what is 0 is left out. */
const counted = <T extends Record<string, number>>(counts: T): Partial<T> =>
	Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)) as Partial<T>;

export const startReplicaSetController = startReplicator<ReplicaSet>({
	kind: 'ReplicaSet',
	resource: 'replicasets.apps',
	component: 'replicaset-controller',
	selectorOf: ({ spec }) => spec.selector,
});

export const startReplicationControllerController = startReplicator<ReplicationController>({
	kind: 'ReplicationController',
	resource: 'replicationcontrollers',
	component: 'replication-controller',
	selectorOf: ({ spec }) => ({ matchLabels: spec.selector }),
});
