// An indexed Job: which indexes are done, which have failed, which are next.
import { JobIndexesError, parseJobIndexes } from '../../api/validation/job-indexes.ts';
import type { Job, Pod } from '../../schema/types.ts';
import { isPodTerminal, isPodTerminating } from '../pod-state.ts';
import { isCounted, judgeFailure } from './failure-policy.ts';
import {
	earlierFailures,
	earlierIgnoredFailures,
	indexOf,
	isFailed,
	isTracked,
	replacesFailedOnly,
} from './pods.ts';

const completionsOf = ({ spec }: Job): number => spec.completions ?? 0;

/** What a status says; nothing where it was written by hand and cannot be read. */
function readIndexes(text: string | undefined, completions: number): Set<number> {
	try {
		return new Set(parseJobIndexes(text ?? '', completions));
	} catch (error) {
		if (!(error instanceof JobIndexesError)) throw error;
		return new Set();
	}
}

const isValid = (index: number | undefined, job: Job): index is number =>
	index !== undefined && index < completionsOf(job);

/** The indexes that have succeeded, those of pods that are not counted yet included. */
export function succeededIndexes(job: Job, pods: readonly Pod[]): Set<number> {
	const indexes = readIndexes(job.status?.completedIndexes, completionsOf(job));
	for (const pod of pods) {
		const index = indexOf(pod);
		if (pod.status?.phase === 'Succeeded' && isTracked(pod) && isValid(index, job)) indexes.add(index);
	}
	return indexes;
}

/** The indexes that have failed for good; undefined where they have no limit of their own. */
export function failedIndexes(job: Job, pods: readonly Pod[]): Set<number> | undefined {
	const limit = job.spec.backoffLimitPerIndex;
	if (limit === undefined) return undefined;
	const indexes = readIndexes(job.status?.failedIndexes, completionsOf(job));
	for (const pod of pods) {
		const index = indexOf(pod);
		if (!isTracked(pod) || !isFailed(pod, job) || !isValid(index, job)) continue;
		const { action } = judgeFailure(job, pod);
		const tooOften = action !== 'Ignore' && earlierFailures(pod) >= limit;
		if (action === 'FailIndex' || tooOften) indexes.add(index);
	}
	return indexes;
}

/** Indexes that need a pod, the lowest first. */
export function pendingIndexes(
	job: Job,
	pods: readonly Pod[],
	succeeded: ReadonlySet<number>,
	failed: ReadonlySet<number> | undefined,
): number[] {
	const taken = new Set<number | undefined>();
	for (const pod of pods) {
		const active = !isPodTerminal(pod) && (!isPodTerminating(pod) || replacesFailedOnly(job));
		if (active) taken.add(indexOf(pod));
	}
	return Array.from({ length: completionsOf(job) }, (_, index) => index).filter(
		(index) => !taken.has(index) && !succeeded.has(index) && !failed?.has(index),
	);
}

/**
 * With a limit per index, the failed pod that each index has last: it is kept until its successor carries
 * on its count of failures.
 */
export function lastFailedPods(
	job: Job,
	pods: readonly Pod[],
	succeeded: ReadonlySet<number>,
	failed: ReadonlySet<number> | undefined,
): Map<number, Pod> {
	const last = new Map<number, Pod>();
	if (!failed) return last;
	const active = new Set(pods.filter((pod) => !isPodTerminal(pod) && !isPodTerminating(pod)).map(indexOf));
	const total = (pod: Pod) => earlierFailures(pod) + earlierIgnoredFailures(pod);
	for (const pod of pods) {
		const index = indexOf(pod);
		if (!isTracked(pod) || !isFailed(pod, job) || !isValid(index, job)) continue;
		if (succeeded.has(index) || failed.has(index) || active.has(index)) continue;
		const other = last.get(index);
		if (!other || total(pod) >= total(other)) last.set(index, pod);
	}
	return last;
}

/** The counts of failures that the successor of a pod starts with. */
export function failuresAfter(job: Job, pod: Pod | undefined): { counted: number; ignored: number } {
	if (!pod) return { counted: 0, ignored: 0 };
	const counted = isCounted(job, pod);
	return {
		counted: earlierFailures(pod) + (counted ? 1 : 0),
		ignored: earlierIgnoredFailures(pod) + (counted ? 0 : 1),
	};
}
