// Removes pods that no kubelet will ever remove: bound to a node that is gone or out of service, or terminating
// without one.
import type { Node, Pod } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { isOutOfService } from './out-of-service.ts';
import { isPodTerminating } from './pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

/** Nothing of its pods runs any more, so that those that are to end may go. */
const podsCanGo = ({ spec, status }: Node): boolean =>
	isOutOfService(spec) &&
	status?.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'True') === true;

export const startPodGarbageCollector: StartController = ({ client, clock }) => {
	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const pod = client.get<Pod>('pods', namespace, name);
		if (!pod) return;
		const { nodeName } = pod.spec;
		const node = nodeName ? client.get<Node>('nodes', '', nodeName) : undefined;
		const isLost = node !== undefined && podsCanGo(node);
		const abandoned = (isPodTerminating(pod) && (isLost || !nodeName)) || (nodeName && !node);
		if (abandoned)
			client.delete('pods', namespace, name, {
				gracePeriodSeconds: 0,
				preconditions: { uid: pod.metadata.uid },
			});
	};
	const queue = createWorkQueue({ name: 'pod garbage collector', clock, reconcile });
	const ends = [
		client.watch<Node>('nodes', ({ type, object }) => {
			if (type !== 'DELETED' && !podsCanGo(object)) return;
			for (const pod of client.list<Pod>('pods'))
				if (pod.spec.nodeName === object.metadata.name) queue.add(keyOf(pod));
		}),
		client.watch<Pod>('pods', ({ type, object }) => {
			if (type === 'DELETED' || !isPodTerminating(object)) return;
			const node = client.get<Node>('nodes', '', object.spec.nodeName ?? '');
			if (!node || podsCanGo(node)) queue.add(keyOf(object));
		}),
	];
	return queueController(queue, ends);
};
