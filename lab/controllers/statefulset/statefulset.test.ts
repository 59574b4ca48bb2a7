import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerRevision, Pod, StatefulSet } from '../../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../../test-cluster.ts';
import { revisionHash } from '../history.ts';

/** The order in which pods come and go, as `+web-0`, `-web-0`; fails where two have one name at once. */
function trackPods({ client }: TestCluster): string[] {
	const seen: string[] = [];
	const present = new Set<string>();
	client.watch<Pod>('pods', ({ type, object }) => {
		const { name } = object.metadata;
		if (type === 'ADDED') {
			assert(!present.has(name), `there are two pods named ${name}`);
			present.add(name);
			seen.push(`+${name}`);
		}
		if (type === 'DELETED') {
			present.delete(name);
			seen.push(`-${name}`);
		}
	});
	return seen;
}

const otherImage = (set: StatefulSet, image = 'busybox:1.29') => {
	set.spec.template.spec!.containers[0].image = image;
};

const images = (cluster: TestCluster) =>
	cluster.client.list<Pod>('pods', 'default').map(({ spec }) => spec.containers[0].image);

const settled = (cluster: TestCluster, name: string, ready: number) => () => {
	const set = cluster.set(name);
	return (
		set?.status?.observedGeneration === set?.metadata.generation &&
		(set?.status?.readyReplicas ?? 0) === ready &&
		set?.status?.replicas === ready &&
		cluster.podNames().filter((pod) => pod.startsWith(`${name}-`) && cluster.isReady(pod)).length === ready
	);
};

test('pods are created in order, each when the one before is ready, and carry their identity', async () => {
	const cluster = createTestCluster();
	const order = trackPods(cluster);
	cluster.createSet('web', { replicas: 3 });
	await cluster.until(() => cluster.podNames().length === 2);
	assert(cluster.isReady('web-0'));
	assert(!cluster.isReady('web-1'));
	await cluster.until(settled(cluster, 'web', 3));
	assert.deepEqual(order, ['+web-0', '+web-1', '+web-2']);

	const set = cluster.set('web')!;
	const pod = cluster.pod('web-2')!;
	assert.equal(pod.spec.hostname, 'web-2');
	assert.equal(pod.spec.subdomain, 'web');
	assert.deepEqual(pod.metadata.labels, {
		app: 'web',
		'apps.kubernetes.io/pod-index': '2',
		'controller-revision-hash': set.status!.currentRevision,
		'statefulset.kubernetes.io/pod-name': 'web-2',
	});
	assert.deepEqual(pod.metadata.ownerReferences, [
		{
			apiVersion: 'apps/v1',
			kind: 'StatefulSet',
			name: 'web',
			uid: set.metadata.uid,
			controller: true,
			blockOwnerDeletion: true,
		},
	]);
	assert.match(set.status!.currentRevision!, /^web-[bcdfghjklmnpqrstvwxz2456789]{4,10}$/);
	assert.equal(set.status!.updateRevision, set.status!.currentRevision);
	assert.deepEqual(
		cluster.events('web').filter((event) => event.includes('Pod')),
		[0, 1, 2].map((ordinal) => `SuccessfulCreate Create Pod web-${ordinal} in StatefulSet web successful`),
	);
	cluster.lab.stop();
});

test('a revision has the name that Kubernetes gives it', () => {
	// Read from a Kubernetes 1.20 cluster, where it was named hashprobe-bf5b6b74c.
	const template = {
		$patch: 'replace',
		spec: {
			containers: [
				{
					name: 'main',
					image: 'busybox',
					command: ['sh', '-c', 'echo a && sleep 1 <in >out'],
					resources: {},
					terminationMessagePath: '/dev/termination-log',
					terminationMessagePolicy: 'File',
					imagePullPolicy: 'Always',
				},
			],
			restartPolicy: 'Always',
			terminationGracePeriodSeconds: 30,
			dnsPolicy: 'ClusterFirst',
			securityContext: {},
			schedulerName: 'default-scheduler',
		},
		metadata: { creationTimestamp: null, labels: { app: 'hashprobe' } },
	};
	assert.equal(revisionHash({ spec: { template } }, 0), 'bf5b6b74c');
	assert.notEqual(revisionHash({ spec: { template } }, 1), 'bf5b6b74c');
});

test('scaling down removes from the highest ordinal, one after another', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 3 });
	await cluster.until(settled(cluster, 'web', 3));
	const order = trackPods(cluster);
	order.length = 0;
	cluster.updateSet('web', (set) => {
		set.spec.replicas = 1;
	});
	await cluster.until(settled(cluster, 'web', 1));
	assert.deepEqual(order, ['-web-2', '-web-1']);
	cluster.lab.stop();
});

test('Parallel creates all pods at once, from the start ordinal on', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 3, podManagementPolicy: 'Parallel', ordinals: { start: 5 } });
	await cluster.until(() => cluster.podNames().length === 3);
	assert.deepEqual(cluster.podNames(), ['web-5', 'web-6', 'web-7']);
	assert(!cluster.isReady('web-5'));
	await cluster.until(settled(cluster, 'web', 3));
	cluster.updateSet('web', (set) => {
		set.spec.replicas = 0;
	});
	await cluster.until(() =>
		cluster.client.list<Pod>('pods', 'default').every(({ metadata }) => metadata.deletionTimestamp),
	);
	await cluster.until(settled(cluster, 'web', 0));
	assert.deepEqual(cluster.podNames(), []);
	cluster.lab.stop();
});

test('a deleted pod is replaced by one of the same name, never by a second one beside it', async () => {
	const cluster = createTestCluster();
	const order = trackPods(cluster);
	cluster.createSet('web', { replicas: 2 });
	await cluster.until(settled(cluster, 'web', 2));
	const before = cluster.pod('web-0')!.metadata.uid;
	cluster.client.delete('pods', 'default', 'web-0');
	await cluster.until(() => cluster.isReady('web-0') && cluster.pod('web-0')!.metadata.uid !== before);
	assert.deepEqual(order, ['+web-0', '+web-1', '-web-0', '+web-0']);
	cluster.lab.stop();
});

test('a rolling update goes from the highest ordinal down to the partition, and a rollback brings the revision back', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 3 });
	await cluster.until(settled(cluster, 'web', 3));
	const first = cluster.set('web')!.status!.currentRevision;
	cluster.updateSet('web', (set) => {
		set.spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
		otherImage(set);
	});
	await cluster.until(
		() => cluster.set('web')!.status!.updatedReplicas === 1 && settled(cluster, 'web', 3)(),
	);
	await cluster.clock.advance(60_000);
	assert.deepEqual(images(cluster), ['busybox:1.36', 'busybox:1.36', 'busybox:1.29']);
	const partial = cluster.set('web')!.status!;
	assert.equal(partial.currentRevision, first);
	assert.notEqual(partial.updateRevision, first);
	assert.equal(partial.currentReplicas, 2);

	// Below the partition a lost pod comes back at the current revision.
	cluster.client.delete('pods', 'default', 'web-0');
	await cluster.until(() => cluster.podNames().length === 2);
	await cluster.until(settled(cluster, 'web', 3));
	assert.deepEqual(images(cluster), ['busybox:1.36', 'busybox:1.36', 'busybox:1.29']);

	const order = trackPods(cluster);
	order.length = 0;
	cluster.updateSet('web', (set) => {
		set.spec.updateStrategy!.rollingUpdate!.partition = 0;
	});
	await cluster.until(() => cluster.set('web')!.status!.currentRevision === partial.updateRevision);
	assert.deepEqual(order, ['-web-1', '+web-1', '-web-0', '+web-0']);
	assert.equal(cluster.set('web')!.status!.currentReplicas, 3);

	cluster.updateSet('web', (set) => otherImage(set, 'busybox:1.36'));
	await cluster.until(() => cluster.set('web')!.status!.currentRevision === first);
	const revisions = cluster.client.list<ControllerRevision>('controllerrevisions.apps', 'default');
	assert.deepEqual(revisions.map(({ metadata, revision }) => [metadata.name === first, revision]).sort(), [
		[false, 2],
		[true, 3],
	]);
	cluster.lab.stop();
});

test('maxUnavailable lets an update replace several pods at once', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', {
		replicas: 4,
		podManagementPolicy: 'Parallel',
		updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: 2 } },
	});
	await cluster.until(settled(cluster, 'web', 4));
	cluster.updateSet('web', (set) => otherImage(set));
	const leaving = () =>
		cluster.client
			.list<Pod>('pods', 'default')
			.filter(({ metadata }) => metadata.deletionTimestamp)
			.map(({ metadata }) => metadata.name);
	await cluster.until(() => leaving().length > 0);
	assert.deepEqual(leaving(), ['web-2', 'web-3']);
	await cluster.until(
		() => images(cluster).every((image) => image === 'busybox:1.29') && settled(cluster, 'web', 4)(),
	);
	cluster.lab.stop();
});

test('a share of the replicas that maxUnavailable gives is rounded down, but is at least one', async () => {
	for (const [maxUnavailable, first] of [
		['50%', ['web-3', 'web-4']],
		['10%', ['web-4']],
	] as const) {
		const cluster = createTestCluster();
		cluster.createSet('web', {
			replicas: 5,
			podManagementPolicy: 'Parallel',
			updateStrategy: { rollingUpdate: { maxUnavailable } },
		});
		await cluster.until(settled(cluster, 'web', 5));
		cluster.updateSet('web', (set) => otherImage(set));
		const leaving = () =>
			cluster.client
				.list<Pod>('pods', 'default', ({ metadata }) => metadata.deletionTimestamp !== undefined)
				.map(({ metadata }) => metadata.name);
		await cluster.until(() => leaving().length > 0);
		assert.deepEqual(leaving(), first);
		cluster.lab.stop();
	}
});

test('going back replaces a pod that never became ready with Parallel, and waits for it with OrderedReady', async () => {
	for (const [podManagementPolicy, last] of [
		['Parallel', 'busybox:1.36'],
		['OrderedReady', 'busybox:none'],
	] as const) {
		const cluster = createTestCluster();
		cluster.createSet('web', { replicas: 3, podManagementPolicy });
		await cluster.until(settled(cluster, 'web', 3));
		cluster.updateSet('web', (set) => otherImage(set, 'busybox:none'));
		await cluster.until(() => cluster.pod('web-2')?.spec.containers[0].image === 'busybox:none');
		await cluster.clock.advance(60_000);
		assert.deepEqual(images(cluster), ['busybox:1.36', 'busybox:1.36', 'busybox:none']);
		cluster.updateSet('web', (set) => otherImage(set, 'busybox:1.36'));
		await cluster.clock.advance(60_000);
		assert.deepEqual(images(cluster), ['busybox:1.36', 'busybox:1.36', last]);
		cluster.lab.stop();
	}
});

test('another start ordinal moves the set: new pods first, then those out of range go', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 2 });
	await cluster.until(settled(cluster, 'web', 2));
	const order = trackPods(cluster);
	order.length = 0;
	cluster.updateSet('web', (set) => {
		set.spec.ordinals = { start: 5 };
	});
	await cluster.until(settled(cluster, 'web', 2));
	assert.deepEqual(order, ['+web-5', '+web-6', '-web-1', '-web-0']);
	cluster.lab.stop();
});

test('minReadySeconds delays each step of a rolling update', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { minReadySeconds: 20 });
	await cluster.until(() => cluster.set('web')?.status?.availableReplicas === 2);
	cluster.updateSet('web', (set) => otherImage(set));
	await cluster.until(() => images(cluster)[1] === 'busybox:1.29' && cluster.isReady('web-1'));
	const readyAt = cluster.elapsed();
	await cluster.until(() => cluster.pod('web-0')?.metadata.deletionTimestamp !== undefined);
	assert(cluster.elapsed() - readyAt >= 19_000, `${cluster.elapsed() - readyAt} ms`);
	cluster.lab.stop();
});

test('OnDelete updates a pod only when somebody deletes it', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { updateStrategy: { type: 'OnDelete' } });
	await cluster.until(settled(cluster, 'web', 2));
	cluster.updateSet('web', (set) => otherImage(set));
	await cluster.clock.advance(60_000);
	assert.deepEqual(images(cluster), ['busybox:1.36', 'busybox:1.36']);
	cluster.client.delete('pods', 'default', 'web-0');
	await cluster.until(() => images(cluster)[0] === 'busybox:1.29' && settled(cluster, 'web', 2)());
	assert.equal(cluster.set('web')!.status!.updatedReplicas, 1);
	cluster.lab.stop();
});

test('minReadySeconds delays the next pod', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { minReadySeconds: 30 });
	await cluster.until(() => cluster.isReady('web-0'));
	const readyAt = cluster.elapsed();
	assert.equal(cluster.set('web')!.status!.availableReplicas, 0);
	await cluster.until(() => cluster.podNames().length === 2);
	assert(cluster.elapsed() - readyAt >= 29_000, `${cluster.elapsed() - readyAt} ms`);
	cluster.lab.stop();
});

test('orphaned pods are adopted by a new set of the same name', async () => {
	const cluster = createTestCluster();
	const { uid } = cluster.createSet('web').metadata;
	await cluster.until(settled(cluster, 'web', 2));
	const before = cluster.pod('web-0')!.metadata.uid;
	cluster.client.delete('statefulsets.apps', 'default', 'web', { propagationPolicy: 'Orphan' });
	await cluster.until(() => cluster.set('web') === undefined);
	assert.equal(cluster.pod('web-0')!.metadata.ownerReferences, undefined);
	const adopter = cluster.createSet('web').metadata.uid;
	assert.notEqual(adopter, uid);
	await cluster.until(() => cluster.pod('web-1')!.metadata.ownerReferences?.[0].uid === adopter);
	assert.equal(cluster.pod('web-0')!.metadata.uid, before);
	assert.equal(cluster.client.list('controllerrevisions.apps', 'default').length, 1);
	cluster.lab.stop();
});

test('a pod whose labels no longer match is let go and replaced once its name is free', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 1 });
	await cluster.until(settled(cluster, 'web', 1));
	const pod = structuredClone(cluster.pod('web-0')!);
	pod.metadata.labels!.app = 'other';
	cluster.client.update('pods', pod);
	await cluster.until(() => cluster.pod('web-0')!.metadata.ownerReferences === undefined);
	cluster.client.delete('pods', 'default', 'web-0');
	await cluster.until(() => cluster.pod('web-0')?.metadata.labels?.app === 'web');
	cluster.lab.stop();
});

test('a failed pod is deleted and created anew', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const [container] = [{ ...sleeper, ports: [{ containerPort: 80, hostPort: 8080 }] }];
	cluster.createPod('holder', { containers: [container] });
	await cluster.until(() => cluster.isReady('holder'));
	cluster.createSet('web', { replicas: 1 }, { containers: [container], nodeName: 'node1' });
	await cluster.until(() => cluster.pod('web-0')?.status?.phase === 'Failed');
	assert.equal(cluster.pod('web-0')!.status!.reason, 'NodePorts');
	const failed = cluster.pod('web-0')!.metadata.uid;
	cluster.client.delete('pods', 'default', 'holder');
	await cluster.until(() => cluster.isReady('web-0'));
	assert.notEqual(cluster.pod('web-0')!.metadata.uid, failed);
	cluster.lab.stop();
});

test('old revisions beyond the history limit are deleted', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', { replicas: 1, revisionHistoryLimit: 1 });
	await cluster.until(settled(cluster, 'web', 1));
	for (const value of ['a', 'b', 'c', 'd']) {
		cluster.updateSet('web', (set) => {
			set.spec.template.spec!.containers[0].env = [{ name: 'VERSION', value }];
		});
		await cluster.until(() => {
			const { currentRevision, updateRevision } = cluster.set('web')!.status!;
			return currentRevision === updateRevision && settled(cluster, 'web', 1)();
		});
	}
	await cluster.clock.advance(1000);
	const revisions = cluster.client.list<ControllerRevision>('controllerrevisions.apps', 'default');
	assert.deepEqual(revisions.map(({ revision }) => revision).sort(), [4, 5]);
	cluster.lab.stop();
});
