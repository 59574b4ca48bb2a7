import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random.ts';
import type { Node, Pod } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';

/** What users do to a set and its nodes; each takes numbers below a limit from `pick`. */
const disturbances: readonly ((cluster: TestCluster, pick: (limit: number) => number) => unknown)[] = [
	(cluster, pick) =>
		cluster.updateSet('web', (set) => {
			set.spec.replicas = pick(6);
		}),
	(cluster, pick) =>
		cluster.updateSet('web', (set) => {
			set.spec.template.spec!.containers[0].image = `busybox:1.${35 + pick(2)}`;
		}),
	(cluster, pick) =>
		cluster.updateSet('web', (set) => {
			set.spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: pick(4) } };
		}),
	({ client, podNames }, pick) => {
		const names = podNames();
		const gracePeriodSeconds = [0, 1, 5, undefined][pick(4)];
		if (names.length > 0) client.delete('pods', 'default', names[pick(names.length)], { gracePeriodSeconds });
	},
	({ client }, pick) => {
		const node = structuredClone(client.get<Node>('nodes', '', `node${1 + pick(3)}`)!);
		node.spec.unschedulable = !node.spec.unschedulable;
		client.update('nodes', node);
	},
	async (cluster, pick) => {
		const propagationPolicy = (['Orphan', 'Foreground', 'Background'] as const)[pick(3)];
		cluster.client.delete('statefulsets.apps', 'default', 'web', { propagationPolicy });
		await cluster.until(() => cluster.set('web') === undefined);
		cluster.createSet('web', { podManagementPolicy: pick(2) === 0 ? 'Parallel' : 'OrderedReady' });
	},
	({ clock }, pick) => clock.advance(pick(8000)),
];

test('whatever is done to a set, it comes to its spec, and no two pods ever have one name', async () => {
	for (let seed = 1; seed <= 12; seed++) {
		const random = createRandom(seed);
		const pick = (limit: number) => Math.floor(random() * limit);
		const cluster = createTestCluster({ nodes: 3, seed });
		const present = new Set<string>();
		const doubles: string[] = [];
		cluster.client.watch<Pod>('pods', ({ type, object }) => {
			const { name } = object.metadata;
			if (type === 'ADDED' && present.has(name)) doubles.push(name);
			if (type === 'DELETED') present.delete(name);
			else present.add(name);
		});
		cluster.createSet('web');
		for (let step = 0; step < 40; step++) await disturbances[pick(disturbances.length)](cluster, pick);

		for (const node of cluster.client.list<Node>('nodes'))
			cluster.client.update('nodes', { ...node, spec: { ...node.spec, unschedulable: false } });
		cluster.updateSet('web', (set) => {
			set.spec.replicas = 3;
			set.spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
		});
		await cluster.clock.advance(120_000);
		assert.deepEqual(cluster.podNames(), ['web-0', 'web-1', 'web-2'], `seed ${seed}`);
		assert(cluster.podNames().every(cluster.isReady), `seed ${seed}`);
		const { status, spec } = cluster.set('web')!;
		assert.equal(status!.currentRevision, status!.updateRevision, `seed ${seed}`);
		const [{ image }] = spec.template.spec!.containers;
		for (const pod of cluster.client.list<Pod>('pods', 'default'))
			assert.equal(pod.spec.containers[0].image, image);
		assert.deepEqual(doubles, [], `seed ${seed}`);
		cluster.lab.stop();
	}
});
