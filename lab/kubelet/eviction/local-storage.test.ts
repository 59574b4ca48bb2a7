import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, PodSpec } from '../../schema/types.ts';
import { createTestCluster, statusOf } from '../../test-cluster.ts';

const writer = (name: string, path: string, part: Partial<Container> = {}): Container => ({
	name,
	image: 'busybox:1.36',
	command: ['sh', '-c', `sleep 5; head -c 2000000 /dev/zero > ${path}; sleep 1000`],
	...part,
});
const limits = { resources: { limits: { 'ephemeral-storage': '1Mi' } } };
const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];

const cases: Record<string, { spec: Partial<PodSpec>; message: string }> = {
	volume: {
		spec: {
			containers: [writer('main', '/cache/x', { volumeMounts })],
			volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }],
		},
		message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
	},
	pod: {
		spec: { containers: [writer('main', '/x', limits)] },
		message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ',
	},
	container: {
		spec: {
			containers: [
				writer('main', '/x', limits),
				{ ...writer('other', '/dev/null'), resources: { limits: { 'ephemeral-storage': '8Mi' } } },
			],
		},
		message: 'Container main exceeded its local ephemeral storage limit "1Mi". ',
	},
};

for (const [name, { spec, message }] of Object.entries(cases))
	test(`a pod is evicted that writes too much to its ${name}`, async () => {
		const cluster = createTestCluster();
		cluster.createPod('pod', spec);
		await cluster.until(() => cluster.pod('pod')!.status!.phase === 'Failed', 60_000);
		const { status } = cluster.pod('pod')!;
		assert.deepEqual([status!.reason, status!.message], ['Evicted', message]);
		assert(statusOf(cluster, 'pod')!.state!.terminated);
		const disruption = status!.conditions!.find(({ type }) => type === 'DisruptionTarget')!;
		assert.deepEqual([disruption.status, disruption.reason], ['True', 'TerminationByKubelet']);
		assert(cluster.events('pod').includes(`Evicted ${message}`));
		cluster.lab.stop();
	});

test('what stays below its limits stays, and what lies in memory is full at its own', async () => {
	const cluster = createTestCluster();
	cluster.createPod('small', {
		containers: [writer('main', '/x', { resources: { limits: { 'ephemeral-storage': '4Mi' } } })],
	});
	cluster.createPod('memory', {
		restartPolicy: 'Never',
		containers: [
			{ ...writer('main', ''), command: ['sh', '-c', 'head -c 2000000 /dev/zero > /cache/x'], volumeMounts },
		],
		volumes: [{ name: 'cache', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
	});
	await cluster.clock.advance(60_000);
	assert.equal(cluster.pod('small')!.status!.phase, 'Running');
	assert.equal(statusOf(cluster, 'memory')!.state!.terminated!.exitCode, 1);
	assert.equal(cluster.pod('memory')!.status!.reason, undefined);
	cluster.lab.stop();
});

test('a pod that has ended in time does not fail when its deadline passes', async () => {
	const cluster = createTestCluster();
	cluster.createPod('done', {
		restartPolicy: 'Never',
		activeDeadlineSeconds: 30,
		containers: [{ ...writer('main', ''), command: ['true'] }],
	});
	await cluster.until(() => cluster.pod('done')!.status!.phase === 'Succeeded');
	await cluster.clock.advance(60_000);
	assert.equal(cluster.pod('done')!.status!.phase, 'Succeeded');
	cluster.lab.stop();
});
