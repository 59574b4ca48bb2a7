// What is wrong with a node is said by taints too, which keep pods away or drive them off
// (kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration, "Taint based Evictions").
import type { Timer } from '../clock.ts';
import { formatTime } from '../schema/time.ts';
import type { Node, Pod, Taint } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import type { Heartbeats } from './heartbeats.ts';
import { podCondition } from './pod-state.ts';
import { createWorkQueue } from './work-queue.ts';

export const unschedulableTaint = 'node.kubernetes.io/unschedulable';
const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';

/** The taint of each other condition, where it is True. */
const pressures: Readonly<Record<string, string>> = {
	MemoryPressure: 'node.kubernetes.io/memory-pressure',
	DiskPressure: 'node.kubernetes.io/disk-pressure',
	PIDPressure: 'node.kubernetes.io/pid-pressure',
	NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};

const kept = new Set([notReady, unreachable, unschedulableTaint, ...Object.values(pressures)]);
const same = (one: Taint, other: Taint) => one.key === other.key && one.effect === other.effect;

/** How long a node may be silent before it is given up (--node-monitor-grace-period). */
const gracePeriodMs = 50_000;

const readiness = ({ status }: Node) =>
	status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown';

/** The taints that follow from what the node is. */
function taintsOf(node: Node): Taint[] {
	const taints: Taint[] = [];
	const ready = readiness(node);
	const key = ready === 'True' ? undefined : ready === 'False' ? notReady : unreachable;
	if (key) taints.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' });
	for (const { type, status } of node.status?.conditions ?? [])
		if (status === 'True' && pressures[type]) taints.push({ key: pressures[type], effect: 'NoSchedule' });
	if (node.spec.unschedulable) taints.push({ key: unschedulableTaint, effect: 'NoSchedule' });
	return taints;
}

export const startNodeLifecycleController =
	(heartbeats: Heartbeats): StartController =>
	({ client, clock, events }) => {
		const recorder = events.recorder('node-controller');

		const reconcile = (name: string) => {
			const node = client.get<Node>('nodes', '', name);
			// A node without conditions has not been heard of yet.
			if (!node?.status?.conditions?.length) return;
			const present = node.spec.taints ?? [];
			const wanted = taintsOf(node);
			const others = present.filter(({ key }) => !kept.has(key));
			const own = wanted.map(
				(taint) =>
					present.find((each) => same(each, taint)) ?? { ...taint, timeAdded: formatTime(clock.now()) },
			);
			const taints = [...others, ...own];
			const unchanged =
				taints.length === present.length &&
				taints.every((taint) => present.some((each) => same(each, taint)));
			if (!unchanged) {
				const { taints: _, ...spec } = node.spec;
				client.update<Node>('nodes', { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec });
			}
			if (readiness(node) !== 'True') markPods(node);
		};

		/** Nobody knows any more whether the node's pods are ready. */
		const markPods = ({ metadata }: Node) => {
			for (const pod of client.list<Pod>('pods', '', ({ spec }) => spec.nodeName === metadata.name)) {
				if (podCondition(pod, 'Ready')?.status !== 'True') continue;
				const conditions = pod.status?.conditions?.map((condition) =>
					condition.type === 'Ready'
						? { ...condition, status: 'False', lastTransitionTime: formatTime(clock.now()) }
						: condition,
				);
				client.updateStatus<Pod>('pods', { ...pod, status: { ...pod.status, conditions } });
				recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
			}
		};

		/** What a silent node last said counts no more. */
		const giveUp = (name: string) => {
			timers.delete(name);
			const node = client.get<Node>('nodes', '', name);
			if (!node || heartbeats.silentSince(name) === undefined) return;
			const conditions = node.status?.conditions?.map((condition) => ({
				...condition,
				status: 'Unknown',
				reason: 'NodeStatusUnknown',
				message: 'Kubelet stopped posting node status.',
				lastTransitionTime:
					condition.status === 'Unknown' ? condition.lastTransitionTime : formatTime(clock.now()),
			}));
			client.updateStatus<Node>('nodes', { ...node, status: { ...node.status, conditions } });
		};

		const timers = new Map<string, Timer>();
		const endHeartbeats = heartbeats.watch((name) => {
			timers.get(name)?.cancel();
			timers.set(
				name,
				clock.after(gracePeriodMs, () => giveUp(name)),
			);
		});

		const queue = createWorkQueue({ name: 'node lifecycle', clock, reconcile });
		const end = client.watch<Node>('nodes', ({ type, object, previous }) => {
			const { name } = object.metadata;
			queue.add(name);
			if (type !== 'MODIFIED' || !previous) return;
			if (readiness(previous) === 'True' && readiness(object) !== 'True')
				recorder.event(object, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
		});
		const cancelTimers = () => {
			for (const timer of timers.values()) timer.cancel();
		};
		return queueController(queue, [end, endHeartbeats, cancelTimers]);
	};
