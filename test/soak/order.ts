// The order in which a StatefulSet's controller creates, removes and updates pods
// (kubernetes.io/docs/concepts/workloads/controllers/statefulset, "Deployment and Scaling Guarantees").
import type { Client } from '../../lab/api/client.ts';
import type { Clock } from '../../lab/clock.ts';
import { revisionLabel } from '../../lab/controllers/history.ts';
import { controllerOf } from '../../lab/controllers/owner-references.ts';
import { isPodTerminal, isPodTerminating } from '../../lab/controllers/pod-state.ts';
import { isAvailable, ordinalOf, replicasOf, startOrdinal } from '../../lab/controllers/statefulset/pods.ts';
import type { Pod, StatefulSet } from '../../lab/schema/types.ts';
import { type PodChange, Replay } from './replay.ts';

export class Order {
	readonly #clock: Clock;
	readonly #fault: (what: string) => void;
	readonly #replay: Replay;
	/** By uid: whom a user has removed. */
	readonly #removed = new Set<string>();

	constructor(client: Client, clock: Clock, fault: (what: string) => void) {
		this.#clock = clock;
		this.#fault = fault;
		this.#replay = new Replay(client, (change) => this.#changed(change));
	}

	/** Not the controller removes this one. */
	removed({ metadata }: Pod): void {
		this.#removed.add(metadata.uid);
	}

	#changed({ type, pod, previous }: PodChange): void {
		const set = this.#setOf(pod);
		if (!set) return;
		if (type === 'ADDED') this.#created(set, pod);
		else if (type === 'MODIFIED' && previous && !isPodTerminating(previous) && isPodTerminating(pod))
			if (this.#isByController(previous)) this.#deleted(set, previous);
		if (type === 'DELETED') this.#removed.delete(pod.metadata.uid);
	}

	/** The set that manages the pod, unless it is on its way out itself. */
	#setOf(pod: Pod): StatefulSet | undefined {
		const owner = controllerOf(pod);
		const set = owner && this.#replay.sets.get(owner.name);
		return set?.metadata.uid === owner?.uid && !set?.metadata.deletionTimestamp ? set : undefined;
	}

	/** Neither a user nor what drives pods off a lost node has deleted it. */
	#isByController({ metadata, spec }: Pod): boolean {
		if (this.#removed.has(metadata.uid)) return false;
		const node = this.#replay.nodes.get(spec.nodeName ?? '');
		if (!node) return spec.nodeName === undefined;
		return !node.spec.taints?.some(({ effect }) => effect === 'NoExecute');
	}

	/** The set's other pods, by ordinal. */
	#others(set: StatefulSet, pod: Pod): Map<number, Pod> {
		const others = new Map<number, Pod>();
		for (const other of this.#replay.pods.values())
			if (controllerOf(other)?.uid === set.metadata.uid && other.metadata.uid !== pod.metadata.uid)
				others.set(ordinalOf(other), other);
		return others;
	}

	#isThere(set: StatefulSet, pod: Pod | undefined): boolean {
		return pod !== undefined && !isPodTerminating(pod) && isAvailable(pod, set, this.#clock.now());
	}

	/** In order, a pod comes when all before it are available. */
	#created(set: StatefulSet, pod: Pod): void {
		if (set.spec.podManagementPolicy === 'Parallel') return;
		const others = this.#others(set, pod);
		for (let ordinal = startOrdinal(set); ordinal < ordinalOf(pod); ordinal++)
			if (!this.#isThere(set, others.get(ordinal)))
				this.#fault(`${pod.metadata.name} is created while ${set.metadata.name}-${ordinal} is not available`);
	}

	#deleted(set: StatefulSet, pod: Pod): void {
		if (isPodTerminal(pod)) return;
		const start = startOrdinal(set);
		const end = start + replicasOf(set);
		const ordinal = ordinalOf(pod);
		if (ordinal < start || ordinal >= end) this.#scaledDown(set, pod, start, end);
		else this.#updated(set, pod, end);
	}

	/** In order, the last goes first, and the next when it has gone. */
	#scaledDown(set: StatefulSet, pod: Pod, start: number, end: number): void {
		if (set.spec.podManagementPolicy === 'Parallel') return;
		for (const [ordinal, other] of this.#others(set, pod))
			if (ordinal > ordinalOf(pod) && (ordinal < start || ordinal >= end))
				this.#fault(`${pod.metadata.name} is scaled away while ${other.metadata.name} is there`);
	}

	/** From the last to the partition, one at a time. */
	#updated(set: StatefulSet, pod: Pod, end: number): void {
		const { metadata } = pod;
		const ordinal = ordinalOf(pod);
		const revision = this.#updateRevision(set);
		const { partition = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
		if (metadata.labels?.[revisionLabel] === revision)
			this.#fault(`${metadata.name} is deleted though it is of ${revision}, and within the replicas`);
		if (ordinal < startOrdinal(set) + partition)
			this.#fault(`${metadata.name} is updated below the partition`);
		const others = this.#others(set, pod);
		for (let later = ordinal + 1; later < end; later++) {
			const other = others.get(later);
			if (!this.#isThere(set, other) || other?.metadata.labels?.[revisionLabel] !== revision)
				this.#fault(`${metadata.name} is updated before ${set.metadata.name}-${later}`);
		}
	}

	#updateRevision(set: StatefulSet): string | undefined {
		return [...this.#replay.revisions.values()]
			.filter((revision) => controllerOf(revision)?.uid === set.metadata.uid)
			.sort((one, other) => other.revision - one.revision)[0]?.metadata.name;
	}
}
