// Which processes a container sees: its own, its pod's, its target's, its node's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../schema/types.ts';
import { createTestCluster, logOf, sleeper, statusOf, type TestCluster } from '../test-cluster.ts';

const lister = {
	name: 'lister',
	image: 'busybox:1.36',
	command: ['sh', '-c', 'sleep 1; ps -o args; sleep 1000'],
};

async function listed(cluster: TestCluster, pod: string, container = 'lister'): Promise<string[]> {
	await cluster.until(() => statusOf(cluster, pod)?.state?.running !== undefined);
	await cluster.clock.advance(5000);
	return (await logOf(cluster, pod, { container })).trimEnd().split('\n');
}

test('containers share their processes where the pod says so', async () => {
	const cluster = createTestCluster();
	const containers = [sleeper, lister];
	cluster.createPod('apart', { containers });
	cluster.createPod('shared', { containers, shareProcessNamespace: true });
	const own = ['COMMAND', lister.command.join(' '), 'ps -o args'];
	assert.deepEqual(await listed(cluster, 'apart'), own);
	assert.deepEqual(
		(await listed(cluster, 'shared')).toSorted(),
		[...own, '/pause', 'sleep 1000000'].toSorted(),
	);
	cluster.lab.stop();
});

test('the end of one container of a shared namespace leaves the others alone', async () => {
	const cluster = createTestCluster();
	const once = { ...sleeper, name: 'once', command: ['sh', '-c', 'sleep 1000 & sleep 3'] };
	cluster.createPod('pod', { containers: [sleeper, once], shareProcessNamespace: true });
	await cluster.until(() => statusOf(cluster, 'pod', 'once')?.restartCount === 2);
	assert.equal(statusOf(cluster, 'pod')!.restartCount, 0);
	// TERM ends a process that is not PID 1.
	cluster.client.delete('pods', 'default', 'pod', { gracePeriodSeconds: 30 });
	await cluster.until(() => cluster.pod('pod') === undefined, 5000);
	cluster.lab.stop();
});

test('a container with hostPID sees the daemons of the node', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	cluster.createPod('first', { hostPID: true });
	cluster.createPod('host', { hostPID: true, containers: [sleeper, lister] });
	const lines = await listed(cluster, 'host');
	for (const process of ['/sbin/init', '/usr/bin/containerd', 'sleep 1000000'])
		assert(lines.includes(process), process);
	cluster.client.delete('pods', 'default', 'first');
	await cluster.until(() => cluster.pod('first') === undefined);
	assert(statusOf(cluster, 'host')!.state!.running, 'the namespace outlives the pod that made it');
	cluster.lab.stop();
});

test('an ephemeral container runs once, and sees the processes and files of its target', async () => {
	const cluster = createTestCluster();
	cluster.createPod('pod', {
		containers: [{ ...sleeper, command: ['sh', '-c', 'echo hi > /tmp/f; sleep 1000'] }],
	});
	await cluster.until(() => cluster.isReady('pod'));
	const add = (name: string, targetContainerName: string) => {
		const pod = structuredClone(cluster.pod('pod')!);
		const command = ['sh', '-c', 'ps -o args; cat /proc/1/root/tmp/f; exit 3'];
		pod.spec.ephemeralContainers = [
			...(pod.spec.ephemeralContainers ?? []),
			{ name, image: 'busybox:1.36', command, targetContainerName },
		];
		cluster.client.update<Pod>('pods/ephemeralcontainers', pod);
	};
	add('debugger', 'main');
	const status = (name: string) =>
		cluster.pod('pod')!.status!.ephemeralContainerStatuses?.find((each) => each.name === name);
	await cluster.until(() => status('debugger')?.state?.terminated !== undefined);
	assert.deepEqual(
		[
			status('debugger')!.state!.terminated!.exitCode,
			status('debugger')!.restartCount,
			status('debugger')!.ready,
		],
		[3, 0, false],
	);
	assert.match(await logOf(cluster, 'pod', { container: 'debugger' }), /sleep 1000\n.*\nhi\n$/s);
	assert.equal(cluster.pod('pod')!.status!.phase, 'Running');
	assert(cluster.isReady('pod'));
	await cluster.clock.advance(600_000);
	assert.equal(status('debugger')!.restartCount, 0);
	cluster.lab.stop();
});
