import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster, sleeper } from '../test-cluster.ts';

test('a pod that the node cannot take fails, without containers', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const nodeName = 'node1';
	const ports = [{ containerPort: 80, hostPort: 8080 }];
	cluster.createPod('first', { nodeName, containers: [{ ...sleeper, ports }] });
	await cluster.until(() => cluster.isReady('first'));
	cluster.createPod('port', { nodeName, containers: [{ ...sleeper, ports }] });
	cluster.createPod('large', {
		nodeName,
		containers: [{ ...sleeper, resources: { requests: { cpu: '64' } } }],
	});
	for (const [name, reason, message] of [
		[
			'port',
			'NodePorts',
			"Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
		],
		['large', 'OutOfcpu', "Node didn't have enough resource: cpu, requested: 64000, used: 0, capacity: 4000"],
	] as const) {
		await cluster.until(() => cluster.pod(name)!.status!.phase === 'Failed');
		const { status } = cluster.pod(name)!;
		assert.deepEqual([status!.reason, status!.message], [reason, `Pod was rejected: ${message}`]);
		assert.equal(status!.containerStatuses, undefined);
		assert(cluster.events(name).includes(`${reason} ${message}`));
	}
	cluster.lab.stop();
});
