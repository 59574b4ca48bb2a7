// Giving the containers of a pod more or less while they run: whether the node has it, and what is said of it
// (KEP-1287; kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources).
import { deepEqual } from '../api/deep-equal.ts';
import type { Timer } from '../clock.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import { requestsOf } from '../scheduler/resources.ts';
import { quantityValue } from '../schema/quantity.ts';
import { formatTime } from '../schema/time.ts';
import type { Node, Pod, PodCondition } from '../schema/types.ts';
import { inUnits, refusalOf } from './admission.ts';
import type { ContainerWorker } from './container-worker.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { observeMs, workMs } from './pace.ts';

export const resizeConditions: ReadonlySet<string> = new Set(['PodResizePending', 'PodResizeInProgress']);

/** A resize that the node has not taken. */
interface PendingResize {
	reason: 'Deferred' | 'Infeasible';
	message: string;
	generation: number | undefined;
	since: string;
}

/** One that it has: those of its containers that have to restart for it, as they ran before. */
interface RunningResize {
	generation: number | undefined;
	applied: boolean;
	restarting: ReadonlyMap<ContainerWorker, RuntimeContainer | undefined>;
}

export class PodResize {
	readonly #context: KubeletContext;
	readonly #workerOf: (name: string) => ContainerWorker | undefined;
	/** What is said of the resize has changed. */
	readonly #changed: () => void;
	#pending: PendingResize | undefined;
	#running: RunningResize | undefined;
	#timer: Timer | undefined;

	constructor(
		context: KubeletContext,
		workerOf: (name: string) => ContainerWorker | undefined,
		changed: () => void,
	) {
		this.#context = context;
		this.#workerOf = workerOf;
		this.#changed = changed;
	}

	/** Whether it waits for room on the node. */
	get isDeferred(): boolean {
		return this.#pending?.reason === 'Deferred';
	}

	/** Gives the containers what the pod asks for, where the node has it. */
	consider(pod: Pod): void {
		const { clock, events } = this.#context;
		const asked = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap((container) => {
			const worker = this.#workerOf(container.name);
			if (!worker || deepEqual(worker.container.resources, container.resources)) return [];
			return [{ worker, container }];
		});
		if (asked.length === 0) {
			if (this.#pending) this.#changed();
			this.#pending = undefined;
			return;
		}
		const { generation } = pod.metadata;
		const refusal = this.#refusalOf(pod);
		if (refusal) {
			const { reason, message } = refusal;
			const { since, ...known } = this.#pending ?? {};
			if (deepEqual(known, { reason, message, generation })) return;
			this.#pending = { reason, message, generation, since: formatTime(clock.now()) };
			events.event(
				pod,
				'Warning',
				`Resize${reason}`,
				`Pod resize ${reason}: ${summaryOf(pod, generation, message)}`,
			);
			this.#changed();
			return;
		}
		this.#pending = undefined;
		events.event(pod, 'Normal', 'ResizeStarted', `Pod resize started: ${summaryOf(pod, generation)}`);
		const restarting = new Map<ContainerWorker, RuntimeContainer | undefined>();
		for (const { worker, container } of asked) {
			const { running } = worker;
			if (worker.resize(container) && running) restarting.set(worker, running);
		}
		this.#running = { generation, applied: false, restarting };
		this.#timer?.cancel();
		this.#timer = clock.after(workMs(clock, observeMs), () => {
			if (this.#running) this.#running.applied = true;
			this.settle(pod);
			this.#changed();
		});
		this.#changed();
	}

	/** The state of a container has changed: the resize is over when those that it restarts run again. */
	settle(pod: Pod): void {
		if (!this.#running?.applied) return;
		const { generation, restarting } = this.#running;
		for (const [worker, before] of restarting) if (!worker.state.running || worker.running === before) return;
		this.#running = undefined;
		const message = `Pod resize completed: ${summaryOf(pod, generation)}`;
		this.#context.events.event(pod, 'Normal', 'ResizeCompleted', message);
	}

	/** What the pod's status says of it. */
	conditions(known: readonly PodCondition[]): PodCondition[] {
		const { clock } = this.#context;
		const since = (type: string) =>
			known.find((each) => each.type === type)?.lastTransitionTime ?? formatTime(clock.now());
		const condition = (type: string, observedGeneration: number | undefined): PodCondition => ({
			type,
			observedGeneration,
			status: 'True',
			lastTransitionTime: since(type),
		});
		const conditions: PodCondition[] = [];
		if (this.#pending) {
			const { reason, message, generation, since: lastProbeTime } = this.#pending;
			conditions.push({ ...condition('PodResizePending', generation), lastProbeTime, reason, message });
		}
		if (this.#running) conditions.push(condition('PodResizeInProgress', this.#running.generation));
		return conditions;
	}

	/** Says nothing more. */
	stop(): void {
		this.#timer?.cancel();
	}

	/** Why the node cannot give it: never, or not while its other pods have what they have. */
	#refusalOf(pod: Pod): Pick<PendingResize, 'reason' | 'message'> | undefined {
		const { client, node } = this.#context;
		// What is asked for counts here, not what the pod has.
		const desired = { ...pod, status: undefined };
		const allocatable = client.get<Node>('nodes', '', node)?.status?.allocatable ?? {};
		const requests = requestsOf(desired);
		for (const resource of ['memory', 'cpu']) {
			const [requested, capacity] = [requests[resource] ?? 0, quantityValue(allocatable[resource] ?? '0')];
			if (requested <= capacity) continue;
			const [shown, all] = [requested, capacity].map((amount) => inUnits(resource, amount));
			const message = `Node didn't have enough capacity: ${resource}, requested: ${shown}, capacity: ${all}`;
			return { reason: 'Infeasible', message };
		}
		const refusal = refusalOf(client, desired);
		return refusal && { reason: 'Deferred', message: refusal.message };
	}
}

/** The resources of all containers, as the kubelet's events have them. */
function summaryOf({ spec }: Pod, generation: number | undefined, error?: string): string {
	const sorted = (quantities: Readonly<Record<string, string>>) =>
		Object.fromEntries(Object.entries(quantities).sort(([a], [b]) => (a < b ? -1 : 1)));
	const resourcesOf = (containers: Pod['spec']['containers']) =>
		containers.map(({ name, resources: { limits, requests } = {} }) => ({
			name,
			resources: {
				...(limits ? { limits: sorted(limits) } : {}),
				...(requests ? { requests: sorted(requests) } : {}),
			},
		}));
	const { initContainers = [], containers } = spec;
	return JSON.stringify({
		...(initContainers.length > 0 ? { initContainers: resourcesOf(initContainers) } : {}),
		containers: resourcesOf(containers),
		generation,
		...(error ? { error } : {}),
	});
}
