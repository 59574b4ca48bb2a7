// A cluster that is switched off and on again: what it was told, and what is on its disks, is there still.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gadgetDefinition } from './api/custom-resources/test-definition.ts';
import type {
	CustomResourceDefinition,
	DaemonSet,
	Deployment,
	Job,
	ObjectMeta,
	PersistentVolumeClaim,
	Pod,
	Secret,
} from './schema/types.ts';
import { createTestCluster, logOf, sleeper, statusOf, type TestCluster } from './test-cluster.ts';

/** Counts its starts on its disk, under two names, and tells how often it has been started. */
const counts = [
	'cd /data && echo start >> starts && ln -f starts same && ln -sf starts link && chmod 640 starts',
	'wc -l < link; stat -c "%A %h" starts',
	'sleep 1000000',
].join('; ');

const claim: PersistentVolumeClaim = {
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: { name: 'data' } as PersistentVolumeClaim['metadata'],
	spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

/** Another cluster on what the first one leaves, as it comes back from a file. */
function again(cluster: TestCluster, seed = 2): TestCluster {
	const kept = structuredClone(cluster.lab.keep());
	cluster.lab.stop();
	return createTestCluster({ nodes: kept.nodes, seed, kept });
}

const shapes = (cluster: TestCluster) =>
	Object.entries(cluster.lab.keep().apiServer.store.objects).flatMap(([resource, objects]) =>
		resource === 'events'
			? []
			: objects.map(({ metadata }) => `${resource} ${metadata.name} ${metadata.uid}`),
	);

test('objects, disks and identities outlive the cluster; containers start again', async () => {
	const first = createTestCluster();
	first.createSet(
		'web',
		{ volumeClaimTemplates: [claim] },
		{
			containers: [
				{
					name: 'main',
					image: 'busybox:1.36',
					command: ['sh', '-c', counts],
					volumeMounts: [{ name: 'data', mountPath: '/data' }],
				},
			],
		},
	);
	await first.until(() => first.isReady('web-1'));
	assert.equal(await logOf(first, 'web-1'), '1\n-rw-r----- 2\n');
	const before = shapes(first);
	const second = again(first);
	await second.until(() => ['web-0', 'web-1'].every((name) => statusOf(second, name)?.restartCount === 1));
	await second.until(() => second.isReady('web-1'));
	assert.equal(await logOf(second, 'web-1'), '2\n-rw-r----- 2\n');
	assert.deepEqual(shapes(second), before);
	assert(
		second.events('web-1').includes('SandboxChanged Pod sandbox changed, it will be killed and re-created.'),
	);
	// And once more, as often as one likes.
	const third = again(second, 3);
	await third.until(() => statusOf(third, 'web-1')?.restartCount === 2 && third.isReady('web-1'));
	assert.equal(await logOf(third, 'web-1'), '3\n-rw-r----- 2\n');
	third.lab.stop();
});

test('an idle cluster is kept as it is, and goes on counting revisions', async () => {
	const first = createTestCluster({ nodes: 3 });
	await first.clock.advance(1_000);
	const { revision } = first.lab.keep().apiServer.store;
	const before = shapes(first);
	const second = again(first);
	await second.clock.advance(600_000);
	assert.deepEqual(shapes(second), before);
	const made = second.createPod('one', {});
	assert(Number(made.metadata.resourceVersion) > revision);
	second.lab.stop();
});

test('what was under way goes on: a pod that waits is placed, one that was to go goes', async () => {
	const first = createTestCluster();
	first.createPod('stubborn', {
		containers: [
			{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', 'trap "" TERM; sleep 1000000'] },
		],
		terminationGracePeriodSeconds: 3600,
	});
	await first.until(() => first.isReady('stubborn'));
	first.client.delete('pods', 'default', 'stubborn');
	first.createPod('waits', {});
	const second = again(first);
	await second.until(() => second.pod('stubborn') === undefined && second.isReady('waits'));
	second.lab.stop();
});

test('tokens stay valid, and custom resources served', async () => {
	const first = createTestCluster();
	first.client.create<Secret>('secrets', {
		apiVersion: 'v1',
		kind: 'Secret',
		type: 'kubernetes.io/service-account-token',
		metadata: {
			name: 'token',
			namespace: 'default',
			annotations: { 'kubernetes.io/service-account.name': 'default' },
		},
	});
	first.client.create<CustomResourceDefinition>('customresourcedefinitions.apiextensions.k8s.io', {
		apiVersion: 'apiextensions.k8s.io/v1',
		kind: 'CustomResourceDefinition',
		...gadgetDefinition({}),
	});
	const stored = (cluster: TestCluster) =>
		cluster.client.get<Secret>('secrets', 'default', 'token')?.data?.token;
	await first.until(() => stored(first) !== undefined);
	await first.clock.advance(1_000);
	first.client.create('gadgets.example.com', {
		apiVersion: 'example.com/v1',
		kind: 'Gadget',
		metadata: { name: 'lamp', namespace: 'default' },
	});
	const second = again(first);
	const ask = (path: string, headers = {}) =>
		second.lab.api.handle({
			method: 'GET',
			path,
			query: new URLSearchParams(),
			headers,
			signal: new AbortController().signal,
		});
	const whoAmI = await ask('/apis/example.com/v1/namespaces/default/gadgets/lamp', {
		authorization: `Bearer ${atob(stored(second) ?? '')}`,
	});
	// It is known who asks; what he may is another question.
	assert.equal(whoAmI.status, 403);
	assert.match(String(whoAmI.body), /system:serviceaccount:default:default/);
	assert.equal(second.client.get('gadgets.example.com', 'default', 'lamp')?.metadata.name, 'lamp');
	second.lab.stop();
});

test('whatever is under way when the power goes comes to its end', async () => {
	let cluster = createTestCluster({ nodes: 3 });
	const { client } = cluster;
	const metadata = (name: string) => ({ name, namespace: 'default' });
	const template = (name: string) => ({
		metadata: { ...({} as ObjectMeta), labels: { app: name } },
		spec: { containers: [sleeper], terminationGracePeriodSeconds: 5 },
	});
	const of = (name: string) => ({ selector: { matchLabels: { app: name } }, template: template(name) });
	const job = {
		template: {
			spec: {
				restartPolicy: 'OnFailure',
				containers: [{ ...sleeper, command: ['sleep', '20'] }],
			},
		},
	};
	client.create<Deployment>('deployments.apps', {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: metadata('rolls'),
		spec: { replicas: 4, ...of('rolls') } as Deployment['spec'],
	});
	client.create<DaemonSet>('daemonsets.apps', {
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: metadata('everywhere'),
		spec: of('everywhere') as DaemonSet['spec'],
	});
	client.create<Job>('jobs.batch', {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: metadata('once'),
		spec: { completions: 4, parallelism: 2, ...job } as Job['spec'],
	});
	cluster.createSet('web', { replicas: 3, volumeClaimTemplates: [claim] }, template('web').spec);
	const scale = (replicas: number) => (cluster: TestCluster) =>
		cluster.updateSet('web', ({ spec }) => {
			spec.replicas = replicas;
		});
	/** Cuts the power after a while, and changes something when it is back. */
	const cuts: [afterMs: number, change: (cluster: TestCluster) => void][] = [
		[400, () => {}],
		[900, scale(5)],
		[
			3_000,
			({ client }) => {
				const stored = structuredClone(client.get<Deployment>('deployments.apps', 'default', 'rolls')!);
				stored.spec.template.spec!.containers[0].image = 'busybox:1.37';
				client.update('deployments.apps', stored);
			},
		],
		[1_300, scale(2)],
		[2_100, ({ client }) => client.delete('pods', 'default', 'web-0')],
		[700, ({ client }) => client.delete('daemonsets.apps', 'default', 'everywhere')],
		[5_000, () => {}],
	];
	for (const [index, [afterMs, change]] of cuts.entries()) {
		await cluster.clock.advance(afterMs);
		cluster = again(cluster, index + 10);
		change(cluster);
	}
	const last = cluster;
	const done = () => {
		const deployment = last.client.get<Deployment>('deployments.apps', 'default', 'rolls')?.status;
		const status = last.set('web')?.status;
		return (
			deployment?.availableReplicas === 4 &&
			deployment.updatedReplicas === 4 &&
			status?.readyReplicas === 2 &&
			status.replicas === 2 &&
			last.client.get<Job>('jobs.batch', 'default', 'once')?.status?.succeeded === 4
		);
	};
	await last.until(done, 600_000);
	await last.clock.advance(60_000);
	const running = last.client
		.list<Pod>('pods', 'default', ({ status }) => status?.phase !== 'Succeeded')
		.map(({ metadata, status }) => `${metadata.labels?.app} ${status?.phase}`);
	assert.deepEqual(running.sort(), [...Array(4).fill('rolls Running'), ...Array(2).fill('web Running')]);
	assert(done());
	last.lab.stop();
});
