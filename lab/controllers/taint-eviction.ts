// Drives pods off nodes whose NoExecute taints they do not tolerate, or not for that long
// (kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration).
import type { Timer } from '../clock.ts';
import { tolerates, toleratesTaint } from '../scheduler/tolerations.ts';
import { formatTime } from '../schema/time.ts';
import type { Node, Pod, Taint } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { isPodTerminal, isPodTerminating } from './pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const executing = (node: Node | undefined): Taint[] =>
	(node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');

/** How long the pod may stay, in milliseconds; undefined for as long as it likes. */
function timeLeft(pod: Pod, taints: readonly Taint[]): number | undefined {
	if (taints.length === 0) return undefined;
	if (!taints.every((taint) => toleratesTaint(pod, taint))) return 0;
	const seconds = (pod.spec.tolerations ?? [])
		.filter((toleration) => taints.some((taint) => tolerates(toleration, taint)))
		.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
	return seconds.length > 0 ? Math.max(0, Math.min(...seconds)) * 1000 : undefined;
}

export const startTaintEvictionController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('taint-eviction-controller');
	/** Pods that go when their time is over, by key. */
	const leaving = new Map<string, { uid: string; ms: number; timer: Timer }>();

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const pod = client.get<Pod>('pods', namespace, name);
		if (!pod?.spec.nodeName || isPodTerminating(pod) || isPodTerminal(pod)) {
			forget(key);
			return;
		}
		const { uid } = pod.metadata;
		if (leaving.get(key)?.uid !== uid) forget(key);
		const scheduled = leaving.get(key);
		const ms = timeLeft(pod, executing(client.get<Node>('nodes', '', pod.spec.nodeName)));
		if (ms === undefined) {
			if (scheduled)
				recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
			forget(key);
		} else if (ms === 0) evict(key, pod);
		else if (!scheduled || ms < scheduled.ms) {
			forget(key);
			leaving.set(key, { uid, ms, timer: clock.after(ms, () => leave(key, uid)) });
		}
	};

	const forget = (key: string) => {
		leaving.get(key)?.timer.cancel();
		leaving.delete(key);
	};

	const leave = (key: string, uid: string) => {
		leaving.delete(key);
		const { namespace, name } = splitKey(key);
		const pod = client.get<Pod>('pods', namespace, name);
		if (pod?.metadata.uid === uid && !isPodTerminating(pod)) evict(key, pod);
	};

	const evict = (key: string, pod: Pod) => {
		forget(key);
		recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
		const condition = {
			type: 'DisruptionTarget',
			status: 'True',
			reason: 'DeletionByTaintManager',
			message: 'Taint manager: deleting due to NoExecute taint',
			lastTransitionTime: formatTime(clock.now()),
			observedGeneration: pod.metadata.generation,
		};
		const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
		client.updateStatus<Pod>('pods', {
			...pod,
			status: { ...pod.status, conditions: [...others, condition] },
		});
		client.delete('pods', pod.metadata.namespace, pod.metadata.name);
	};

	const queue = createWorkQueue({ name: 'taint eviction', clock, reconcile });
	const ends = [
		client.watch<Node>('nodes', ({ object, previous }) => {
			if (executing(object).length === 0 && executing(previous).length === 0) return;
			for (const pod of client.list<Pod>('pods'))
				if (pod.spec.nodeName === object.metadata.name) queue.add(keyOf(pod));
		}),
		client.watch<Pod>('pods', ({ type, object, previous }) => {
			const key = keyOf(object);
			if (type === 'DELETED') forget(key);
			else if (object.spec.nodeName && object.spec.nodeName !== previous?.spec.nodeName) queue.add(key);
		}),
	];
	const cancelEvictions = () => {
		for (const { timer } of leaving.values()) timer.cancel();
	};
	return queueController(queue, [...ends, cancelEvictions]);
};
