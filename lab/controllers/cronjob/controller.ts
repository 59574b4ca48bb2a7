// The CronJob controller: makes a Job at each time of the schedule, and keeps the last few.
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import { CronScheduleError, isTimeZone, parseCronSchedule } from '../../api/validation/cron-schedule.ts';
import { formatTime, parseTime } from '../../schema/time.ts';
import type { CronJob, CronJobStatus, Draft, Job } from '../../schema/types.ts';
import { conditionOf } from '../conditions.ts';
import { queueController, type StartController } from '../controller.ts';
import { jobResource } from '../job/controller.ts';
import { isFinished } from '../job/outcome.ts';
import { controllerOf, controllerReference } from '../owner-references.ts';
import { isNamespaceGoing } from '../pod-control.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { formatZoned, missedTimes, nextTime } from './calendar.ts';

const resource = 'cronjobs.batch';
const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** A little later than due, so that it is due. */
const delayMs = 100;
const manyMissed = 100;

const isSuccessful = ({ status }: Job): boolean =>
	conditionOf(status?.conditions, 'Complete')?.status === 'True';

export const startCronJobController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('cronjob-controller');

	const jobsOf = ({ metadata }: CronJob): Job[] => [
		...client.list<Job>(jobResource, metadata.namespace, (job) => controllerOf(job)?.uid === metadata.uid),
	];

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const cronJob = client.get<CronJob>(resource, namespace, name);
		if (!cronJob) return;
		const status: CronJobStatus = { ...cronJob.status, active: [...(cronJob.status?.active ?? [])] };
		followJobs(cronJob, status);
		let refusal: ApiError | undefined;
		if (!cronJob.metadata.deletionTimestamp)
			try {
				schedule(key, cronJob, status);
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
				refusal = error;
			}
		deleteOldJobs(cronJob, status);
		writeStatus(cronJob, status);
		if (refusal) throw refusal;
	};

	/** Takes finished and vanished Jobs off the list of active ones. */
	const followJobs = (cronJob: CronJob, status: CronJobStatus) => {
		const jobs = jobsOf(cronJob);
		for (const job of jobs) {
			const { name, uid } = job.metadata;
			const listed = status.active!.some((reference) => reference.uid === uid);
			if (!isFinished(job)) {
				if (!listed)
					recorder.event(
						cronJob,
						'Warning',
						'UnexpectedJob',
						`Saw a job that the controller did not create or forgot: ${name}`,
					);
				continue;
			}
			if (listed) {
				status.active = status.active!.filter((reference) => reference.uid !== uid);
				const condition = isSuccessful(job) ? 'Complete' : 'Failed';
				recorder.event(
					cronJob,
					'Normal',
					'SawCompletedJob',
					`Saw completed job: ${name}, condition: ${condition}`,
				);
			}
			const end = isSuccessful(job) ? job.status?.completionTime : undefined;
			if (end && (parseTime(end) ?? 0) > (parseTime(status.lastSuccessfulTime) ?? 0))
				status.lastSuccessfulTime = end;
		}
		for (const { name, uid } of status.active!) {
			if (jobs.some(({ metadata }) => metadata.uid === uid)) continue;
			recorder.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
			status.active = status.active!.filter((reference) => reference.uid !== uid);
		}
	};

	const schedule = (key: string, cronJob: CronJob, status: CronJobStatus) => {
		const { spec, metadata } = cronJob;
		const timeZone = spec.timeZone ?? 'UTC';
		if (!isTimeZone(timeZone))
			return recorder.event(
				cronJob,
				'Warning',
				'UnknownTimeZone',
				`invalid timeZone: "${timeZone}": unknown time zone ${timeZone}`,
			);
		if (spec.suspend) return;
		const times = readSchedule(cronJob);
		if (!times) return;
		const now = clock.now();
		const deadline = spec.startingDeadlineSeconds;
		const last = parseTime(status.lastScheduleTime) ?? parseTime(metadata.creationTimestamp) ?? now;
		// What recurs at an interval goes on from the last time, however long ago that was.
		const always = deadline === undefined || 'everyMs' in times;
		const since = always ? last : Math.max(last, now - deadline * 1000);
		const { latest, count } = missedTimes(times, since, now, timeZone);
		const next = nextTime(times, latest ?? since, timeZone);
		if (next !== undefined) queue.addAfter(key, next - now + delayMs);
		if (count > manyMissed)
			recorder.event(
				cronJob,
				'Warning',
				'TooManyMissedTimes',
				'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
			);
		if (latest === undefined) return;
		if (deadline !== undefined && latest + deadline * 1000 < now)
			return recorder.event(
				cronJob,
				'Warning',
				'MissSchedule',
				`Missed scheduled time to start a job: ${new Date(latest).toUTCString().replace('GMT', '+0000')}`,
			);
		if (status.active!.length > 0 && spec.concurrencyPolicy === 'Forbid')
			return recorder.event(
				cronJob,
				'Normal',
				'JobAlreadyActive',
				'Not starting job because prior execution is running and concurrency policy is Forbid',
			);
		if (spec.concurrencyPolicy === 'Replace') {
			for (const { name } of status.active!) deleteJob(cronJob, name ?? '');
			status.active = [];
		}
		start(cronJob, status, latest);
	};

	const readSchedule = (cronJob: CronJob) => {
		try {
			return parseCronSchedule(cronJob.spec.schedule);
		} catch (error) {
			if (!(error instanceof CronScheduleError)) throw error;
			recorder.event(
				cronJob,
				'Warning',
				'UnparseableSchedule',
				`unparseable schedule: ${cronJob.spec.schedule} : ${error.message}`,
			);
			return undefined;
		}
	};

	const start = (cronJob: CronJob, status: CronJobStatus, time: number) => {
		const draft = jobFor(cronJob, time);
		let job: Job;
		try {
			job = client.create<Job>(jobResource, draft);
			recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			const same = client.get<Job>(jobResource, cronJob.metadata.namespace, draft.metadata.name ?? '');
			const own = same && controllerOf(same)?.uid === cronJob.metadata.uid;
			if (error.reason !== 'AlreadyExists' || !own) {
				if (!isNamespaceGoing(error))
					recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
				throw error;
			}
			job = same;
		}
		const { name, namespace, uid, resourceVersion } = job.metadata;
		if (!isFinished(job))
			status.active!.push({
				kind: job.kind,
				namespace,
				name,
				uid,
				apiVersion: job.apiVersion,
				resourceVersion,
			});
		status.lastScheduleTime = formatTime(time);
	};

	/** Deletes finished Jobs beyond what is to be kept of either kind, the oldest first. */
	const deleteOldJobs = (cronJob: CronJob, status: CronJobStatus) => {
		const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
		const finished = jobsOf(cronJob).filter(isFinished);
		for (const [jobs, limit] of [
			[finished.filter(isSuccessful), successfulJobsHistoryLimit],
			[finished.filter((job) => !isSuccessful(job)), failedJobsHistoryLimit],
		] as const) {
			if (limit === undefined) continue;
			const startOf = ({ status, metadata }: Job) =>
				parseTime(status?.startTime) ?? parseTime(metadata.creationTimestamp) ?? 0;
			const oldestFirst = jobs.toSorted(
				(a, b) => startOf(a) - startOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
			);
			for (const { metadata } of oldestFirst.slice(0, Math.max(0, jobs.length - limit))) {
				deleteJob(cronJob, metadata.name);
				status.active = status.active!.filter(({ uid }) => uid !== metadata.uid);
			}
		}
	};

	const deleteJob = (cronJob: CronJob, name: string) => {
		const { namespace } = cronJob.metadata;
		const job = client.get<Job>(jobResource, namespace, name);
		if (!job || job.metadata.deletionTimestamp) return;
		client.delete(jobResource, namespace, name, {
			propagationPolicy: 'Background',
			preconditions: { uid: job.metadata.uid },
		});
		recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
	};

	const writeStatus = (cronJob: CronJob, { active, ...rest }: CronJobStatus) => {
		const stored = client.get<CronJob>(resource, cronJob.metadata.namespace, cronJob.metadata.name);
		if (stored?.metadata.uid !== cronJob.metadata.uid) return;
		const status = { ...rest, ...(active!.length > 0 && { active }) };
		if (!deepEqual(stored.status, status)) client.updateStatus<CronJob>(resource, { ...stored, status });
	};

	const queue = createWorkQueue({ name: 'cronjob', clock, reconcile });
	const ends = [
		client.watch<CronJob>(resource, ({ object }) => queue.add(keyOf(object))),
		client.watch<Job>(jobResource, ({ object }) => {
			const owner = controllerOf(object);
			if (owner?.kind === 'CronJob') queue.add(`${object.metadata.namespace}/${owner.name}`);
		}),
	];
	return queueController(queue, ends);
};

/** The Job of one time: its name carries the time in minutes, so that no time gets two. */
function jobFor(cronJob: CronJob, time: number): Draft<Job> {
	const { metadata, spec } = structuredClone(cronJob.spec.jobTemplate);
	const timeZone = cronJob.spec.timeZone ?? 'UTC';
	return {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: {
			name: `${cronJob.metadata.name}-${Math.floor(time / 60_000)}`,
			namespace: cronJob.metadata.namespace,
			...(metadata?.labels && { labels: metadata.labels }),
			annotations: { ...metadata?.annotations, [scheduledAnnotation]: formatZoned(time, timeZone) },
			ownerReferences: [controllerReference(cronJob)],
		},
		spec: spec ?? { template: {} },
	};
}
