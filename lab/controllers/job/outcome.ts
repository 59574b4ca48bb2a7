// Whether a Job has come to an end, and why.
import { parseJobIndexes } from '../../api/validation/job-indexes.ts';
import { formatTime, parseTime } from '../../schema/time.ts';
import type { Job, JobCondition, Pod } from '../../schema/types.ts';
import { conditionOf } from '../conditions.ts';
import { judgeFailure } from './failure-policy.ts';
import { isFailed, isIndexed } from './pods.ts';

/** The end that a Job goes to; it has come there when none of its pods is left running. */
export interface Outcome {
	type: 'SuccessCriteriaMet' | 'FailureTarget';
	reason: string;
	message: string;
}

export interface Progress {
	succeeded: number;
	failed: number;
	succeededIndexes: ReadonlySet<number>;
	failedIndexes: ReadonlySet<number> | undefined;
}

const failure = (reason: string, message: string): Outcome => ({ type: 'FailureTarget', reason, message });

export const completion: Outcome = {
	type: 'SuccessCriteriaMet',
	reason: 'CompletionsReached',
	message: 'Reached expected number of succeeded pods',
};

export const isFinished = ({ status }: Job): boolean =>
	status?.conditions?.some(
		({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
	) ?? false;

/** Milliseconds until the Job's deadline; undefined where none runs. */
export function untilDeadline({ spec, status }: Job, now: number): number | undefined {
	const start = parseTime(status?.startTime);
	if (spec.activeDeadlineSeconds === undefined || start === undefined || spec.suspend) return undefined;
	return start + spec.activeDeadlineSeconds * 1000 - now;
}

/** The end that the Job goes to whatever becomes of its running pods; undefined while it goes on. */
export function outcomeOf(
	job: Job,
	pods: readonly Pod[],
	progress: Progress,
	now: number,
): Outcome | undefined {
	for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
		const decided = conditionOf(job.status?.conditions, type);
		if (decided?.status === 'True')
			return { type, reason: decided.reason ?? '', message: decided.message ?? '' };
	}
	for (const pod of pods.filter((each) => isFailed(each, job))) {
		const { action, message } = judgeFailure(job, pod);
		if (action === 'FailJob') return failure('PodFailurePolicy', message ?? '');
	}
	const limit = job.spec.backoffLimit ?? 6;
	if (progress.failed > limit || restartsExceed(job, pods, limit))
		return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
	const left = untilDeadline(job, now);
	if (left !== undefined && left <= 0)
		return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
	return isIndexed(job) ? indexedOutcome(job, progress) : undefined;
}

/** With restartPolicy OnFailure the restarts within the pods count. */
function restartsExceed({ spec }: Job, pods: readonly Pod[], limit: number): boolean {
	if (spec.template.spec?.restartPolicy !== 'OnFailure') return false;
	let restarts = 0;
	for (const { status } of pods)
		if (status?.phase === 'Running' || status?.phase === 'Pending')
			for (const { restartCount } of [
				...(status.initContainerStatuses ?? []),
				...(status.containerStatuses ?? []),
			])
				restarts += restartCount ?? 0;
	return limit === 0 ? restarts > 0 : restarts >= limit;
}

function indexedOutcome({ spec }: Job, { succeededIndexes, failedIndexes }: Progress): Outcome | undefined {
	const failed = failedIndexes?.size ?? 0;
	if (spec.maxFailedIndexes !== undefined && failed > spec.maxFailedIndexes)
		return failure(
			'MaxFailedIndexesExceeded',
			'Job has exceeded the specified maximal number of failed indexes',
		);
	if (failed > 0 && failed + succeededIndexes.size >= (spec.completions ?? 0))
		return failure('FailedIndexes', 'Job has failed indexes');
	for (const [index, rule] of (spec.successPolicy?.rules ?? []).entries()) {
		const wanted =
			rule.succeededIndexes === undefined
				? undefined
				: parseJobIndexes(rule.succeededIndexes, spec.completions ?? 0);
		const succeeded = wanted
			? wanted.filter((each) => succeededIndexes.has(each)).length
			: succeededIndexes.size;
		if (succeeded >= (rule.succeededCount ?? wanted?.length ?? Number.POSITIVE_INFINITY))
			return {
				type: 'SuccessCriteriaMet',
				reason: 'SuccessPolicy',
				message: `Matched rules at index ${index}`,
			};
	}
	return undefined;
}

/** A condition of a Job, as of now. */
export function jobCondition(
	type: string,
	status: 'True' | 'False',
	reason: string,
	message: string,
	now: number,
): JobCondition {
	const time = formatTime(now);
	return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}
