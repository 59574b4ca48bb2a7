// A node that takes no new pods says so by a taint too (kubernetes.io/docs/reference/labels-annotations-taints).
import { formatTime } from '../schema/time.ts';
import type { Node } from '../schema/types.ts';
import type { StartController } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

export const unschedulableTaint = 'node.kubernetes.io/unschedulable';

export const startNodeLifecycleController: StartController = ({ client, clock }) => {
	const reconcile = (name: string) => {
		const node = client.get<Node>('nodes', '', name);
		if (!node) return;
		const others = (node.spec.taints ?? []).filter(({ key }) => key !== unschedulableTaint);
		const tainted = others.length !== (node.spec.taints ?? []).length;
		if (tainted === Boolean(node.spec.unschedulable)) return;
		const taint = { key: unschedulableTaint, effect: 'NoSchedule', timeAdded: formatTime(clock.now()) };
		const taints = tainted ? others : [...others, taint];
		const { taints: _, ...spec } = node.spec;
		client.update<Node>('nodes', { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec });
	};
	const queue = createWorkQueue({ name: 'node lifecycle', clock, reconcile });
	const end = client.watch<Node>('nodes', ({ object }) => queue.add(object.metadata.name));
	return {
		drain: queue.drain,
		stop() {
			end();
			queue.stop();
		},
	};
};
