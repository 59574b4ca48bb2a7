import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster, sleeper, statusOf } from '../../test-cluster.ts';

test('a readiness probe decides when a pod is ready, a liveness probe when it is started anew', async () => {
	const cluster = createTestCluster();
	const exec = (...command: string[]) => ({ exec: { command }, periodSeconds: 5, failureThreshold: 2 });
	cluster.createPod('unready', { containers: [{ ...sleeper, readinessProbe: exec('false') }] });
	cluster.createPod('ready', {
		containers: [{ ...sleeper, readinessProbe: { ...exec('true'), initialDelaySeconds: 20 } }],
	});
	cluster.createPod('dead', { containers: [{ ...sleeper, livenessProbe: exec('false') }] });
	cluster.createPod('closed', {
		containers: [{ ...sleeper, readinessProbe: { tcpSocket: { port: 81 }, periodSeconds: 5 } }],
	});
	await cluster.until(() => statusOf(cluster, 'ready')?.state?.running !== undefined);
	const from = cluster.elapsed();
	await cluster.until(() => cluster.isReady('ready'));
	assert(cluster.elapsed() - from > 19_000);
	assert(!cluster.isReady('unready') && !cluster.isReady('closed'));
	assert(cluster.events('unready').some((event) => event.startsWith('Unhealthy Readiness probe failed: ')));
	const { podIP } = cluster.pod('closed')!.status!;
	assert(
		cluster
			.events('closed')
			.includes(`Unhealthy Readiness probe failed: dial tcp ${podIP}:81: connect: connection refused`),
	);
	await cluster.until(() => statusOf(cluster, 'dead')!.restartCount === 1);
	assert(cluster.events('dead').includes('Killing Container main failed liveness probe, will be restarted'));
	cluster.lab.stop();
});

test('a startup probe holds the others back', async () => {
	const cluster = createTestCluster();
	cluster.createPod('slow', {
		containers: [
			{
				...sleeper,
				startupProbe: { exec: { command: ['true'] }, initialDelaySeconds: 30 },
				livenessProbe: { exec: { command: ['false'] }, failureThreshold: 1, periodSeconds: 1 },
			},
		],
	});
	await cluster.until(() => statusOf(cluster, 'slow')?.state?.running !== undefined);
	await cluster.clock.advance(25_000);
	assert.deepEqual([statusOf(cluster, 'slow')!.started, cluster.isReady('slow')], [false, false]);
	assert.equal(statusOf(cluster, 'slow')!.restartCount, 0);
	await cluster.until(() => statusOf(cluster, 'slow')!.restartCount === 1);
	cluster.lab.stop();
});

test('hooks run after the start and before the stop', async () => {
	const cluster = createTestCluster();
	cluster.createPod('hooks', {
		terminationGracePeriodSeconds: 20,
		containers: [{ ...sleeper, lifecycle: { preStop: { sleep: { seconds: 4 } } } }],
	});
	cluster.createPod('bad', {
		containers: [{ ...sleeper, lifecycle: { postStart: { exec: { command: ['false'] } } } }],
	});
	await cluster.until(() => cluster.isReady('hooks'));
	await cluster.until(() => cluster.events('bad').some((event) => event.startsWith('FailedPostStartHook')));
	await cluster.until(() => statusOf(cluster, 'bad')!.restartCount > 0);
	cluster.client.delete('pods', 'default', 'hooks');
	const from = cluster.elapsed();
	await cluster.until(() => cluster.pod('hooks') === undefined);
	assert.equal(cluster.elapsed() - from, 20_000);
	cluster.lab.stop();
});
