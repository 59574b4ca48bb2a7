import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, PodSpec } from '../../schema/types.ts';
import { createTestCluster, sleeper } from '../../test-cluster.ts';

const mebibyte = 1024 * 1024;
const requesting = { resources: { requests: { memory: '64Mi' } } };

test('a node short of memory evicts what uses more than it requests, and takes nothing without requests', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const { client, lab } = cluster;
	const node = () => client.get<Node>('nodes', '', 'node1')!;
	const condition = () => node().status!.conditions!.find(({ type }) => type === 'MemoryPressure')!;
	cluster.createPod('modest', { containers: [{ ...sleeper, ...requesting }] });
	cluster.createPod('greedy', {});
	await cluster.until(() => cluster.isReady('modest') && cluster.isReady('greedy'));
	lab.nodes.get('node1')!.setAvailable('memory', 64 * mebibyte);
	await cluster.until(() => cluster.pod('greedy')!.status!.phase === 'Failed', 15_000);
	lab.nodes.get('node1')!.setAvailable('memory', 1024 * mebibyte);

	const { status } = cluster.pod('greedy')!;
	assert.equal(status!.reason, 'Evicted');
	assert.match(
		status!.message!,
		/^The node was low on resource: memory\. Threshold quantity: 100Mi, available: 64Mi\. Container main was using \d+Ki, request is 0, has larger consumption of memory\. $/,
	);
	assert.deepEqual([condition().status, condition().reason], ['True', 'KubeletHasInsufficientMemory']);
	await cluster.until(() => node().spec.taints !== undefined, 1000);
	assert.equal(node().spec.taints![0].key, 'node.kubernetes.io/memory-pressure');
	const events = cluster.events('node1');
	assert(events.includes('EvictionThresholdMet Attempting to reclaim memory'));
	assert(events.includes('NodeHasInsufficientMemory Node node1 status is now: NodeHasInsufficientMemory'));

	const direct = (name: string, spec: Partial<PodSpec> = {}) =>
		cluster.createPod(name, { nodeName: 'node1', ...spec });
	direct('refused');
	direct('taken', { containers: [{ ...sleeper, ...requesting }] });
	await cluster.until(() => cluster.pod('refused')!.status!.phase === 'Failed');
	assert.equal(
		cluster.pod('refused')!.status!.message,
		'Pod was rejected: The node had condition: [MemoryPressure]. ',
	);
	await cluster.until(() => cluster.isReady('taken'));

	await cluster.clock.advance(300_000);
	assert.deepEqual([condition().status, node().spec.taints], ['False', undefined]);
	assert.equal(cluster.pod('modest')!.status!.phase, 'Running');
	lab.stop();
});

test('a node short of disk evicts one pod after another while that lasts, and takes none', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	for (const name of ['one', 'two']) cluster.createPod(name, { containers: [{ ...sleeper, ...requesting }] });
	await cluster.until(() => cluster.isReady('one') && cluster.isReady('two'));
	cluster.lab.nodes.get('node1')!.setAvailable('ephemeral-storage', 100 * mebibyte);
	const isEvicted = (name: string) => cluster.pod(name)!.status!.reason === 'Evicted';
	await cluster.until(() => isEvicted('one') || isEvicted('two'));
	assert(!(isEvicted('one') && isEvicted('two')));
	await cluster.until(() => isEvicted('one') && isEvicted('two'), 15_000);
	const node = cluster.client.get<Node>('nodes', '', 'node1')!;
	const pressure = node.status!.conditions!.find(({ type }) => type === 'DiskPressure')!;
	assert.deepEqual([pressure.status, pressure.reason], ['True', 'KubeletHasDiskPressure']);
	cluster.lab.stop();
});
