// kube-scheduler: gives every new pod a node, and tries those again that found none when something changes.
import { deepEqual } from '../api/deep-equal.ts';
import { type Controller, type ControllerContext, queueController } from '../controllers/controller.ts';
import { claimsOfPod, isBound, usesClaim } from '../controllers/persistent-volume/storage.ts';
import { isPodTerminal, isPodTerminating, podCondition } from '../controllers/pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from '../controllers/work-queue.ts';
import type { Random } from '../random.ts';
import { formatTime } from '../schema/time.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../schema/types.ts';
import { chooseNode } from './choose-node.ts';
import { type ClusterView, viewCluster } from './cluster-view.ts';
import type { Refusal } from './filters/filter.ts';
import { findCandidate, ineligibility, priorityOf } from './preemption.ts';
import { describeProblem, describeRefusals, nodesAvailable } from './unschedulable.ts';
import { bindVolumes, claimProblem, claimsOf } from './volumes.ts';

const schedulerName = 'default-scheduler';
/** A pod that found no node waits 1 s before it is tried again, then twice as long each time, up to 10 s. */
const firstBackoffMs = 1000;
const longestBackoffMs = 10_000;

export function startScheduler({
	client,
	clock,
	events,
	random,
}: ControllerContext & { random: Random }): Controller {
	const recorder = events.recorder(schedulerName);
	/** Pods that found no node: how often, and when last. */
	const unschedulable = new Map<string, { attempts: number; at: number }>();
	/** Pods that have a node and wait there for their volumes to be bound. */
	const assumed = new Map<string, string>();
	/** Pods that room is being made for on a node. */
	const nominated = new Set<string>();

	const isWaiting = (pod: Pod) =>
		!pod.spec.nodeName &&
		!isPodTerminating(pod) &&
		!isPodTerminal(pod) &&
		(pod.spec.schedulerName ?? schedulerName) === schedulerName &&
		!pod.spec.schedulingGates?.length;

	const schedule = (key: string) => {
		const { namespace, name } = splitKey(key);
		const pod = client.get<Pod>('pods', namespace, name);
		if (!pod || !isWaiting(pod)) {
			unschedulable.delete(key);
			assumed.delete(key);
			return;
		}
		const node = assumed.get(key);
		const claims = claimsOf(client, pod);
		if (node === undefined || claims.length < claimsOfPod(pod).length) findNode(key, pod);
		else if (claims.every(isBound)) assign(key, pod, node);
	};

	const findNode = (key: string, pod: Pod) => {
		assumed.delete(key);
		const cluster = viewCluster(client, new Map([...nominatedBefore(pod), ...assumed]));
		const problem = claimProblem(client, pod);
		if (problem) {
			giveUp(key, pod, describeProblem(cluster.nodes.length, problem));
			return;
		}
		const choice = chooseNode(pod, cluster, random);
		if ('refusals' in choice) makeRoom(key, pod, cluster, choice.refusals);
		else if (bindVolumes(client, pod, choice.node)) assumed.set(key, choice.node);
		else assign(key, pod, choice.node);
	};

	/** Pods that room is being made for, and that this one may not take it from: by key, with their nodes. */
	const nominatedBefore = (pod: Pod): [string, string][] =>
		[...nominated].flatMap((key) => {
			const { namespace, name } = splitKey(key);
			const other = client.get<Pod>('pods', namespace, name);
			const node = other?.status?.nominatedNodeName;
			if (!other || !node || !isWaiting(other)) {
				nominated.delete(key);
				return [];
			}
			if (other.metadata.uid === pod.metadata.uid || priorityOf(other) < priorityOf(pod)) return [];
			return [[key, node]];
		});

	/** No node takes the pod as things are: others may have to go. */
	const makeRoom = (key: string, pod: Pod, cluster: ClusterView, refusals: readonly Refusal[]) => {
		const ineligible = ineligibility(pod, cluster);
		if (ineligible !== undefined) {
			giveUp(key, pod, describeRefusals(refusals, ineligible), pod.status?.nominatedNodeName);
			return;
		}
		const found = findCandidate(pod, cluster, refusals);
		if ('reasons' in found) {
			giveUp(key, pod, describeRefusals(refusals, nodesAvailable(found.reasons)));
			return;
		}
		for (const victim of found.victims) preempt(pod, victim, found.node);
		nominated.add(key);
		giveUp(key, pod, describeRefusals(refusals, undefined), found.node);
	};

	const preempt = (pod: Pod, victim: Pod, node: string) => {
		const { namespace, name } = victim.metadata;
		if (!isPodTerminating(victim)) {
			const condition = {
				type: 'DisruptionTarget',
				status: 'True',
				reason: 'PreemptionByScheduler',
				message: `${schedulerName}: preempting to accommodate a higher priority pod`,
				lastTransitionTime: formatTime(clock.now()),
				observedGeneration: victim.metadata.generation,
			};
			const others = (victim.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
			client.updateStatus<Pod>('pods', {
				...victim,
				status: { ...victim.status, conditions: [...others, condition] },
			});
			client.delete('pods', namespace, name);
		}
		recorder.event(victim, 'Normal', 'Preempted', `Preempted by pod ${pod.metadata.uid} on node ${node}`);
	};

	/** `node` is the one where room is being made. */
	const giveUp = (key: string, pod: Pod, message: string, node?: string) => {
		const { attempts = 0 } = unschedulable.get(key) ?? {};
		unschedulable.set(key, { attempts: attempts + 1, at: clock.now() });
		refuse(pod, message, node);
	};

	const assign = (key: string, pod: Pod, node: string) => {
		client.bind(pod.metadata.namespace, pod.metadata.name, node);
		unschedulable.delete(key);
		assumed.delete(key);
		const message = `Successfully assigned ${key} to ${node}`;
		recorder.event(pod, 'Normal', 'Scheduled', message);
	};

	const refuse = (pod: Pod, message: string, node?: string) => {
		recorder.event(pod, 'Warning', 'FailedScheduling', message);
		const earlier = podCondition(pod, 'PodScheduled');
		const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
		const condition = {
			type: 'PodScheduled',
			status: 'False',
			lastTransitionTime: earlier?.status === 'False' ? earlier.lastTransitionTime : formatTime(clock.now()),
			reason: 'Unschedulable',
			message,
			observedGeneration: pod.metadata.generation,
		};
		const { nominatedNodeName, ...status } = pod.status ?? {};
		if (deepEqual(earlier, condition) && nominatedNodeName === node) return;
		client.updateStatus<Pod>('pods', {
			...pod,
			status: {
				...status,
				phase: 'Pending',
				conditions: [...others, condition],
				...(node !== undefined && { nominatedNodeName: node }),
			},
		});
	};

	const queue = createWorkQueue({ name: 'scheduler', clock, reconcile: schedule });

	/** Something has changed that may make room: whoever found no node tries again, when its back-off is over. */
	const retry = (concerns: (pod: Pod) => boolean = () => true) => {
		for (const [key, { attempts, at }] of unschedulable) {
			const { namespace, name } = splitKey(key);
			const pod = client.get<Pod>('pods', namespace, name);
			if (!pod || !concerns(pod)) continue;
			const backoff = Math.min(firstBackoffMs * 2 ** (attempts - 1), longestBackoffMs);
			queue.addAfter(key, Math.max(0, at + backoff - clock.now()));
		}
	};

	const ends = [
		client.watch<Node>('nodes', ({ object, previous }) => {
			const relevant = ({ metadata, spec, status }: Node) => [metadata.labels, spec, status?.allocatable];
			if (!previous || !deepEqual(relevant(object), relevant(previous))) retry();
		}),
		client.watch<PersistentVolumeClaim>('persistentvolumeclaims', ({ type, object }) => {
			if (type !== 'DELETED') retry((pod) => usesClaim(pod, object));
			for (const key of assumed.keys())
				if (splitKey(key).namespace === object.metadata.namespace) queue.add(key);
		}),
		client.watch<PersistentVolume>('persistentvolumes', ({ type }) => {
			if (type !== 'DELETED') retry((pod) => claimsOfPod(pod).length > 0);
		}),
		client.watch<StorageClass>('storageclasses.storage.k8s.io', ({ type }) => {
			if (type !== 'DELETED') retry((pod) => claimsOfPod(pod).length > 0);
		}),
		client.watch<Pod>('pods', ({ type, object, previous }) => {
			const key = keyOf(object);
			if (type === 'DELETED') {
				unschedulable.delete(key);
				assumed.delete(key);
			} else if (isWaiting(object) && (type === 'ADDED' || !unschedulable.has(key))) queue.add(key);
			const left = type === 'DELETED' || isPodTerminal(object);
			const hadLeft = previous !== undefined && type !== 'DELETED' && isPodTerminal(previous);
			const moved = previous !== undefined && previous.spec.nodeName !== object.spec.nodeName;
			const relabelled = previous && !deepEqual(previous.metadata.labels, object.metadata.labels);
			if (object.spec.nodeName && ((left && !hadLeft) || moved || relabelled)) retry();
		}),
	];
	return queueController(queue, ends);
}
