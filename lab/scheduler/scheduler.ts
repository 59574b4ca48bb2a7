// kube-scheduler: gives every new pod a node, and tries those again that found none when something changes.
import { deepEqual } from '../api/deep-equal.ts';
import type { Controller, ControllerContext } from '../controllers/controller.ts';
import { isPodTerminal, isPodTerminating, podCondition } from '../controllers/pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from '../controllers/work-queue.ts';
import type { Random } from '../random.ts';
import { formatTime } from '../schema/time.ts';
import type { Node, Pod } from '../schema/types.ts';
import { chooseNode } from './choose-node.ts';
import { viewCluster } from './cluster-view.ts';
import { describeRefusals } from './unschedulable.ts';

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
			return;
		}
		const choice = chooseNode(pod, viewCluster(client), random);
		if ('refusals' in choice) {
			const { attempts = 0 } = unschedulable.get(key) ?? {};
			unschedulable.set(key, { attempts: attempts + 1, at: clock.now() });
			refuse(pod, describeRefusals(choice.refusals));
			return;
		}
		client.bind(namespace, name, choice.node);
		unschedulable.delete(key);
		const message = `Successfully assigned ${key} to ${choice.node}`;
		recorder.event(pod, 'Normal', 'Scheduled', message);
	};

	const refuse = (pod: Pod, message: string) => {
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
		if (deepEqual(earlier, condition)) return;
		client.updateStatus<Pod>('pods', {
			...pod,
			status: { ...pod.status, phase: 'Pending', conditions: [...others, condition] },
		});
	};

	const queue = createWorkQueue({ name: 'scheduler', clock, reconcile: schedule });

	/** Something has changed that may make room: whoever found no node tries again, when its back-off is over. */
	const retry = () => {
		for (const [key, { attempts, at }] of unschedulable) {
			const backoff = Math.min(firstBackoffMs * 2 ** (attempts - 1), longestBackoffMs);
			queue.addAfter(key, Math.max(0, at + backoff - clock.now()));
		}
	};

	const ends = [
		client.watch<Node>('nodes', ({ object, previous }) => {
			const relevant = ({ metadata, spec, status }: Node) => [metadata.labels, spec, status?.allocatable];
			if (!previous || !deepEqual(relevant(object), relevant(previous))) retry();
		}),
		client.watch<Pod>('pods', ({ type, object, previous }) => {
			const key = keyOf(object);
			if (type === 'DELETED') unschedulable.delete(key);
			else if (isWaiting(object) && (type === 'ADDED' || !unschedulable.has(key))) queue.add(key);
			const left = type === 'DELETED' || isPodTerminal(object);
			const hadLeft = previous !== undefined && type !== 'DELETED' && isPodTerminal(previous);
			const moved = previous !== undefined && previous.spec.nodeName !== object.spec.nodeName;
			const relabelled = previous && !deepEqual(previous.metadata.labels, object.metadata.labels);
			if (object.spec.nodeName && ((left && !hadLeft) || moved || relabelled)) retry();
		}),
	];
	return {
		drain: queue.drain,
		stop() {
			for (const end of ends) end();
			queue.stop();
		},
	};
}
