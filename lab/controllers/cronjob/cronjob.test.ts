import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob, CronJobSpec, Job } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';
import { createWorkload, editWorkload, workload } from '../test-workloads.ts';

const resource = 'cronjobs.batch';
const minute = 60_000;
const create = (cluster: TestCluster, script: string, spec: Partial<CronJobSpec> = {}) =>
	createWorkload<CronJob>(cluster, resource, 'tick', {
		schedule: '* * * * *',
		jobTemplate: {
			metadata: { labels: { made: 'by-tick' } },
			spec: {
				backoffLimit: 0,
				template: {
					spec: {
						containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script] }],
						restartPolicy: 'Never',
						terminationGracePeriodSeconds: 1,
					},
				},
			},
		},
		...spec,
	});
const tick = (cluster: TestCluster) => workload<CronJob>(cluster, resource, 'tick');
const jobs = ({ client }: TestCluster) => client.list<Job>('jobs.batch', 'default');
const jobNames = (cluster: TestCluster) => jobs(cluster).map(({ metadata }) => metadata.name);
const nameAt = (at: number) => `tick-${Math.floor(at / minute)}`;

test('a Job is made at each time of the schedule, and the last three that succeeded are kept', async () => {
	const cluster = createTestCluster();
	const { metadata } = create(cluster, 'sleep 10');
	await cluster.until(() => jobs(cluster).length === 1);
	const [job] = jobs(cluster);
	const start = cluster.clock.now();
	assert.equal(start % minute, 100);
	assert.equal(job.metadata.name, nameAt(start));
	assert.deepEqual(job.metadata.labels, { made: 'by-tick' });
	assert.equal(
		job.metadata.annotations!['batch.kubernetes.io/cronjob-scheduled-timestamp'],
		tick(cluster).status!.lastScheduleTime,
	);
	assert.equal(job.metadata.ownerReferences![0].uid, metadata.uid);
	assert.deepEqual(
		tick(cluster).status!.active!.map(({ name, kind }) => [name, kind]),
		[[job.metadata.name, 'Job']],
	);
	await cluster.clock.advance(30_000);
	assert.equal(tick(cluster).status!.active, undefined);
	assert(tick(cluster).status!.lastSuccessfulTime);
	await cluster.clock.advance(10 * minute);
	assert.deepEqual(
		jobNames(cluster),
		[8, 9, 10].map((minutes) => nameAt(start + minutes * minute)),
	);
	const events = cluster.events('tick');
	for (const event of [
		`SuccessfulCreate Created job ${job.metadata.name}`,
		`SawCompletedJob Saw completed job: ${job.metadata.name}, condition: Complete`,
		`SuccessfulDelete Deleted job ${job.metadata.name}`,
	])
		assert(events.includes(event), event);
	cluster.lab.stop();
});

test('of failed Jobs the last one is kept', async () => {
	const cluster = createTestCluster();
	create(cluster, 'exit 1');
	await cluster.clock.advance(5 * minute + 30_000);
	assert.equal(jobs(cluster).length, 1);
	assert.equal(tick(cluster).status!.lastSuccessfulTime, undefined);
	cluster.lab.stop();
});

test('Forbid waits for the running Job, Replace ends it, Allow runs both', async () => {
	for (const [policy, running] of [
		['Forbid', 1],
		['Replace', 1],
		['Allow', 3],
	] as const) {
		const cluster = createTestCluster();
		create(cluster, 'sleep 1000', { concurrencyPolicy: policy });
		await cluster.clock.advance(3 * minute + 30_000);
		assert.equal(jobs(cluster).length, running, policy);
		assert.equal(tick(cluster).status!.active!.length, running, policy);
		const events = cluster.events('tick');
		const created = events.filter((event) => event.startsWith('SuccessfulCreate')).length;
		assert.equal(created, policy === 'Forbid' ? 1 : 3);
		assert.equal(
			events.includes(
				'JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid',
			),
			policy === 'Forbid',
		);
		cluster.lab.stop();
	}
});

test('while it is suspended nothing starts; what is missed for too long does not start later', async () => {
	const cluster = createTestCluster();
	create(cluster, 'true', { suspend: true, startingDeadlineSeconds: 20 });
	await cluster.clock.advance(5 * minute + 40_000);
	assert.equal(jobs(cluster).length, 0);
	const resume = () =>
		editWorkload<CronJob>(cluster, resource, 'tick', ({ spec }) => {
			spec.suspend = false;
		});
	resume();
	await cluster.clock.advance(10_000);
	assert.equal(jobs(cluster).length, 0);
	await cluster.until(() => jobs(cluster).length === 1);
	assert.equal(cluster.clock.now() % minute, 100);
	cluster.lab.stop();

	const other = createTestCluster();
	create(other, 'true', { suspend: true });
	await other.clock.advance(5 * minute + 40_000);
	editWorkload<CronJob>(other, resource, 'tick', ({ spec }) => {
		spec.suspend = false;
	});
	await other.clock.advance(1000);
	// Without a deadline the last time that was missed is made up for.
	assert.deepEqual(jobNames(other), [nameAt(other.clock.now())]);
	other.lab.stop();
});

test('the schedule is read in the time zone', async () => {
	const cluster = createTestCluster();
	create(cluster, 'true', { schedule: '30 5 * * *', timeZone: 'Asia/Kolkata' });
	await cluster.until(() => jobs(cluster).length === 1, 48 * 60 * minute);
	assert.equal(tick(cluster).status!.lastScheduleTime, '2026-01-02T00:00:00Z');
	assert.equal(
		jobs(cluster)[0].metadata.annotations!['batch.kubernetes.io/cronjob-scheduled-timestamp'],
		'2026-01-02T05:30:00+05:30',
	);
	cluster.lab.stop();
});

test('deleting it takes its Jobs and their pods along', async () => {
	const cluster = createTestCluster();
	create(cluster, 'sleep 1000');
	await cluster.until(() => cluster.podNames().some(cluster.isReady));
	cluster.client.delete(resource, 'default', 'tick');
	await cluster.until(() => jobs(cluster).length === 0 && cluster.podNames().length === 0);
	cluster.lab.stop();
});
