// The Job controller: runs pods until enough have succeeded, counts each that ends, and tells the outcome.
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import { formatJobIndexes } from '../../api/validation/job-indexes.ts';
import { formatTime } from '../../schema/time.ts';
import type { Job, JobStatus, Pod } from '../../schema/types.ts';
import { claimObjects } from '../claim-objects.ts';
import { conditionOf, withoutCondition } from '../conditions.ts';
import { queueController, type StartController } from '../controller.ts';
import { controllerOf } from '../owner-references.ts';
import { createPodControl } from '../pod-control.ts';
import { isPodReady, isPodTerminal, isPodTerminating } from '../pod-state.ts';
import { inDeletionOrder } from '../replicaset/deletion-order.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { createBackOff, waitAfter } from './back-off.ts';
import { isCounted } from './failure-policy.ts';
import { failedIndexes, failuresAfter, lastFailedPods, pendingIndexes, succeededIndexes } from './indexes.ts';
import { completion, isFinished, jobCondition, type Outcome, outcomeOf, untilDeadline } from './outcome.ts';
import {
	finishedAt,
	indexOf,
	isFailed,
	isIndexed,
	isTracked,
	podFor,
	replacesFailedOnly,
	tracked,
	untracked,
} from './pods.ts';

export const jobResource = 'jobs.batch';
const ownName = 'kubernetes.io/job-controller';

/** At most so many pods are created in one go. */
const burst = 500;

const isActive = (pod: Pod): boolean => !isPodTerminal(pod) && !isPodTerminating(pod);

/** Whether it has been told that the Job is suspended. */
const isSuspended = ({ status }: Job): boolean =>
	conditionOf(status?.conditions, 'Suspended')?.status === 'True';

/** What one look at a Job finds. */
interface Sync {
	key: string;
	/** With its start time and the state of its suspension up to date. */
	job: Job;
	now: number;
	/** In order of their indexes, where they have any. */
	pods: readonly Pod[];
	succeeded: number;
	failed: number;
	succeededIndexes: ReadonlySet<number>;
	failedIndexes: ReadonlySet<number> | undefined;
	/** Failed pods that must be kept until their indexes have new ones. */
	kept: ReadonlyMap<number, Pod>;
}

export const startJobController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('job-controller');
	const control = createPodControl(client, recorder);
	const backOff = createBackOff();

	const release = (pod: Pod): void => {
		const stored = client.get<Pod>('pods', pod.metadata.namespace, pod.metadata.name);
		if (stored?.metadata.uid === pod.metadata.uid && isTracked(stored))
			client.update('pods', untracked(stored));
	};

	const ownedPods = ({ metadata }: Job): readonly Pod[] =>
		client.list<Pod>('pods', metadata.namespace, (pod) => controllerOf(pod)?.uid === metadata.uid);

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const job = client.get<Job>(jobResource, namespace, name);
		if (!job || (job.spec.managedBy ?? ownName) !== ownName) return;
		if (isFinished(job)) {
			for (const pod of ownedPods(job)) release(pod);
			backOff.forget(job.metadata.uid);
			return;
		}
		const sync = look(key, job);
		let outcome = outcomeOf(sync.job, sync.pods, sync, sync.now);
		let refusal: ApiError | undefined;
		try {
			if (outcome) for (const pod of sync.pods.filter(isActive)) control.delete(job, pod);
			else if (!job.metadata.deletionTimestamp) {
				manage(sync);
				if (isComplete(sync)) outcome = completion;
				else noteSuspension(sync);
			}
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			refusal = error;
		}
		writeStatus(sync, outcome);
		const deadline = untilDeadline(sync.job, sync.now);
		if (!outcome && deadline !== undefined) queue.addAfter(key, Math.max(0, deadline));
		if (refusal) throw refusal;
	};

	const look = (key: string, job: Job): Sync => {
		const now = clock.now();
		const pods = claimObjects<Pod>(
			client,
			'pods',
			job,
			({ metadata }) => selectorMatches(job.spec.selector, metadata.labels),
			tracked,
		).sort((a, b) => (indexOf(a) ?? 0) - (indexOf(b) ?? 0));
		const ended = pods.filter(
			(pod) => isTracked(pod) && (pod.status?.phase === 'Succeeded' || isFailed(pod, job)),
		);
		const newFailed = ended.filter((pod) => isFailed(pod, job));
		const status: JobStatus = { ...job.status };
		// A Job that is resumed starts its deadline anew.
		const resumed = !job.spec.suspend && isSuspended(job);
		if (resumed || (!status.startTime && !job.spec.suspend)) status.startTime = formatTime(now);
		const succeeded = succeededIndexes(job, pods);
		const failed = failedIndexes(job, pods);
		const kept = lastFailedPods(job, pods, succeeded, failed);
		if (!failed)
			backOff.note(
				job.metadata.uid,
				ended.map((pod) => ({ failed: isFailed(pod, job), at: finishedAt(pod, now) })),
			);
		return {
			key,
			job: { ...job, status },
			now,
			pods,
			succeeded: isIndexed(job) ? succeeded.size : (status.succeeded ?? 0) + ended.length - newFailed.length,
			failed: (status.failed ?? 0) + newFailed.filter((pod) => isCounted(job, pod)).length,
			succeededIndexes: succeeded,
			failedIndexes: failed,
			kept,
		};
	};

	/** Creates and deletes pods until as many run as should. */
	const manage = (sync: Sync) => {
		const { job, pods, succeeded } = sync;
		const active = pods.filter(isActive);
		const { parallelism = 1, completions, suspend } = job.spec;
		const unlimited = succeeded > 0 ? active.length : parallelism;
		const left = completions === undefined ? unlimited : Math.min(completions - succeeded, parallelism);
		const wanted = suspend ? 0 : Math.max(0, left);
		const superfluous = removable(sync, active, active.length - wanted);
		for (const pod of superfluous) {
			// Who is deleted because too many run has not failed.
			release(pod);
			control.delete(job, pod);
		}
		if (superfluous.length > 0 || active.length >= wanted) return;
		const terminating = pods.filter((pod) => isPodTerminating(pod) && !isPodTerminal(pod)).length;
		const missing = wanted - active.length - (replacesFailedOnly(job) ? terminating : 0);
		if (isIndexed(job)) createIndexed(sync, Math.min(missing, burst));
		else create(sync, Math.min(missing, burst));
	};

	const create = ({ key, job, now }: Sync, missing: number) => {
		const wait = backOff.wait(job.metadata.uid, now);
		if (wait > 0) return queue.addAfter(key, wait);
		for (let count = 0; count < missing; count++) control.create(job, podFor(job));
	};

	const createIndexed = (sync: Sync, missing: number) => {
		const { key, job, now, pods, kept } = sync;
		const pending = pendingIndexes(job, pods, sync.succeededIndexes, sync.failedIndexes);
		if (!sync.failedIndexes) {
			const wait = backOff.wait(job.metadata.uid, now);
			if (wait > 0) return queue.addAfter(key, wait);
			for (const index of pending.slice(0, missing)) control.create(job, podFor(job, { index }));
			return;
		}
		let left = missing;
		for (const index of pending) {
			if (left <= 0) break;
			const last = kept.get(index);
			const failures = failuresAfter(job, last);
			const wait = last ? waitAfter(failures.counted + failures.ignored, finishedAt(last, now), now) : 0;
			if (wait > 0) queue.addAfter(key, wait);
			else {
				control.create(job, podFor(job, { index, failures }));
				left--;
			}
		}
	};

	/** Of the active pods those that go: several of one index or of none that is needed, and as many as are too much. */
	const removable = ({ job, now }: Sync, active: readonly Pod[], tooMany: number): Pod[] => {
		const leaving: Pod[] = [];
		const seen = new Set<number>();
		if (isIndexed(job))
			for (const pod of active.toReversed()) {
				const index = indexOf(pod);
				const needed = index !== undefined && index < (job.spec.completions ?? 0) && !seen.has(index);
				if (needed) seen.add(index);
				else leaving.push(pod);
			}
		if (leaving.length >= tooMany) return leaving;
		const others = active.filter((pod) => !leaving.includes(pod));
		return [...leaving, ...inDeletionOrder(others, [], now).slice(0, tooMany - leaving.length)];
	};

	const isComplete = ({ job, pods, succeeded }: Sync): boolean => {
		if (pods.some(isActive)) return false;
		const { completions } = job.spec;
		return completions === undefined ? succeeded > 0 : succeeded >= completions;
	};

	const noteSuspension = ({ job, now }: Sync) => {
		const { suspend } = job.spec;
		const status = job.status!;
		if (Boolean(suspend) === isSuspended(job)) return;
		const condition = suspend
			? jobCondition('Suspended', 'True', 'JobSuspended', 'Job suspended', now)
			: jobCondition('Suspended', 'False', 'JobResumed', 'Job resumed', now);
		status.conditions = [...withoutCondition(status.conditions, 'Suspended'), condition];
		recorder.event(job, 'Normal', suspend ? 'Suspended' : 'Resumed', condition.message!);
	};

	/** Counts what has ended and lets it go, and tells the outcome when nothing is left running. */
	const writeStatus = (sync: Sync, outcome: Outcome | undefined) => {
		const { job, now } = sync;
		const stored = client.get<Job>(jobResource, job.metadata.namespace, job.metadata.name);
		if (stored?.metadata.uid !== job.metadata.uid) return;
		let { succeeded = 0, failed = 0 } = job.status!;
		for (const pod of ownedPods(job)) {
			if (!isTracked(pod) || !mayGo(sync, pod, outcome)) continue;
			if (pod.status?.phase === 'Succeeded') succeeded++;
			else if ((isFailed(pod, job) || outcome?.type === 'FailureTarget') && isCounted(job, pod)) failed++;
			release(pod);
		}
		const pods = ownedPods(job);
		const active = pods.filter(isActive);
		const terminating = pods.filter((pod) => isPodTerminating(pod) && !isPodTerminal(pod)).length;
		const done = outcome && active.length === 0 && terminating === 0;
		const indexed = isIndexed(job);
		const counts = {
			active: active.length,
			succeeded: indexed ? sync.succeededIndexes.size : succeeded,
			failed,
		};
		const { active: _, succeeded: __, failed: ___, ...rest } = job.status!;
		const status: JobStatus = {
			...rest,
			...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
			ready: active.filter(isPodReady).length,
			terminating,
			uncountedTerminatedPods: {},
			...(indexed &&
				sync.succeededIndexes.size > 0 && { completedIndexes: formatJobIndexes(sync.succeededIndexes) }),
			...(sync.failedIndexes && { failedIndexes: formatJobIndexes(sync.failedIndexes) }),
		};
		if (outcome) conclude(status, outcome, Boolean(done), now);
		if (!deepEqual(stored.status, status)) client.updateStatus<Job>(jobResource, { ...stored, status });
		if (outcome && done) tellOutcome(job, outcome, succeeded);
	};

	const mayGo = ({ job, kept }: Sync, pod: Pod, outcome: Outcome | undefined): boolean => {
		if (outcome || job.metadata.deletionTimestamp || pod.status?.phase === 'Succeeded') return true;
		if (!isFailed(pod, job)) return false;
		const index = indexOf(pod);
		return (
			index === undefined || kept.get(index)?.metadata.uid !== pod.metadata.uid || hasSuccessor(job, index)
		);
	};

	const hasSuccessor = (job: Job, index: number): boolean =>
		ownedPods(job).some((pod) => isActive(pod) && indexOf(pod) === index);

	const conclude = (status: JobStatus, { type, reason, message }: Outcome, done: boolean, now: number) => {
		if (conditionOf(status.conditions, type)?.status !== 'True')
			status.conditions = [
				...withoutCondition(status.conditions, type),
				jobCondition(type, 'True', reason, message, now),
			];
		if (!done) return;
		const end = type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed';
		status.conditions = [...(status.conditions ?? []), jobCondition(end, 'True', reason, message, now)];
		if (end === 'Complete') status.completionTime = formatTime(now);
	};

	const tellOutcome = (job: Job, { type, reason, message }: Outcome, succeeded: number) => {
		if (type === 'FailureTarget') return recorder.event(job, 'Warning', reason, message);
		if (job.spec.completions !== undefined && succeeded > job.spec.completions)
			recorder.event(
				job,
				'Warning',
				'TooManySucceededPods',
				'Too many succeeded pods running after completion count reached',
			);
		recorder.event(job, 'Normal', 'Completed', 'Job completed');
	};

	const queue = createWorkQueue({ name: 'job', clock, reconcile });

	/** Pods whose Job is gone: nobody will count them. */
	const orphans = createWorkQueue({
		name: 'job orphans',
		clock,
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const pod = client.get<Pod>('pods', namespace, name);
			const owner = pod && controllerOf(pod);
			const job = owner?.kind === 'Job' && client.get<Job>(jobResource, namespace, owner.name);
			if (pod && !(job && job.metadata.uid === owner?.uid)) release(pod);
		},
	});

	const enqueueJobsOf = (pod: Pod) => {
		const { namespace } = pod.metadata;
		const owner = controllerOf(pod);
		if (owner?.kind === 'Job') {
			const job = client.get<Job>(jobResource, namespace, owner.name);
			if (job?.metadata.uid === owner.uid) return queue.add(keyOf(job));
		}
		if (isTracked(pod)) orphans.add(keyOf(pod));
		if (owner) return;
		for (const job of client.list<Job>(jobResource, namespace))
			if (selectorMatches(job.spec.selector, pod.metadata.labels)) queue.add(keyOf(job));
	};

	const ends = [
		client.watch<Job>(jobResource, ({ type, object }) => {
			if (type !== 'DELETED') return queue.add(keyOf(object));
			backOff.forget(object.metadata.uid);
			for (const pod of ownedPods(object)) if (isTracked(pod)) orphans.add(keyOf(pod));
		}),
		client.watch<Pod>('pods', ({ object, previous }) => {
			enqueueJobsOf(object);
			if (previous && controllerOf(previous)?.uid !== controllerOf(object)?.uid) enqueueJobsOf(previous);
		}),
	];
	return queueController(queue, [...ends, orphans.stop]);
};
