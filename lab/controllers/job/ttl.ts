// Deletes finished Jobs when their ttlSecondsAfterFinished is over
// (kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished).
import { parseTime } from '../../schema/time.ts';
import type { Job } from '../../schema/types.ts';
import { queueController, type StartController } from '../controller.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { jobResource } from './controller.ts';

/** When a Job finished, in milliseconds since 1970; undefined while it has not. */
export function finishTime({ status }: Job): number | undefined {
	const end = status?.conditions?.find(
		({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
	);
	return parseTime(end?.lastTransitionTime);
}

export const startTtlController: StartController = ({ client, clock }) => {
	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const job = client.get<Job>(jobResource, namespace, name);
		const ttl = job?.spec.ttlSecondsAfterFinished;
		const finished = job && finishTime(job);
		if (!job || job.metadata.deletionTimestamp || ttl === undefined || finished === undefined) return;
		const left = finished + ttl * 1000 - clock.now();
		if (left > 0) return queue.addAfter(key, left);
		client.delete(jobResource, namespace, name, {
			propagationPolicy: 'Foreground',
			preconditions: { uid: job.metadata.uid },
		});
	};
	const queue = createWorkQueue({ name: 'ttl after finished', clock, reconcile });
	const end = client.watch<Job>(jobResource, ({ type, object }) => {
		if (type !== 'DELETED' && object.spec.ttlSecondsAfterFinished !== undefined) queue.add(keyOf(object));
	});
	return queueController(queue, [end]);
};
