import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, createHostClock, createVirtualClock } from './clock.ts';
import { createLab } from './index.ts';
import type { KubernetesObject, Node, Pod } from './schema/types.ts';
import { createTestCluster } from './test-cluster.ts';

test('when a lab has started, its nodes are Ready and a pod can be created', () => {
	const lab = createLab({ nodes: 3, clock: createHostClock('real'), seed: 1 });
	const ready = lab.client
		.list<Node>('nodes')
		.filter(({ status }) =>
			status!.conditions!.some(({ type, status }) => type === 'Ready' && status === 'True'),
		);
	assert.equal(ready.length, 3);
	assert(lab.client.get('serviceaccounts', 'default', 'default'), 'a pod can be created at once');
	lab.stop();
});

test('equal seeds and inputs give equal objects, others do not', async () => {
	const run = async (seed: number) => {
		const cluster = createTestCluster({ nodes: 3, seed });
		cluster.createSet('web', { replicas: 3 });
		await cluster.until(() => cluster.isReady('web-2'));
		cluster.client.delete('pods', 'default', 'web-1');
		await cluster.clock.advance(30_000);
		cluster.lab.stop();
		const resources = [
			'nodes',
			'pods',
			'statefulsets.apps',
			'controllerrevisions.apps',
			'events',
			'endpoints',
		];
		return resources.flatMap((resource) => cluster.client.list<KubernetesObject>(resource));
	};
	const first = await run(7);
	assert.deepEqual(await run(7), first);
	assert.notDeepEqual(await run(8), first);
});

test('an idle lab asks the clock for nothing', async () => {
	const clock = createVirtualClock();
	let timers = 0;
	const counting: Clock = {
		...clock,
		after(ms, action) {
			timers++;
			return clock.after(ms, action);
		},
		sleep(ms, signal) {
			timers++;
			return clock.sleep(ms, signal);
		},
	};
	const lab = createLab({ nodes: 2, clock: counting, seed: 1 });
	lab.client.create<Pod>('pods', {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name: 'idle', namespace: 'default' },
		spec: { containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '1000000000'] }] },
	});
	// By then the events of its start are forgotten as well, an hour after they happened.
	await clock.advance(2 * 3_600_000);
	assert.equal(lab.client.get<Pod>('pods', 'default', 'idle')!.status!.phase, 'Running');
	timers = 0;
	const { resourceVersion } = lab.client.list<Node>('nodes')[0].metadata;
	await clock.advance(3_600_000);
	assert.equal(timers, 0);
	assert.equal(lab.client.list<Node>('nodes')[0].metadata.resourceVersion, resourceVersion);
	lab.stop();
});

test('a stopped lab leaves no timer behind', async () => {
	const clock = createVirtualClock();
	const lab = createLab({ nodes: 1, clock, seed: 1 });
	lab.client.create<Pod>('pods', {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name: 'crash', namespace: 'default' },
		spec: { containers: [{ name: 'main', image: 'no-such-image' }] },
	});
	await clock.advance(20_000);
	lab.stop();
	const { resourceVersion } = lab.client.get<Pod>('pods', 'default', 'crash')!.metadata;
	await clock.advance(3_600_000);
	assert.equal(lab.client.get<Pod>('pods', 'default', 'crash')!.metadata.resourceVersion, resourceVersion);
});
