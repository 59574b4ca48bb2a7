import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PersistentVolumeClaim, Pod } from './schema/types.ts';
import { createTestCluster, logOf, type TestCluster } from './test-cluster.ts';

const minute = 60_000;

/** A set of two whose pods are on two nodes, each with a claim of its own. */
async function spreadSet(cluster: TestCluster) {
	const claim: PersistentVolumeClaim = {
		apiVersion: 'v1',
		kind: 'PersistentVolumeClaim',
		metadata: { name: 'data' } as PersistentVolumeClaim['metadata'],
		spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
	};
	cluster.createSet(
		'web',
		{ volumeClaimTemplates: [claim] },
		{
			affinity: {
				podAntiAffinity: {
					requiredDuringSchedulingIgnoredDuringExecution: [
						{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' },
					],
				},
			},
			containers: [
				{
					name: 'main',
					image: 'busybox:1.36',
					command: ['sleep', '1000000'],
					volumeMounts: [{ name: 'data', mountPath: '/data' }],
				},
			],
		},
	);
	await cluster.until(() => cluster.isReady('web-0') && cluster.isReady('web-1'));
	const pod = cluster.pod('web-1')!;
	return { pod, node: cluster.lab.nodes.get(pod.spec.nodeName!)! };
}

const ready = (cluster: TestCluster, node: string) =>
	cluster.client.get<Node>('nodes', '', node)!.status!.conditions!.find(({ type }) => type === 'Ready')!;

test('a node that is cut off is given up, its pods are driven off, and end once it is back', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	const { pod, node } = await spreadSet(cluster);
	node.disconnect();
	const from = cluster.elapsed();
	await cluster.until(() => ready(cluster, node.name).status === 'Unknown');
	assert.equal(cluster.elapsed() - from, 50_000);
	assert.equal(ready(cluster, node.name).message, 'Kubelet stopped posting node status.');
	await cluster.until(() => !cluster.isReady('web-1'));
	const taints = cluster.client.get<Node>('nodes', '', node.name)!.spec.taints!;
	assert.deepEqual(
		taints.map(({ key, effect }) => `${key}:${effect}`),
		['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
	);
	await cluster.until(() => cluster.pod('web-1')!.metadata.deletionTimestamp !== undefined);
	assert(Math.abs(cluster.elapsed() - from - 350_000) < 1000);
	// The identity is taken as long as its pod may run.
	await cluster.clock.advance(60 * minute);
	assert.equal(cluster.pod('web-1')!.metadata.uid, pod.metadata.uid);
	assert.deepEqual(
		node.running.map(({ metadata }) => metadata.uid),
		[pod.metadata.uid],
	);

	node.reconnect();
	await cluster.until(() => ready(cluster, node.name).status === 'True');
	const isReplaced = () =>
		cluster.pod('web-1') !== undefined && cluster.pod('web-1')!.metadata.uid !== pod.metadata.uid;
	await cluster.until(() => isReplaced() && cluster.isReady('web-1'), 60_000);
	assert.equal(cluster.client.get<Node>('nodes', '', node.name)!.spec.taints, undefined);
	cluster.lab.stop();
});

test('a node that is back in time keeps its pods', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	const { pod, node } = await spreadSet(cluster);
	node.disconnect();
	await cluster.until(() => !cluster.isReady('web-1'));
	await cluster.clock.advance(2 * minute);
	node.reconnect();
	await cluster.until(() => cluster.isReady('web-1'), 1000);
	await cluster.clock.advance(10 * minute);
	const { metadata, status } = cluster.pod('web-1')!;
	assert.equal(metadata.uid, pod.metadata.uid);
	assert.equal(status!.containerStatuses![0].restartCount, 0);
	cluster.lab.stop();
});

test('a forced deletion gives the identity to another pod while the first still runs, but not its disk', async () => {
	const cluster = createTestCluster({ nodes: 3 });
	const { pod, node } = await spreadSet(cluster);
	node.disconnect();
	await cluster.until(() => ready(cluster, node.name).status === 'Unknown');
	await cluster.clock.advance(1000);
	const from = cluster.elapsed();
	cluster.client.delete('pods', 'default', 'web-1', { gracePeriodSeconds: 0 });
	await cluster.until(() => cluster.pod('web-1')?.spec.nodeName !== undefined);
	assert.notEqual(cluster.pod('web-1')!.metadata.uid, pod.metadata.uid);
	await cluster.until(() => cluster.isReady('web-1'));
	assert(cluster.elapsed() - from >= 6 * minute, 'the volume is detached by force after six minutes');
	assert(
		cluster
			.events('web-1')
			.some((event) => /Volume is already exclusively attached to one node and can't be/.test(event)),
	);
	const second = cluster.pod('web-1')!;
	node.reconnect();
	await cluster.clock.advance(minute);
	assert.equal(cluster.pod('web-1')!.metadata.uid, second.metadata.uid);
	assert(cluster.isReady('web-1'));
	cluster.lab.stop();
});

test('a node that crashed keeps its pods terminating until it is deleted or said to be out of service', async () => {
	for (const end of ['delete', 'taint'] as const) {
		const cluster = createTestCluster({ nodes: 3 });
		const { pod, node } = await spreadSet(cluster);
		node.crash();
		await cluster.until(() => cluster.pod('web-1')!.metadata.deletionTimestamp !== undefined);
		await cluster.clock.advance(60 * minute);
		assert.equal(cluster.pod('web-1')!.metadata.uid, pod.metadata.uid);
		const { client } = cluster;
		if (end === 'delete') client.delete('nodes', '', node.name);
		else {
			const stored = structuredClone(client.get<Node>('nodes', '', node.name)!);
			stored.spec.taints!.push({
				key: 'node.kubernetes.io/out-of-service',
				value: 'nodeshutdown',
				effect: 'NoExecute',
			});
			client.update<Node>('nodes', stored);
		}
		const from = cluster.elapsed();
		await cluster.until(() => cluster.isReady('web-1'));
		assert.equal(cluster.elapsed() - from > 6 * minute, end === 'delete');
		assert.throws(() => node.reconnect(), /has crashed, so nothing on it can be reconnected/);
		cluster.lab.stop();
	}
});

test('what a cut-off kubelet is asked through the API server fails in the words of the dial', async () => {
	const cluster = createTestCluster();
	cluster.createPod('one', {});
	await cluster.until(() => cluster.isReady('one'));
	const pod: Pod = cluster.pod('one')!;
	cluster.lab.nodes.get(pod.spec.nodeName!)!.disconnect();
	const response = cluster.lab.api.handle({
		method: 'GET',
		path: '/api/v1/namespaces/default/pods/one/log',
		query: new URLSearchParams(),
		headers: {},
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	const { status, body } = await response;
	assert.equal(status, 500);
	assert.equal(
		JSON.parse(body as string).message,
		`Get "https://${pod.status!.hostIP}:10250/containerLogs/default/one/main": dial tcp ${pod.status!.hostIP}:10250: connect: no route to host`,
	);
	cluster.lab.stop();
});

test('a node that crashed cannot be reached, and its containers start anew when it is booted', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	const shell = (name: string, script: string) => ({
		name,
		image: 'busybox:1.36',
		command: ['sh', '-c', script],
		volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
	});
	cluster.createPod('always', {
		nodeName: 'node2',
		initContainers: [shell('init', 'echo init >> /scratch/diary')],
		containers: [shell('main', 'echo main >> /scratch/diary; echo $(cat /scratch/diary); sleep 100000')],
		volumes: [{ name: 'scratch', emptyDir: {} }],
	});
	cluster.createPod('never', {
		nodeName: 'node2',
		restartPolicy: 'Never',
		containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '100000'] }],
	});
	cluster.createPod('deleted', { nodeName: 'node2' });
	await cluster.until(() => ['always', 'never', 'deleted'].every((pod) => cluster.isReady(pod)));
	const node = cluster.lab.nodes.get('node2')!;
	const { podIP, hostIP } = cluster.pod('always')!.status!;
	const reached = async (when: string) => {
		const command = [
			'sh',
			'-c',
			`for ip in ${podIP} ${hostIP}; do ping -c1 -W5 $ip > /dev/null; echo $?; done`,
		];
		const containers = [{ name: 'main', image: 'busybox:1.36', command }];
		cluster.createPod(when, { nodeName: 'node1', restartPolicy: 'Never', containers });
		await cluster.until(() => cluster.pod(when)!.status!.phase === 'Succeeded', minute);
		return logOf(cluster, when);
	};
	assert.equal(await reached('before'), '0\n0\n');
	assert.throws(() => node.boot(), /has not crashed/);
	const { bootID } = cluster.client.get<Node>('nodes', '', 'node2')!.status!.nodeInfo!;

	node.crash();
	assert.deepEqual(node.running, []);
	assert.equal(await reached('meanwhile'), '1\n1\n');
	cluster.client.delete('pods', 'default', 'deleted', {});
	await cluster.until(() => !cluster.isReady('always'));
	node.boot();
	await cluster.until(() => cluster.isReady('always') && cluster.pod('never')!.status!.phase === 'Failed');
	await cluster.until(() => cluster.pod('deleted') === undefined, minute);

	const [main] = cluster.pod('always')!.status!.containerStatuses!;
	assert.equal(main.restartCount, 1);
	const { exitCode, reason } = main.lastState!.terminated!;
	assert.deepEqual([exitCode, reason], [255, 'Unknown']);
	assert.equal(cluster.pod('always')!.status!.initContainerStatuses![0].restartCount, 1);
	assert.equal(cluster.pod('never')!.status!.containerStatuses![0].restartCount, 0);
	assert.equal(
		await logOf(cluster, 'always'),
		'init main init main\n',
		'what the node has on its disk stays',
	);
	assert(cluster.events('always').some((event) => event.startsWith('SandboxChanged ')));
	assert.notEqual(cluster.client.get<Node>('nodes', '', 'node2')!.status!.nodeInfo!.bootID, bootID);
	assert.equal(cluster.client.get<Node>('nodes', '', 'node2')!.spec.taints, undefined);
	await cluster.clock.advance(10 * minute);
	assert.equal(cluster.pod('always')!.status!.containerStatuses![0].restartCount, 1);
	cluster.lab.stop();
});
