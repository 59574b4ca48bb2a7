import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Taint, Toleration } from '../schema/types.ts';
import { createTestCluster, type TestCluster } from '../test-cluster.ts';

const nodeOf = ({ client }: TestCluster, name: string) => client.get<Node>('nodes', '', name)!;

function setReady(cluster: TestCluster, name: string, status: string): void {
	const node = structuredClone(nodeOf(cluster, name));
	for (const condition of node.status!.conditions!) if (condition.type === 'Ready') condition.status = status;
	cluster.client.updateStatus('nodes', node);
}

function setTaints(cluster: TestCluster, name: string, taints: Taint[]): void {
	const node = nodeOf(cluster, name);
	cluster.client.update<Node>('nodes', { ...node, spec: { ...node.spec, taints } });
}

const shown = (node: Node) => (node.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);

test('pods leave a lost node after five minutes, and stay where it comes back in time', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	cluster.createPod('web', {});
	await cluster.until(() => cluster.isReady('web'));
	setReady(cluster, 'node1', 'Unknown');
	await cluster.until(() => !cluster.isReady('web'));
	assert.deepEqual(shown(nodeOf(cluster, 'node1')), [
		'node.kubernetes.io/unreachable:NoSchedule',
		'node.kubernetes.io/unreachable:NoExecute',
	]);
	assert(cluster.events('web').includes('NodeNotReady Node is not ready'));
	await cluster.clock.advance(200_000);
	assert.equal(cluster.pod('web')?.metadata.deletionTimestamp, undefined);
	setReady(cluster, 'node1', 'True');
	await cluster.until(() => cluster.isReady('web') && shown(nodeOf(cluster, 'node1')).length === 0);
	await cluster.clock.advance(10);
	assert(cluster.events('web').includes('TaintManagerEviction Cancelling deletion of Pod default/web'));
	await cluster.clock.advance(200_000);
	assert(cluster.isReady('web'));

	setReady(cluster, 'node1', 'False');
	const before = cluster.elapsed();
	await cluster.until(() => cluster.pod('web') === undefined);
	assert(cluster.elapsed() - before >= 300_000 && cluster.elapsed() - before < 310_000);
	assert(cluster.events('web').includes('TaintManagerEviction Marking for deletion Pod default/web'));
	cluster.lab.stop();
});

test('NoExecute drives off who does not tolerate it, at once or in time', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const toleration = (tolerationSeconds?: number): Toleration => ({
		key: 'maintenance',
		operator: 'Exists',
		effect: 'NoExecute',
		...(tolerationSeconds !== undefined && { tolerationSeconds }),
	});
	cluster.createPod('guest', {});
	cluster.createPod('patient', { tolerations: [toleration(60)] });
	cluster.createPod('resident', { tolerations: [toleration()] });
	const all = ['guest', 'patient', 'resident'];
	await cluster.until(() => all.every(cluster.isReady));
	setTaints(cluster, 'node1', [{ key: 'maintenance', effect: 'NoExecute' }]);
	await cluster.until(() => cluster.pod('guest') === undefined, 5000);
	assert(cluster.isReady('patient'));
	await cluster.until(() => cluster.pod('patient') === undefined, 65_000);
	await cluster.clock.advance(600_000);
	assert(cluster.isReady('resident'));
	cluster.lab.stop();
});

test('a cordoned node is tainted, and an uncordoned one is not', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const set = (unschedulable: boolean) => {
		const node = nodeOf(cluster, 'node1');
		cluster.client.update<Node>('nodes', { ...node, spec: { ...node.spec, unschedulable } });
	};
	set(true);
	await cluster.until(() => shown(nodeOf(cluster, 'node1')).length === 1);
	assert.deepEqual(shown(nodeOf(cluster, 'node1')), ['node.kubernetes.io/unschedulable:NoSchedule']);
	set(false);
	await cluster.until(() => shown(nodeOf(cluster, 'node1')).length === 0);
	cluster.lab.stop();
});
