// Which of a DaemonSet's pods an update replaces now: no more nodes than maxUnavailable are without their
// pod, or no more than maxSurge have two (kubernetes.io/docs/tasks/manage-daemon/update-daemon-set).
import type { DaemonSet, IntOrString, Pod } from '../../schema/types.ts';
import { isPodReady, isPodTerminal, isPodTerminating, untilAvailable } from '../pod-state.ts';

export interface NodePods {
	node: string;
	/** At the newest template. */
	newPod: Pod | undefined;
	oldPod: Pod | undefined;
}

export interface Replacement {
	leaving: Pod[];
	/** Nodes that get a new pod beside the old one. */
	surging: string[];
}

const share = (value: IntOrString | undefined, total: number): number =>
	typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * total) / 100) : (value ?? 0);

export const maxSurgeOf = ({ spec }: DaemonSet, desired: number): number =>
	spec.updateStrategy?.type === 'RollingUpdate'
		? share(spec.updateStrategy.rollingUpdate?.maxSurge, desired)
		: 0;

/** `nodes` are those that should run a pod; `now` in milliseconds since 1970. */
export function replacementFor(set: DaemonSet, nodes: readonly NodePods[], now: number): Replacement {
	const available = (pod: Pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0, now) === 0;
	const surge = maxSurgeOf(set, nodes.length);
	if (surge > 0) return withSurge(nodes, surge, available);
	const unavailable = share(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable, nodes.length);
	return withoutSurge(nodes, Math.max(1, unavailable), available);
}

function withoutSurge(
	nodes: readonly NodePods[],
	maxUnavailable: number,
	available: (pod: Pod) => boolean,
): Replacement {
	let unavailable = 0;
	const leaving: Pod[] = [];
	const candidates: Pod[] = [];
	for (const { newPod, oldPod } of nodes) {
		if (newPod && !oldPod) unavailable += available(newPod) ? 0 : 1;
		else if (!newPod && oldPod) {
			if (isPodTerminating(oldPod)) unavailable++;
			else if (available(oldPod)) candidates.push(oldPod);
			// It serves nobody, so nothing is lost with it.
			else {
				leaving.push(oldPod);
				unavailable++;
			}
		} else unavailable++;
	}
	return {
		leaving: [...leaving, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))],
		surging: [],
	};
}

function withSurge(
	nodes: readonly NodePods[],
	maxSurge: number,
	available: (pod: Pod) => boolean,
): Replacement {
	let surges = 0;
	const leaving: Pod[] = [];
	const surging: string[] = [];
	const candidates: string[] = [];
	for (const { node, newPod, oldPod } of nodes) {
		if (!oldPod || isPodTerminating(oldPod)) continue;
		if (!newPod) (available(oldPod) ? candidates : surging).push(node);
		else if (available(newPod) || !isPodReady(oldPod)) leaving.push(oldPod);
		else surges++;
	}
	return { leaving, surging: [...surging, ...candidates.slice(0, Math.max(0, maxSurge - surges))] };
}

/** A pod of one template and one of another, where a node has them; the youngest where there are several. */
export function sortNodePods(node: string, pods: readonly Pod[], isNew: (pod: Pod) => boolean): NodePods {
	const living = pods.filter((pod) => !isPodTerminal(pod));
	return { node, newPod: living.findLast(isNew), oldPod: living.findLast((pod) => !isNew(pod)) };
}
