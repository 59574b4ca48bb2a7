// What a kubelet does when its node runs short of memory or disk
// (kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction).
import type { Client } from '../../api/client.ts';
import type { EventRecorder } from '../../api/event-recorder.ts';
import { qualityOfService } from '../../api/resources/pod-quality.ts';
import type { Clock, Timer } from '../../clock.ts';
import { priorityOf } from '../../scheduler/preemption.ts';
import { tolerates } from '../../scheduler/tolerations.ts';
import { quantityValue } from '../../schema/quantity.ts';
import { formatTime } from '../../schema/time.ts';
import type { Container, Node, NodeCondition, Pod } from '../../schema/types.ts';
import { monitorMs } from '../pace.ts';
import type { PodWorker } from '../pod-worker.ts';

/** What a node can run short of, as the kubelet's messages name it. */
export type ScarceResource = 'memory' | 'ephemeral-storage';

interface Kind {
	condition: string;
	/** Reason and message of the condition, and with `Node` before it the reason of its event. */
	short: { reason: string; message: string };
	enough: { reason: string; message: string };
	threshold: string;
}

/** Thresholds as the kubelet has them unless told: memory.available<100Mi, nodefs.available<10%. */
const kinds: Readonly<Record<ScarceResource, Kind>> = {
	memory: {
		condition: 'MemoryPressure',
		short: { reason: 'HasInsufficientMemory', message: 'kubelet has insufficient memory available' },
		enough: { reason: 'HasSufficientMemory', message: 'kubelet has sufficient memory available' },
		threshold: '100Mi',
	},
	'ephemeral-storage': {
		condition: 'DiskPressure',
		short: { reason: 'HasDiskPressure', message: 'kubelet has disk pressure' },
		enough: { reason: 'HasNoDiskPressure', message: 'kubelet has no disk pressure' },
		threshold: '6272562380',
	},
};

/** evictionPressureTransitionPeriod: how long a condition outlasts the shortage. */
const transitionMs = 300_000;
/** A pod that is evicted for its node has a second to end. */
const graceMs = 1000;
const memoryPressureTaint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };
const firstCriticalPriority = 2_000_000_000;

const inMebibytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)}Mi`;
const inKibibytes = (bytes: number) => `${Math.ceil(bytes / 1024)}Ki`;

export class NodePressure {
	readonly #client: Client;
	readonly #clock: Clock;
	readonly #events: EventRecorder;
	readonly #node: string;
	readonly #workers: () => Iterable<PodWorker>;
	/** What is left of a resource, in bytes, while that is too little. */
	readonly #short = new Map<ScarceResource, number>();
	readonly #pressures = new Set<ScarceResource>();
	readonly #timers = new Set<Timer>();

	constructor(options: {
		client: Client;
		clock: Clock;
		events: EventRecorder;
		node: string;
		workers: () => Iterable<PodWorker>;
	}) {
		this.#client = options.client;
		this.#clock = options.clock;
		this.#events = options.events;
		this.#node = options.node;
		this.#workers = options.workers;
	}

	/** Says what is left of a resource, in bytes; the kubelet sees it at its next look. */
	setAvailable(resource: ScarceResource, bytes: number): void {
		const isShort = bytes < quantityValue(kinds[resource].threshold);
		const wasShort = this.#short.has(resource);
		if (isShort) this.#short.set(resource, bytes);
		else this.#short.delete(resource);
		if (isShort && !wasShort) this.#after(monitorMs, () => this.#synchronize(resource));
		if (!isShort && wasShort) this.#after(transitionMs, () => this.#relieve(resource));
	}

	/** Why the node takes no such pod now; undefined where it does. */
	refusalOf(pod: Pod): { reason: string; message: string } | undefined {
		if (this.#pressures.size === 0 || priorityOf(pod) >= firstCriticalPriority) return undefined;
		const spares =
			qualityOfService(pod.spec) !== 'BestEffort' ||
			pod.spec.tolerations?.some((each) => tolerates(each, memoryPressureTaint));
		if (spares && !this.#pressures.has('ephemeral-storage')) return undefined;
		const conditions = [...this.#pressures].map((resource) => kinds[resource].condition);
		return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
	}

	stop(): void {
		for (const timer of this.#timers) timer.cancel();
	}

	#after(ms: number, then: () => void): void {
		const timer = this.#clock.after(ms, () => {
			this.#timers.delete(timer);
			then();
		});
		this.#timers.add(timer);
	}

	/** Evicts a pod at each look, as long as there is too little. */
	#synchronize(resource: ScarceResource): void {
		const available = this.#short.get(resource);
		if (available === undefined) return;
		if (!this.#pressures.has(resource)) this.#report(resource, true);
		const node = this.#client.get<Node>('nodes', '', this.#node);
		if (node)
			this.#events.event(node, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
		const [first] = this.#ranked(resource);
		first?.evict(this.#message(resource, available, first), graceMs);
		this.#after(monitorMs, () => this.#synchronize(resource));
	}

	/** Those that use more than they request come first, then the less important, then those that use most. */
	#ranked(resource: ScarceResource): PodWorker[] {
		const ranks = [...this.#workers()]
			.filter((worker) => worker.isActive && priorityOf(worker.pod) < firstCriticalPriority)
			.map((worker) => {
				const parts = worker.containers.map(({ container }) => usage(worker, container, resource));
				const excess = parts.reduce((sum, { used, request }) => sum + used - request, 0);
				return { worker, excess, exceeds: excess > 0 ? 0 : 1, priority: priorityOf(worker.pod) };
			});
		return ranks
			.sort(
				(one, other) =>
					one.exceeds - other.exceeds || one.priority - other.priority || other.excess - one.excess,
			)
			.map(({ worker }) => worker);
	}

	#message(resource: ScarceResource, available: number, worker: PodWorker): string {
		const { threshold } = kinds[resource];
		const parts = worker.containers.flatMap(({ container }) => {
			const { used, request, requested } = usage(worker, container, resource);
			if (used <= request) return [];
			return `Container ${container.name} was using ${inKibibytes(used)}, request is ${requested}, has larger consumption of ${resource}. `;
		});
		return `The node was low on resource: ${resource}. Threshold quantity: ${threshold}, available: ${inMebibytes(available)}. ${parts.join('')}`;
	}

	#relieve(resource: ScarceResource): void {
		if (!this.#short.has(resource) && this.#pressures.has(resource)) this.#report(resource, false);
	}

	#report(resource: ScarceResource, isShort: boolean): void {
		if (isShort) this.#pressures.add(resource);
		else this.#pressures.delete(resource);
		const node = this.#client.get<Node>('nodes', '', this.#node);
		if (!node) return;
		const { condition, short, enough } = kinds[resource];
		const { reason, message } = isShort ? short : enough;
		const now = formatTime(this.#clock.now());
		const changed: Partial<NodeCondition> = {
			status: isShort ? 'True' : 'False',
			reason: `Kubelet${reason}`,
			message,
			lastHeartbeatTime: now,
			lastTransitionTime: now,
		};
		const conditions = node.status?.conditions?.map((each) =>
			each.type === condition ? { ...each, ...changed } : each,
		);
		this.#client.updateStatus<Node>('nodes', { ...node, status: { ...node.status, conditions } });
		this.#events.event(node, 'Normal', `Node${reason}`, `Node ${this.#node} status is now: Node${reason}`);
	}
}

function usage(worker: PodWorker, { name, resources }: Container, resource: ScarceResource) {
	const running = worker.container(name)?.running;
	const onDisk = running ? running.usage.used + running.log.bytes : 0;
	const requested = resources?.requests?.[resource] ?? '0';
	return {
		used: resource === 'memory' ? (running?.memoryBytes ?? 0) : onDisk,
		request: quantityValue(requested),
		requested,
	};
}
