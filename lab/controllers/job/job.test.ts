import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, JobSpec, Pod } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';
import { createWorkload, editWorkload, podsOf, workload } from '../test-workloads.ts';

const resource = 'jobs.batch';
/** A container of one shell command. */
const shell = (script: string, restartPolicy = 'Never') => ({
	spec: {
		containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script] }],
		restartPolicy,
		terminationGracePeriodSeconds: 1,
	},
});
const create = (cluster: TestCluster, script: string, spec: Partial<JobSpec> = {}) =>
	createWorkload<Job>(cluster, resource, 'work', { template: shell(script), ...spec });
const work = (cluster: TestCluster) => workload<Job>(cluster, resource, 'work');
const edit = (cluster: TestCluster, change: (job: Job) => void) =>
	editWorkload(cluster, resource, 'work', change);
const conditions = (cluster: TestCluster) =>
	(work(cluster).status?.conditions ?? []).map(({ type, status, reason }) => `${type} ${status} ${reason}`);
const finished = (cluster: TestCluster) => () =>
	conditions(cluster).some((condition) => /^(Complete|Failed) True/.test(condition));
const pods = (cluster: TestCluster) => podsOf(cluster, work(cluster));
const events = (cluster: TestCluster) =>
	cluster.events('work').map((event) => event.replace(/work-(\d+-)?\w{5}$/, 'work-$1SUFFIX'));

test('a Job runs a pod to its end and is complete', async () => {
	const cluster = createTestCluster();
	const { metadata, spec } = create(cluster, 'sleep 3');
	assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } });
	const labels = {
		'batch.kubernetes.io/controller-uid': metadata.uid,
		'batch.kubernetes.io/job-name': 'work',
		'controller-uid': metadata.uid,
		'job-name': 'work',
	};
	assert.deepEqual(spec.template.metadata!.labels, labels);
	assert.deepEqual(metadata.labels, labels);
	await cluster.until(() => work(cluster).status?.ready === 1);
	assert.equal(work(cluster).status!.active, 1);
	assert.deepEqual(pods(cluster)[0].metadata.finalizers, ['batch.kubernetes.io/job-tracking']);
	await cluster.until(finished(cluster));
	const { conditions: told, startTime, completionTime, ...status } = work(cluster).status!;
	assert.deepEqual(status, { succeeded: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
	assert(Date.parse(completionTime!) - Date.parse(startTime!) >= 3000);
	assert.deepEqual(conditions(cluster), [
		'SuccessCriteriaMet True CompletionsReached',
		'Complete True CompletionsReached',
	]);
	assert.equal(told![1].message, 'Reached expected number of succeeded pods');
	assert.equal(pods(cluster)[0].metadata.finalizers, undefined);
	assert.deepEqual(events(cluster), ['SuccessfulCreate Created pod: work-SUFFIX', 'Completed Job completed']);
	cluster.lab.stop();
});

test('no more than parallelism pods run at once, until enough have succeeded', async () => {
	const cluster = createTestCluster();
	create(cluster, 'sleep 2', { completions: 5, parallelism: 2 });
	let most = 0;
	cluster.client.watch<Pod>('pods', () => {
		most = Math.max(most, pods(cluster).filter(({ status }) => status?.phase !== 'Succeeded').length);
	});
	await cluster.until(finished(cluster));
	assert.equal(most, 2);
	assert.equal(work(cluster).status!.succeeded, 5);
	assert.equal(pods(cluster).length, 5);
	cluster.lab.stop();
});

test('a failing pod is replaced later and later, until the backoffLimit is exceeded', async () => {
	const cluster = createTestCluster();
	create(cluster, 'exit 3', { backoffLimit: 2 });
	const created: number[] = [];
	cluster.client.watch<Pod>('pods', ({ type }) => {
		if (type === 'ADDED') created.push(Math.round(cluster.elapsed() / 1000));
	});
	await cluster.until(finished(cluster));
	assert.equal(created.length, 3);
	assert(created[1] - created[0] >= 10 && created[2] - created[1] >= 20, `${created}`);
	assert.deepEqual(conditions(cluster), [
		'FailureTarget True BackoffLimitExceeded',
		'Failed True BackoffLimitExceeded',
	]);
	assert.equal(work(cluster).status!.failed, 3);
	assert.equal(work(cluster).status!.completionTime, undefined);
	assert.equal(events(cluster).at(-1), 'BackoffLimitExceeded Job has reached the specified backoff limit');
	cluster.lab.stop();
});

test('with OnFailure the restarts of one pod count', async () => {
	const cluster = createTestCluster();
	create(cluster, 'exit 1', { backoffLimit: 1, template: shell('exit 1', 'OnFailure') });
	await cluster.until(finished(cluster));
	assert.deepEqual(conditions(cluster).at(-1), 'Failed True BackoffLimitExceeded');
	await cluster.until(() => pods(cluster).length === 0);
	cluster.lab.stop();
});

test('the deadline ends running pods', async () => {
	const cluster = createTestCluster();
	create(cluster, 'sleep 1000', { activeDeadlineSeconds: 30 });
	await cluster.until(finished(cluster));
	assert(cluster.elapsed() >= 30_000 && cluster.elapsed() < 36_000, `${cluster.elapsed()} ms`);
	assert.equal(conditions(cluster).at(-1), 'Failed True DeadlineExceeded');
	assert.equal(work(cluster).status!.failed, 1);
	assert.equal(work(cluster).status!.active, undefined);
	assert.deepEqual(events(cluster).slice(1), [
		'SuccessfulDelete Deleted pod: work-SUFFIX',
		'DeadlineExceeded Job was active longer than specified deadline',
	]);
	cluster.lab.stop();
});

test('an indexed Job gives every pod its index, as name, label, annotation, host name and variable', async () => {
	const cluster = createTestCluster();
	create(
		cluster,
		'[ "$HOSTNAME-$JOB_COMPLETION_INDEX" = "work-$JOB_COMPLETION_INDEX-$JOB_COMPLETION_INDEX" ]',
		{
			completions: 4,
			parallelism: 4,
			completionMode: 'Indexed',
			backoffLimit: 0,
		},
	);
	await cluster.until(finished(cluster));
	assert.equal(conditions(cluster).at(-1), 'Complete True CompletionsReached');
	assert.equal(work(cluster).status!.completedIndexes, '0-3');
	const indexed = pods(cluster).map(({ metadata, spec }) => [
		metadata.name.slice(0, -6),
		metadata.labels!['batch.kubernetes.io/job-completion-index'],
		metadata.annotations!['batch.kubernetes.io/job-completion-index'],
		spec.hostname,
	]);
	assert.deepEqual(
		indexed,
		['0', '1', '2', '3'].map((index) => [`work-${index}`, index, index, `work-${index}`]),
	);
	cluster.lab.stop();
});

test('a limit per index lets the other indexes go on', async () => {
	const cluster = createTestCluster();
	create(cluster, '[ $JOB_COMPLETION_INDEX != 1 ]', {
		completions: 3,
		parallelism: 3,
		completionMode: 'Indexed',
		backoffLimitPerIndex: 1,
	});
	await cluster.until(finished(cluster));
	const { completedIndexes, failedIndexes, failed, succeeded } = work(cluster).status!;
	assert.deepEqual([completedIndexes, failedIndexes, failed, succeeded], ['0,2', '1', 2, 2]);
	assert.equal(conditions(cluster).at(-1), 'Failed True FailedIndexes');
	const counts = pods(cluster)
		.filter(({ spec }) => spec.hostname === 'work-1')
		.map(({ metadata }) => metadata.annotations!['batch.kubernetes.io/job-index-failure-count']);
	assert.deepEqual(counts.sort(), ['0', '1']);
	cluster.lab.stop();
});

test('a success policy ends the Job early', async () => {
	const cluster = createTestCluster();
	create(cluster, '[ $JOB_COMPLETION_INDEX = 0 ] || sleep 1000', {
		completions: 3,
		parallelism: 3,
		completionMode: 'Indexed',
		successPolicy: { rules: [{ succeededIndexes: '0' }] },
	});
	await cluster.until(finished(cluster));
	assert.deepEqual(conditions(cluster), [
		'SuccessCriteriaMet True SuccessPolicy',
		'Complete True SuccessPolicy',
	]);
	assert.equal(work(cluster).status!.conditions![1].message, 'Matched rules at index 0');
	assert.equal(work(cluster).status!.completedIndexes, '0');
	cluster.lab.stop();
});

test('a pod failure policy fails the Job at once, or does not count the failure', async () => {
	const cluster = createTestCluster();
	create(cluster, 'exit 42', {
		podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] },
	});
	await cluster.until(finished(cluster));
	const [{ metadata }] = pods(cluster);
	assert.equal(conditions(cluster).at(-1), 'Failed True PodFailurePolicy');
	assert.equal(
		work(cluster).status!.conditions!.at(-1)!.message,
		`Container main for pod default/${metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
	);
	cluster.lab.stop();

	const other = createTestCluster();
	create(other, 'exit 1', {
		backoffLimit: 0,
		podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'NotIn', values: [42] } }] },
	});
	await other.until(() => pods(other).length === 3);
	assert.equal(work(other).status!.failed, undefined);
	assert(!finished(other)());
	other.lab.stop();
});

test('a suspended Job has no pods; resumed it starts anew', async () => {
	const cluster = createTestCluster();
	create(cluster, 'sleep 20', { suspend: true, activeDeadlineSeconds: 40 });
	await cluster.until(() => conditions(cluster).length === 1);
	assert.deepEqual(conditions(cluster), ['Suspended True JobSuspended']);
	assert.equal(work(cluster).status!.startTime, undefined);
	const suspend = (value: boolean) =>
		edit(cluster, ({ spec }) => {
			spec.suspend = value;
		});
	suspend(false);
	await cluster.until(() => work(cluster).status?.ready === 1);
	suspend(true);
	await cluster.until(() => cluster.podNames().length === 0);
	await cluster.clock.advance(60_000);
	suspend(false);
	await cluster.until(finished(cluster));
	assert.equal(conditions(cluster).at(-1), 'Complete True CompletionsReached');
	// Who was deleted by suspending has not failed.
	assert.equal(work(cluster).status!.failed, undefined);
	assert.deepEqual(
		events(cluster).filter((event) => /^(Suspended|Resumed)/.test(event)),
		['Suspended Job suspended', 'Resumed Job resumed'],
	);
	cluster.lab.stop();
});

test('a finished Job is deleted with its pods when its time is over', async () => {
	const cluster = createTestCluster();
	create(cluster, 'true', { ttlSecondsAfterFinished: 60 });
	await cluster.until(finished(cluster));
	const finishedAt = cluster.elapsed();
	await cluster.until(() => cluster.client.get(resource, 'default', 'work') === undefined);
	assert(cluster.elapsed() - finishedAt >= 59_000);
	assert.deepEqual(cluster.podNames(), []);
	cluster.lab.stop();
});

test('pods of a deleted Job are let go', async () => {
	const cluster = createTestCluster();
	create(cluster, 'sleep 1000', { parallelism: 2, completions: 2 });
	await cluster.until(() => work(cluster).status?.ready === 2);
	cluster.client.delete(resource, 'default', 'work', { propagationPolicy: 'Background' });
	await cluster.until(() => cluster.podNames().length === 0);
	cluster.lab.stop();
});
