import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StatefulSetSpec } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';

const template = {
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: { name: 'data' },
	spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
} as unknown as PersistentVolumeClaim;

const withClaims = (spec: Partial<StatefulSetSpec> = {}): Partial<StatefulSetSpec> => ({
	volumeClaimTemplates: [template],
	...spec,
});

const claim = ({ client }: TestCluster, name: string) =>
	client.get<PersistentVolumeClaim>('persistentvolumeclaims', 'default', name);

const claimNames = ({ client }: TestCluster) =>
	client
		.list<PersistentVolumeClaim>('persistentvolumeclaims', 'default')
		.map(({ metadata }) => metadata.name);

const owner = (cluster: TestCluster, name: string) =>
	claim(cluster, name)?.metadata.ownerReferences?.[0]?.kind;

async function ready(cluster: TestCluster, ...pods: string[]): Promise<void> {
	await cluster.until(() => pods.every(cluster.isReady) && cluster.podNames().length === pods.length);
}

function scale(cluster: TestCluster, replicas: number): void {
	cluster.updateSet('web', (set) => {
		set.spec.replicas = replicas;
	});
}

test('each replica has a claim of its own, which stays when the set is scaled down or deleted', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', withClaims());
	await ready(cluster, 'web-0', 'web-1');
	assert.deepEqual(claimNames(cluster), ['data-web-0', 'data-web-1']);
	assert.deepEqual(claim(cluster, 'data-web-1')!.metadata.labels, { app: 'web' });
	assert.equal(cluster.pod('web-1')!.spec.volumes![0].persistentVolumeClaim!.claimName, 'data-web-1');
	const volume = claim(cluster, 'data-web-1')!.spec.volumeName;

	scale(cluster, 1);
	await ready(cluster, 'web-0');
	scale(cluster, 2);
	await ready(cluster, 'web-0', 'web-1');
	assert.equal(claim(cluster, 'data-web-1')!.spec.volumeName, volume);

	cluster.client.delete('statefulsets.apps', 'default', 'web', { propagationPolicy: 'Foreground' });
	await cluster.until(() => cluster.podNames().length === 0 && cluster.set('web') === undefined);
	await cluster.clock.advance(60_000);
	assert.deepEqual(claimNames(cluster), ['data-web-0', 'data-web-1']);
	assert.equal(owner(cluster, 'data-web-0'), undefined);
	cluster.lab.stop();
});

test('with whenDeleted: Delete claims and their volumes go with the set, and not before', async () => {
	const cluster = createTestCluster();
	const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Retain' };
	cluster.createSet('web', withClaims({ persistentVolumeClaimRetentionPolicy }));
	await ready(cluster, 'web-0', 'web-1');
	assert.equal(owner(cluster, 'data-web-0'), 'StatefulSet');
	scale(cluster, 1);
	await ready(cluster, 'web-0');
	assert.deepEqual(claimNames(cluster), ['data-web-0', 'data-web-1']);

	cluster.client.delete('statefulsets.apps', 'default', 'web', { propagationPolicy: 'Background' });
	await cluster.until(() => claimNames(cluster).length === 0);
	await cluster.until(() => cluster.client.list<PersistentVolume>('persistentvolumes').length === 0);
	cluster.lab.stop();
});

test('with whenScaled: Delete a claim goes with its pod when that is scaled away, not when it is replaced', async () => {
	const cluster = createTestCluster();
	const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Retain', whenScaled: 'Delete' };
	cluster.createSet('web', withClaims({ persistentVolumeClaimRetentionPolicy }));
	await ready(cluster, 'web-0', 'web-1');
	const volume = claim(cluster, 'data-web-1')!.spec.volumeName;
	cluster.client.delete('pods', 'default', 'web-1');
	await cluster.until(() => cluster.pod('web-1') === undefined);
	await ready(cluster, 'web-0', 'web-1');
	assert.equal(claim(cluster, 'data-web-1')!.spec.volumeName, volume);

	scale(cluster, 1);
	await cluster.until(() => claimNames(cluster).length === 1);
	assert.deepEqual(cluster.podNames(), ['web-0']);
	scale(cluster, 2);
	await ready(cluster, 'web-0', 'web-1');
	assert.notEqual(claim(cluster, 'data-web-1')!.spec.volumeName, volume);

	cluster.client.delete('statefulsets.apps', 'default', 'web', { propagationPolicy: 'Background' });
	await cluster.until(() => cluster.podNames().length === 0);
	await cluster.clock.advance(60_000);
	assert.deepEqual(claimNames(cluster), ['data-web-0', 'data-web-1']);
	cluster.lab.stop();
});

test('owners follow the policy when it changes', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', withClaims());
	await ready(cluster, 'web-0', 'web-1');
	const change = (whenDeleted: string) =>
		cluster.updateSet('web', (set) => {
			set.spec.persistentVolumeClaimRetentionPolicy = { whenDeleted, whenScaled: 'Retain' };
		});
	change('Delete');
	await cluster.until(() => owner(cluster, 'data-web-1') === 'StatefulSet');
	change('Retain');
	await cluster.until(() => owner(cluster, 'data-web-0') === undefined);
	cluster.lab.stop();
});

test('no pod is made while its claim is on its way out', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web', withClaims());
	await ready(cluster, 'web-0', 'web-1');
	const held = structuredClone(claim(cluster, 'data-web-1')!);
	held.metadata.finalizers!.push('example.com/backup');
	cluster.client.update('persistentvolumeclaims', held);
	cluster.client.delete('persistentvolumeclaims', 'default', 'data-web-1');
	assert(claim(cluster, 'data-web-1'), 'a claim in use stays');
	cluster.client.delete('pods', 'default', 'web-1');
	await cluster.clock.advance(20_000);
	assert.deepEqual(cluster.podNames(), ['web-0']);
	assert(
		cluster
			.events('web')
			.includes(
				'FailedCreate Create Pod web-1 in StatefulSet web failed error: pvc data-web-1 is being deleted',
			),
	);
	const free = structuredClone(claim(cluster, 'data-web-1')!);
	free.metadata.finalizers = [];
	cluster.client.update('persistentvolumeclaims', free);
	await ready(cluster, 'web-0', 'web-1');
	assert.equal(claim(cluster, 'data-web-1')!.metadata.deletionTimestamp, undefined);
	cluster.lab.stop();
});

test('a claim that the server refuses is told of, and the pod waits', async () => {
	const cluster = createTestCluster();
	const refused = { ...template, spec: { ...template.spec, accessModes: [] } };
	cluster.createSet('web', withClaims({ volumeClaimTemplates: [refused] }));
	await cluster.clock.advance(1000);
	const why =
		'PersistentVolumeClaim "data-web-0" is invalid: spec.accessModes: Required value: at least 1 access mode is required';
	assert.deepEqual(cluster.events('web'), [
		`FailedCreate Create Claim data-web-0 for Pod web-0 in StatefulSet web failed error: ${why}`,
		`FailedCreate Create Pod web-0 in StatefulSet web failed error: failed to create PVC data-web-0: ${why}`,
	]);
	assert.deepEqual(cluster.client.list<Pod>('pods', 'default'), []);
	cluster.lab.stop();
});
