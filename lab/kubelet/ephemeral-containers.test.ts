import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../schema/types.ts';
import { createTestCluster, sleeper } from '../test-cluster.ts';

test('a pod that is over gets no ephemeral container any more', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	cluster.createPod('pod', {
		containers: [{ ...sleeper, command: ['true'] }],
		restartPolicy: 'Never',
	});
	await cluster.until(() => cluster.pod('pod')?.status?.phase === 'Succeeded');
	const pod = structuredClone(cluster.pod('pod')!);
	pod.spec.ephemeralContainers = [{ name: 'late', image: 'busybox:1.36' }];
	cluster.client.update<Pod>('pods/ephemeralcontainers', pod);
	await cluster.clock.advance(60_000);
	assert.equal(cluster.pod('pod')!.spec.ephemeralContainers?.length, 1);
	assert.equal(cluster.pod('pod')!.status!.ephemeralContainerStatuses, undefined);
	cluster.lab.stop();
});
