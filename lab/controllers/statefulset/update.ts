// One step of a set towards its spec: what to create, to delete, and to wait for.
import type { Draft, IntOrString, Pod, StatefulSet } from '../../schema/types.ts';
import { isPodTerminal, isPodTerminating } from '../pod-state.ts';
import type { PodControl } from './pod-control.ts';
import {
	isAvailable,
	isRunningAndReady,
	isUnavailable,
	ordinalOf,
	podFor,
	replicasOf,
	revisionOf,
	startOrdinal,
} from './pods.ts';
import type { SetRevisions } from './revisions.ts';

export interface SetUpdate {
	set: StatefulSet;
	revisions: SetRevisions;
	/** The pods that belong to the set. */
	pods: readonly Pod[];
	control: PodControl;
	now: number;
}

/**
 * Takes the next step. With OrderedReady each pod waits for its predecessors: created in order of ordinals,
 * removed in the opposite order, one at a time. With Parallel none waits. Pods of another revision go last,
 * from the highest ordinal down to the partition.
 */
export function stepTowardsSpec(update: SetUpdate): void {
	const { set, pods } = update;
	const start = startOrdinal(set);
	const end = start + replicasOf(set);
	const inRange = (ordinal: number) => ordinal >= start && ordinal < end;
	const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
	const condemned = pods
		.filter((pod) => !inRange(ordinalOf(pod)))
		.sort((a, b) => ordinalOf(b) - ordinalOf(a));
	const ordered = set.spec.podManagementPolicy !== 'Parallel';

	for (const [ordinal, pod] of byOrdinal) update.control.keepClaims(set, pod, !inRange(ordinal));
	for (let ordinal = start; ordinal < end; ordinal++)
		if (!bringUp(update, ordinal, byOrdinal.get(ordinal)) && ordered) return;
	if (!scaleDown(update, byOrdinal, condemned, ordered)) return;
	if (set.spec.updateStrategy?.type !== 'OnDelete') rollOn(update, byOrdinal, start, end);
}

/** Sees to one replica; gives whether the next may be seen to where they are ordered. */
function bringUp(update: SetUpdate, ordinal: number, pod: Pod | undefined): boolean {
	const { set, control, now } = update;
	if (!pod) {
		control.create(set, versionedPod(update, ordinal));
		return false;
	}
	if (isPodTerminal(pod)) {
		// Its successor is created once it is gone: there are never two pods of one identity.
		if (!isPodTerminating(pod)) control.delete(set, pod);
		return false;
	}
	return !isPodTerminating(pod) && isAvailable(pod, set, now);
}

/** A new pod, at the current revision below the partition and at the update revision from there on. */
function versionedPod({ set, revisions }: SetUpdate, ordinal: number): Draft<Pod> {
	const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
	const rolling = set.spec.updateStrategy?.type === 'RollingUpdate';
	const current = rolling && ordinal < startOrdinal(set) + partition;
	return podFor(set, current ? revisions.current : revisions.update, ordinal);
}

/** Deletes what is beyond the replicas; gives whether nothing is left to do or to wait for. */
function scaleDown(
	{ set, control, now }: SetUpdate,
	byOrdinal: ReadonlyMap<number, Pod>,
	condemned: readonly Pod[],
	ordered: boolean,
): boolean {
	if (!ordered) {
		const leaving = condemned.filter((pod) => !isPodTerminating(pod));
		for (const pod of leaving) control.delete(set, pod);
		return leaving.length === 0;
	}
	const [highest] = condemned;
	if (!highest) return true;
	if (isPodTerminating(highest)) return false;
	const remaining = [...byOrdinal.values()].filter((pod) => !condemned.includes(pod));
	const unhealthy = [
		...remaining.sort((a, b) => ordinalOf(a) - ordinalOf(b)),
		...condemned.toReversed(),
	].find((pod) => isUnavailable(pod, set, now));
	// Only the first unhealthy pod may go while it is unhealthy: the others wait until it is mended or gone.
	const healthy = isRunningAndReady(highest) && isAvailable(highest, set, now);
	if (healthy || highest === unhealthy) control.delete(set, highest);
	return false;
}

/**
 * Deletes pods that are not at the update revision, as many as may be unavailable at once. One that is unavailable
 * at another revision does not count: it is to be replaced, which may be what mends it. With OrderedReady an update
 * does not come this far while there is such a pod.
 */
function rollOn(
	{ set, revisions, control, now }: SetUpdate,
	byOrdinal: ReadonlyMap<number, Pod>,
	start: number,
	end: number,
): void {
	const { partition = 0, maxUnavailable } = set.spec.updateStrategy?.rollingUpdate ?? {};
	const outdated = (pod: Pod) => revisionOf(pod) !== revisions.update.metadata.name;
	const missing = (ordinal: number) => {
		const pod = byOrdinal.get(ordinal);
		return !pod || isPodTerminating(pod) || (!outdated(pod) && isUnavailable(pod, set, now));
	};
	let allowed = maxUnavailableOf(maxUnavailable, replicasOf(set));
	for (let ordinal = start; ordinal < end; ordinal++) if (missing(ordinal)) allowed--;
	for (let ordinal = end - 1; ordinal >= start + partition && allowed > 0; ordinal--) {
		const pod = byOrdinal.get(ordinal);
		if (!pod || isPodTerminating(pod) || !outdated(pod)) continue;
		control.delete(set, pod);
		allowed--;
	}
}

/** How many pods an update may make unavailable: a number, or a percentage rounded down; at least one. */
function maxUnavailableOf(maxUnavailable: IntOrString | undefined, replicas: number): number {
	if (typeof maxUnavailable === 'string')
		return Math.max(1, Math.floor((Number.parseInt(maxUnavailable, 10) * replicas) / 100));
	return Math.max(1, maxUnavailable ?? 1);
}
