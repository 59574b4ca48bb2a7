// Whatever is done to workloads and nodes, they come to their specs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import type { DaemonSet, Deployment, Job, Node, Pod, ReplicaSet } from '../schema/types.ts';
import { createTestCluster, type TestCluster } from '../test-cluster.ts';
import { isComplete } from './deployment/status.ts';
import { isFinished } from './job/outcome.ts';
import { controllerOf } from './owner-references.ts';
import { createWorkload, editWorkload, podsOf, templateOf, workload } from './test-workloads.ts';

type Pick = (limit: number) => number;

const createDeployment = (cluster: TestCluster) =>
	createWorkload(cluster, 'deployments.apps', 'web', {
		replicas: 3,
		progressDeadlineSeconds: 30,
		selector: { matchLabels: { app: 'web' } },
		template: templateOf('web'),
	});

const editDeployment = (cluster: TestCluster, change: (spec: Deployment['spec']) => void) =>
	editWorkload<Deployment>(cluster, 'deployments.apps', 'web', ({ spec }) => change(spec));
const editDaemonSet = (cluster: TestCluster, change: (spec: DaemonSet['spec']) => void) =>
	editWorkload<DaemonSet>(cluster, 'daemonsets.apps', 'agent', ({ spec }) => change(spec));

/** The second image does not exist. */
const images = ['busybox:1.35', 'nowhere/nothing:1', 'busybox:1.36'];

const disturbances: readonly ((cluster: TestCluster, pick: Pick) => unknown)[] = [
	(cluster, pick) =>
		editDeployment(cluster, (spec) => {
			spec.replicas = pick(7);
		}),
	(cluster, pick) =>
		editDeployment(cluster, (spec) => {
			spec.template.spec!.containers[0].image = images[pick(3)];
		}),
	(cluster, pick) =>
		editDeployment(cluster, (spec) => {
			spec.paused = pick(2) === 0;
		}),
	(cluster, pick) =>
		editDeployment(cluster, (spec) => {
			const rolling = { maxSurge: pick(3), maxUnavailable: 1 + pick(2) };
			spec.strategy =
				pick(3) === 0 ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate: rolling };
		}),
	async (cluster, pick) => {
		const propagationPolicy = (['Orphan', 'Foreground', 'Background'] as const)[pick(3)];
		const { client } = cluster;
		client.delete('deployments.apps', 'default', 'web', { propagationPolicy });
		await cluster.until(() => client.get('deployments.apps', 'default', 'web') === undefined);
		createDeployment(cluster);
	},
	(cluster, pick) =>
		editDaemonSet(cluster, (spec) => {
			spec.template.spec!.containers[0].image = images[pick(3)];
		}),
	(cluster, pick) =>
		editDaemonSet(cluster, (spec) => {
			const [maxSurge, maxUnavailable] = pick(2) === 0 ? [1, 0] : [0, 1 + pick(2)];
			spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
		}),
	(cluster, pick) =>
		editDaemonSet(cluster, (spec) => {
			spec.template.spec!.nodeSelector = [undefined, { disk: 'ssd' }][pick(2)];
		}),
	({ client }, pick) => {
		const node = structuredClone(client.get<Node>('nodes', '', `node${1 + pick(3)}`)!);
		if (pick(2) === 0) node.spec.unschedulable = !node.spec.unschedulable;
		else if (node.metadata.labels!.disk) delete node.metadata.labels!.disk;
		else node.metadata.labels!.disk = 'ssd';
		client.update('nodes', node);
	},
	({ client, podNames }, pick) => {
		const names = podNames();
		const gracePeriodSeconds = [0, 1, undefined][pick(3)];
		if (names.length > 0) client.delete('pods', 'default', names[pick(names.length)], { gracePeriodSeconds });
	},
	({ client }, pick) => {
		const pods = client.list<Pod>('pods', 'default', ({ metadata }) => !metadata.deletionTimestamp);
		if (pods.length === 0) return;
		const pod = structuredClone(pods[pick(pods.length)]);
		pod.metadata.labels = { ...pod.metadata.labels, app: ['web', 'agent', 'nobody'][pick(3)] };
		client.update('pods', pod);
	},
	(cluster, pick) =>
		editWorkload<Job>(cluster, 'jobs.batch', 'work', ({ spec }) => {
			if (pick(2) === 0) spec.suspend = !spec.suspend;
			else spec.parallelism = pick(4);
		}),
	({ clock }, pick) => clock.advance(pick(8000)),
];

test('whatever is done to Deployments, DaemonSets and Jobs, they come to their specs', async () => {
	for (let seed = 1; seed <= 6; seed++) {
		const random = createRandom(seed);
		const pick: Pick = (limit) => Math.floor(random() * limit);
		const cluster = createTestCluster({ nodes: 3, seed });
		const { client } = cluster;
		createDeployment(cluster);
		createWorkload(cluster, 'daemonsets.apps', 'agent', {
			selector: { matchLabels: { app: 'agent' } },
			template: templateOf('agent'),
		});
		createWorkload(cluster, 'jobs.batch', 'work', {
			completions: 12,
			parallelism: 2,
			completionMode: 'Indexed',
			backoffLimit: 1000,
			template: {
				spec: {
					containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '4'] }],
					restartPolicy: 'Never',
					terminationGracePeriodSeconds: 1,
				},
			},
		});
		for (let step = 0; step < 60; step++) await disturbances[pick(disturbances.length)](cluster, pick);

		for (const node of client.list<Node>('nodes'))
			client.update('nodes', { ...node, spec: { ...node.spec, unschedulable: false } });
		editDeployment(cluster, (spec) => {
			spec.replicas = 4;
			spec.paused = false;
			spec.template.spec!.containers[0].image = 'busybox:1.29';
		});
		editDaemonSet(cluster, ({ template }) => {
			template.spec!.nodeSelector = undefined;
			template.spec!.containers[0].image = 'busybox:1.29';
		});
		if (!isFinished(workload(cluster, 'jobs.batch', 'work')))
			editWorkload<Job>(cluster, 'jobs.batch', 'work', ({ spec }) => {
				spec.suspend = false;
				spec.parallelism = 4;
			});
		await cluster.clock.advance(1_200_000);

		const what = `seed ${seed}`;
		const web = workload<Deployment>(cluster, 'deployments.apps', 'web');
		assert(isComplete(web, web.status), `${what}: ${JSON.stringify(web.status)}`);
		const sets = client.list<ReplicaSet>('replicasets.apps', 'default');
		assert(
			sets.every((set) => controllerOf(set)?.uid === web.metadata.uid),
			what,
		);
		const replicas = sets.flatMap((set) => podsOf(cluster, set));
		assert.equal(replicas.length, 4, what);
		const agents = podsOf(cluster, workload(cluster, 'daemonsets.apps', 'agent'));
		assert.deepEqual(agents.map(({ spec }) => spec.nodeName).sort(), ['node1', 'node2', 'node3'], what);
		for (const { metadata, spec } of [...replicas, ...agents]) {
			assert(cluster.isReady(metadata.name), what);
			assert.equal(spec.containers[0].image, 'busybox:1.29', what);
		}
		const { status } = workload<Job>(cluster, 'jobs.batch', 'work');
		assert.equal(status!.completedIndexes, '0-11', what);
		assert.deepEqual(
			status!.conditions!.filter(({ type }) => type === 'Complete').map((each) => each.status),
			['True'],
			what,
		);
		cluster.lab.stop();
	}
});
