// The StatefulSet controller: claims pods, keeps revisions, steps towards the spec, reports the status.
import type { Client } from '../../api/client.ts';
import { deepEqual } from '../../api/deep-equal.ts';
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import type { Pod, StatefulSet, StatefulSetStatus } from '../../schema/types.ts';
import { type ControllerContext, queueController, type StartController } from '../controller.ts';
import { followOwned, type OwnerKind } from '../follow-owned.ts';
import { controllerOf, controllerReference, withOwner, withoutOwner } from '../owner-references.ts';
import { isPodTerminating, untilAvailable } from '../pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { createPodControl } from './pod-control.ts';
import { parsePodName, withIdentity } from './pods.ts';
import { currentAndUpdateRevision, truncateRevisions } from './revisions.ts';
import { completeRollingUpdate, statusOf } from './status.ts';
import { stepTowardsSpec } from './update.ts';

const resource = 'statefulsets.apps';
const owners: OwnerKind<StatefulSet> = {
	resource,
	kind: 'StatefulSet',
	selectorOf: ({ spec }) => spec.selector,
};

export const startStatefulSetController: StartController = ({ client, clock, events }: ControllerContext) => {
	const control = createPodControl(client, events.recorder('statefulset-controller'));

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const set = client.get<StatefulSet>(resource, namespace, name);
		if (!set) return;
		const pods = claimPods(client, set);
		const revisions = currentAndUpdateRevision(client, set);
		const now = clock.now();
		try {
			if (!set.metadata.deletionTimestamp) stepTowardsSpec({ set, revisions, pods, control, now });
		} finally {
			// What could be done counts, also where the next thing was refused.
			const status = statusOf(set, revisions, ownedPods(client, set), now);
			completeRollingUpdate(set, status);
			writeStatus(client, set, status);
		}
		truncateRevisions(client, set, revisions, pods);
		const waits = pods.map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0, now) ?? 0);
		const next = Math.min(...waits.filter((wait) => wait > 0));
		if (Number.isFinite(next)) queue.addAfter(key, next);
	};

	const queue = createWorkQueue({ name: 'statefulset', clock, reconcile });

	const ends = [
		client.watch<StatefulSet>(resource, ({ object }) => queue.add(keyOf(object))),
		followOwned(client, 'pods', owners, queue),
	];
	return queueController(queue, ends);
};

const ownedPods = (client: Client, set: StatefulSet): Pod[] =>
	client
		.list<Pod>('pods', set.metadata.namespace)
		.filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);

/** Takes on matching pods that nobody owns, lets go of owned ones that no longer match, and gives the set's pods. */
function claimPods(client: Client, set: StatefulSet): Pod[] {
	const leaving = set.metadata.deletionTimestamp !== undefined;
	for (const pod of client.list<Pod>('pods', set.metadata.namespace)) {
		const owner = controllerOf(pod);
		if (parsePodName(pod.metadata.name)?.set !== set.metadata.name) continue;
		const matches = selectorMatches(set.spec.selector, pod.metadata.labels);
		if (leaving || isPodTerminating(pod)) continue;
		if (!owner && matches) client.update('pods', withOwner(pod, controllerReference(set)));
		if (owner?.uid !== set.metadata.uid) continue;
		const mended = matches ? withIdentity(pod) : withoutOwner(pod, set.metadata.uid);
		if (mended) client.update('pods', mended);
	}
	return ownedPods(client, set);
}

function writeStatus(client: Client, set: StatefulSet, status: StatefulSetStatus): void {
	const stored = client.get<StatefulSet>(resource, set.metadata.namespace, set.metadata.name);
	if (stored?.metadata.uid !== set.metadata.uid || deepEqual(stored.status, status)) return;
	client.updateStatus<StatefulSet>(resource, { ...stored, status });
}
