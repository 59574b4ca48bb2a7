// Each observer sees what it is there for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice } from '../../lab/schema/types.ts';
import { createTestCluster } from '../../lab/test-cluster.ts';
import { execute } from '../workloads/execute.ts';
import { Observers } from './observers.ts';
import { createDiarists, createOthers } from './workloads.ts';

const minute = 60_000;

/** Two diarists in order on three nodes, observed. */
async function observedSet() {
	const bare = createTestCluster({ nodes: 3 });
	const observers = new Observers(bare);
	const cluster = observers.observed;
	createOthers(cluster);
	createDiarists(cluster, 'ledger', () => 0);
	cluster.updateSet('ledger', ({ spec }) => {
		spec.replicas = 2;
	});
	await cluster.until(() => cluster.isReady('ledger-0') && cluster.isReady('ledger-1'));
	await observers.check();
	return { cluster, observers };
}

test('two pods of an identity, unless a user has removed one by force where its node could not be told', async () => {
	for (const told of [true, false]) {
		const { cluster, observers } = await observedSet();
		const pod = cluster.pod('ledger-1')!;
		cluster.lab.nodes.get(pod.spec.nodeName!)!.disconnect();
		if (told) observers.removing(pod, true);
		cluster.client.delete('pods', 'default', 'ledger-1', { gracePeriodSeconds: 0 });
		const lived = cluster.clock.advance(10 * minute);
		if (told) await lived;
		else await assert.rejects(lived, /ledger-1 runs on node\d \(.*\) and on node\d/);
		cluster.lab.stop();
	}
});

test('a line that another has written to a diary, and one that is missing', async () => {
	for (const [command, fault] of [
		['echo ledger-1 1 >>/data/diary', /line 2 of the diary of ledger-1 is "ledger-1 1"/],
		['echo ledger-0 2 >>/data/diary', /line 2 of the diary of ledger-1 is "ledger-0 2"/],
		[': >/data/diary', /the diary of ledger-1 has 0 of 1 lines/],
	] as const) {
		const { cluster, observers } = await observedSet();
		await execute(cluster, 'ledger-1', ['sh', '-c', command]);
		await assert.rejects(observers.check(), fault);
		cluster.lab.stop();
	}
});

test('a claim that goes though nobody owns it', async () => {
	const { cluster } = await observedSet();
	const claim = cluster.client.get('persistentvolumeclaims', 'default', 'data-ledger-0')!;
	const unowned = { ...claim, metadata: { ...claim.metadata, ownerReferences: [] } };
	cluster.client.update('persistentvolumeclaims', unowned);
	cluster.client.delete('persistentvolumeclaims', 'default', 'data-ledger-0');
	await assert.rejects(cluster.clock.advance(minute), /data-ledger-0 is deleted, though nobody owns it/);
	cluster.lab.stop();
});

test('a pod that comes before its predecessors', async () => {
	const { cluster } = await observedSet();
	const last = cluster.pod('ledger-1')!;
	const { resourceVersion: _, uid: __, ...metadata } = last.metadata;
	cluster.client.create('pods', { ...last, metadata: { ...metadata, name: 'ledger-3' } });
	await assert.rejects(cluster.clock.advance(1000), /ledger-3 is created while ledger-2 is not available/);
	cluster.lab.stop();
});

test('a pod that is updated before its successors, and one that is deleted for nothing', async () => {
	const { cluster } = await observedSet();
	const { client, clock } = cluster;
	cluster.updateSet('ledger', ({ spec }) => {
		spec.updateStrategy = { type: 'OnDelete' };
		spec.template.spec!.terminationGracePeriodSeconds = 6;
	});
	await clock.advance(1000);
	// Nobody is told of a user, so it counts as the controller's doing.
	client.delete('pods', 'default', 'ledger-0');
	await assert.rejects(clock.advance(1000), /ledger-0 is updated before ledger-1/);
	cluster.lab.stop();

	const other = await observedSet();
	other.cluster.client.delete('pods', 'default', 'ledger-1');
	await assert.rejects(other.cluster.clock.advance(1000), /ledger-1 is deleted though it is of ledger-/);
	other.cluster.lab.stop();
});

test('a Service that leads to a pod that is not ready', async () => {
	const { cluster } = await observedSet();
	cluster.client.create<EndpointSlice>('endpointslices.discovery.k8s.io', {
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		addressType: 'IPv4',
		metadata: {
			name: 'by-hand',
			namespace: 'default',
			labels: { 'kubernetes.io/service-name': 'ledger' },
		},
		endpoints: [
			{
				addresses: ['10.244.1.200'],
				conditions: { ready: true },
				targetRef: { kind: 'Pod', name: 'ledger-7', namespace: 'default', uid: 'nobody' },
			},
		],
		ports: [],
	});
	await assert.rejects(
		cluster.clock.advance(minute),
		/for \d+ ms ledger leads to nobody, which is not ready/,
	);
	cluster.lab.stop();
});
