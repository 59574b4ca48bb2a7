import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../schema/types.ts';
import { driverName } from '../../storage/names.ts';
import {
	claim,
	createClaim,
	createClass,
	createVolume,
	volume,
	volumeOf,
	volumePhase,
} from '../../storage/test-storage.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';

const none = { storageClassName: '' };
const bound = (cluster: TestCluster, name: string) => () => claim(cluster, name)?.status?.phase === 'Bound';
const ofSize = (storage: string) => ({ resources: { requests: { storage } } });
const settle = (cluster: TestCluster) => cluster.clock.advance(5000);

function changeVolume(cluster: TestCluster, name: string, change: (volume: PersistentVolume) => void): void {
	const copy = structuredClone(volume(cluster, name)!);
	change(copy);
	cluster.client.update('persistentvolumes', copy);
}

test('a claim of the default class gets a volume made for it, and both go together', async () => {
	const cluster = createTestCluster();
	const { metadata, spec } = createClaim(cluster, 'data');
	assert.equal(spec.storageClassName, 'standard');
	assert.deepEqual(metadata.finalizers, ['kubernetes.io/pvc-protection']);
	await cluster.until(bound(cluster, 'data'));
	const name = `pvc-${metadata.uid}`;
	assert.deepEqual(claim(cluster, 'data')!.status, {
		accessModes: ['ReadWriteOnce'],
		capacity: { storage: '1Gi' },
		phase: 'Bound',
	});
	assert.deepEqual(claim(cluster, 'data')!.metadata.annotations, {
		'pv.kubernetes.io/bind-completed': 'yes',
		'pv.kubernetes.io/bound-by-controller': 'yes',
		'volume.beta.kubernetes.io/storage-provisioner': driverName,
		'volume.kubernetes.io/storage-provisioner': driverName,
	});
	const made = volume(cluster, name)!;
	assert.equal(made.spec.persistentVolumeReclaimPolicy, 'Delete');
	assert.equal(made.spec.claimRef!.uid, metadata.uid);
	assert.equal(made.status!.phase, 'Bound');
	assert.deepEqual(cluster.events('data'), [
		`ExternalProvisioning Waiting for a volume to be created either by the external provisioner '${driverName}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
		'Provisioning External provisioner is provisioning volume for claim "default/data"',
		`ProvisioningSucceeded Successfully provisioned volume ${name}`,
	]);
	cluster.client.delete('persistentvolumeclaims', 'default', 'data');
	await cluster.until(() => volume(cluster, name) === undefined);
	cluster.lab.stop();
});

test('a claim takes the smallest volume that has all it asks for', async () => {
	const cluster = createTestCluster();
	createVolume(cluster, 'huge', { capacity: { storage: '100Gi' } });
	createVolume(cluster, 'small', { capacity: { storage: '1Gi' } });
	createVolume(cluster, 'medium', { capacity: { storage: '5Gi' } });
	createVolume(cluster, 'shared', { capacity: { storage: '4Gi' }, accessModes: ['ReadWriteMany'] });
	createVolume(cluster, 'other', { capacity: { storage: '3Gi' }, storageClassName: 'other' });
	createVolume(cluster, 'raw', { capacity: { storage: '3Gi' }, volumeMode: 'Block' });
	await cluster.until(() => volumePhase(cluster, 'raw') === 'Available');
	createClaim(cluster, 'data', { ...none, ...ofSize('2Gi') });
	await cluster.until(bound(cluster, 'data'));
	assert.equal(claim(cluster, 'data')!.spec.volumeName, 'medium');
	assert.deepEqual(claim(cluster, 'data')!.status!.capacity, { storage: '5Gi' });
	cluster.lab.stop();
});

test('a selector chooses among volumes, and keeps a claim waiting until there is one', async () => {
	const cluster = createTestCluster();
	createVolume(cluster, 'slow', {}, { disk: 'hdd' });
	await cluster.until(() => volumePhase(cluster, 'slow') === 'Available');
	createClaim(cluster, 'data', { ...none, selector: { matchLabels: { disk: 'ssd' } } });
	await settle(cluster);
	assert.equal(claim(cluster, 'data')!.status!.phase, 'Pending');
	assert.deepEqual(cluster.events('data'), [
		'FailedBinding no persistent volumes available for this claim and no storage class is set',
	]);
	createVolume(cluster, 'fast', {}, { disk: 'ssd' });
	await cluster.until(bound(cluster, 'data'));
	assert.equal(claim(cluster, 'data')!.spec.volumeName, 'fast');
	cluster.lab.stop();
});

test('a claim that names its volume gets that one or none', async () => {
	const cluster = createTestCluster();
	createVolume(cluster, 'mine');
	createClaim(cluster, 'data', { ...none, volumeName: 'mine' });
	await cluster.until(bound(cluster, 'data'));
	assert.equal(
		claim(cluster, 'data')!.metadata.annotations!['pv.kubernetes.io/bound-by-controller'],
		undefined,
	);

	createClaim(cluster, 'second', { ...none, volumeName: 'mine' });
	createVolume(cluster, 'tiny', { capacity: { storage: '1Mi' } });
	createClaim(cluster, 'third', { ...none, volumeName: 'tiny' });
	await settle(cluster);
	assert.deepEqual(cluster.events('second'), [
		'FailedBinding volume "mine" already bound to a different claim.',
	]);
	assert.deepEqual(cluster.events('third'), [
		'VolumeMismatch Cannot bind to requested volume "tiny": requested PV is too small',
	]);
	assert.equal(claim(cluster, 'third')!.status!.phase, 'Pending');

	createClaim(cluster, 'early', { ...none, volumeName: 'late' });
	await settle(cluster);
	createVolume(cluster, 'late');
	await cluster.until(bound(cluster, 'early'));
	cluster.lab.stop();
});

test('a volume that is reserved goes to its claim alone', async () => {
	const cluster = createTestCluster();
	createVolume(cluster, 'kept', { claimRef: { namespace: 'default', name: 'data' } });
	createClaim(cluster, 'stranger', none);
	await settle(cluster);
	assert.equal(volumePhase(cluster, 'kept'), 'Available');
	assert.equal(claim(cluster, 'stranger')!.status!.phase, 'Pending');
	const { metadata } = createClaim(cluster, 'data', none);
	await cluster.until(bound(cluster, 'data'));
	assert.equal(volume(cluster, 'kept')!.spec.claimRef!.uid, metadata.uid);
	cluster.lab.stop();
});

test('a retained volume is released with its data, and free again when its claim reference is removed', async () => {
	const cluster = createTestCluster();
	createVolume(cluster, 'kept');
	createClaim(cluster, 'data', none);
	await cluster.until(bound(cluster, 'data'));
	cluster.client.delete('persistentvolumeclaims', 'default', 'data');
	await cluster.until(() => volumePhase(cluster, 'kept') === 'Released');
	createClaim(cluster, 'data', none);
	await settle(cluster);
	assert.equal(claim(cluster, 'data')!.status!.phase, 'Pending');
	changeVolume(cluster, 'kept', ({ spec }) => {
		delete spec.claimRef;
	});
	await cluster.until(bound(cluster, 'data'));
	cluster.lab.stop();
});

test('a volume made by hand that is to be deleted says why it cannot be', async () => {
	const cluster = createTestCluster();
	const persistentVolumeReclaimPolicy = 'Delete';
	createVolume(cluster, 'mine', { persistentVolumeReclaimPolicy });
	createVolume(cluster, 'foreign', {
		persistentVolumeReclaimPolicy,
		csi: { driver: 'other.example.com', volumeHandle: '1' },
	});
	createVolume(cluster, 'scratch', { persistentVolumeReclaimPolicy, hostPath: { path: '/tmp/scratch' } });
	for (const volumeName of ['mine', 'foreign', 'scratch']) {
		createClaim(cluster, volumeName, { ...none, volumeName });
		await cluster.until(bound(cluster, volumeName));
		cluster.client.delete('persistentvolumeclaims', 'default', volumeName);
	}
	await cluster.until(() => volume(cluster, 'scratch') === undefined);
	await cluster.until(() => volumePhase(cluster, 'foreign') === 'Failed');
	assert.equal(
		volume(cluster, 'mine')!.status!.message,
		'host_path deleter only supports /tmp/.+ but received provided /data/mine',
	);
	assert.equal(
		volume(cluster, 'foreign')!.status!.message,
		'error getting deleter volume plugin for volume "foreign": no deletable volume plugin matched',
	);
	cluster.lab.stop();
});

test('a provisioned volume outlives its claim where its policy is changed to Retain', async () => {
	const cluster = createTestCluster();
	createClaim(cluster, 'data');
	await cluster.until(bound(cluster, 'data'));
	const { name } = volumeOf(cluster, 'data')!.metadata;
	changeVolume(cluster, name, ({ spec }) => {
		spec.persistentVolumeReclaimPolicy = 'Retain';
	});
	cluster.client.delete('persistentvolumeclaims', 'default', 'data');
	await cluster.clock.advance(60_000);
	assert.equal(volumePhase(cluster, name), 'Released');
	cluster.client.delete('persistentvolumes', '', name);
	await cluster.until(() => volume(cluster, name) === undefined);
	cluster.lab.stop();
});

test('a bound volume is not deleted before its claim, and a claim whose volume is gone is lost', async () => {
	const cluster = createTestCluster();
	createVolume(cluster, 'mine');
	createClaim(cluster, 'data', none);
	await cluster.until(bound(cluster, 'data'));
	cluster.client.delete('persistentvolumes', '', 'mine');
	await settle(cluster);
	assert(volume(cluster, 'mine')!.metadata.deletionTimestamp);
	changeVolume(cluster, 'mine', ({ metadata }) => {
		metadata.finalizers = [];
	});
	await cluster.until(() => claim(cluster, 'data')!.status!.phase === 'Lost');
	assert(
		cluster
			.events('data')
			.includes('ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!'),
	);
	cluster.lab.stop();
});

test('a class that is missing, or that nobody provisions for, is told of', async () => {
	const cluster = createTestCluster();
	createClaim(cluster, 'nowhere', { storageClassName: 'fast' });
	createClass(cluster, 'manual', { provisioner: 'kubernetes.io/no-provisioner' });
	createClaim(cluster, 'manual', { storageClassName: 'manual' });
	await settle(cluster);
	assert.deepEqual(cluster.events('nowhere'), [
		'ProvisioningFailed storageclass.storage.k8s.io "fast" not found',
	]);
	assert.deepEqual(cluster.events('manual'), [
		'ProvisioningFailed no volume plugin matched name: kubernetes.io/no-provisioner',
	]);
	createClass(cluster, 'fast');
	await cluster.until(bound(cluster, 'nowhere'));
	cluster.lab.stop();
});

test('claims made before there was a default class get it afterwards', async () => {
	const cluster = createTestCluster();
	const resource = 'storageclasses.storage.k8s.io';
	const standard = cluster.client.get<StorageClass>(resource, '', 'standard')!;
	const { annotations: _, ...metadata } = standard.metadata;
	cluster.client.update<StorageClass>(resource, { ...standard, metadata });
	assert.equal(createClaim(cluster, 'data').spec.storageClassName, undefined);
	await settle(cluster);
	assert.equal(claim(cluster, 'data')!.status!.phase, 'Pending');
	const now = cluster.client.get<StorageClass>(resource, '', 'standard')!;
	cluster.client.update<StorageClass>(resource, {
		...now,
		metadata: { ...now.metadata, annotations: standard.metadata.annotations },
	});
	await cluster.until(bound(cluster, 'data'));
	assert.equal(claim(cluster, 'data')!.spec.storageClassName, 'standard');
	cluster.lab.stop();
});

test('a claim grows where its class allows that, and its condition says what is left to do', async () => {
	const cluster = createTestCluster();
	createClass(cluster, 'growing', { allowVolumeExpansion: true });
	createClaim(cluster, 'data', { storageClassName: 'growing' });
	await cluster.until(bound(cluster, 'data'));
	const grown = structuredClone(claim(cluster, 'data')!);
	grown.spec.resources!.requests!.storage = '2Gi';
	cluster.client.update<PersistentVolumeClaim>('persistentvolumeclaims', grown);
	const condition = () => claim(cluster, 'data')!.status!.conditions?.[0];
	await cluster.until(() => condition()?.type === 'Resizing');
	await cluster.until(() => condition()?.type === 'FileSystemResizePending');
	assert.equal(
		condition()!.message,
		'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
	);
	assert.deepEqual(volumeOf(cluster, 'data')!.spec.capacity, { storage: '2Gi' });
	assert.deepEqual(claim(cluster, 'data')!.status!.capacity, { storage: '1Gi' });
	cluster.createPod('user', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
	await cluster.until(() => claim(cluster, 'data')!.status!.capacity!.storage === '2Gi');
	assert.equal(claim(cluster, 'data')!.status!.conditions, undefined);
	const name = volumeOf(cluster, 'data')!.metadata.name;
	const node = cluster.pod('user')!.spec.nodeName;
	assert.deepEqual(cluster.events('data').slice(3), [
		'ExternalExpanding waiting for an external controller to expand this PVC',
		`Resizing External resizer is resizing volume ${name}`,
		'FileSystemResizeRequired Require file system resize of volume on node',
		`FileSystemResizeSuccessful MountVolume.NodeExpandVolume succeeded for volume "${name}" ${node}`,
	]);
	cluster.lab.stop();
});

test('a claim in use is deleted when the last pod that uses it is gone', async () => {
	const cluster = createTestCluster();
	createClaim(cluster, 'data');
	const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
	cluster.createPod('user', { volumes });
	await cluster.until(() => cluster.isReady('user'));
	cluster.client.delete('persistentvolumeclaims', 'default', 'data');
	await cluster.clock.advance(60_000);
	assert(claim(cluster, 'data')!.metadata.deletionTimestamp);
	assert.equal(claim(cluster, 'data')!.status!.phase, 'Bound');
	cluster.client.delete('pods', 'default', 'user');
	await cluster.until(() => claim(cluster, 'data') === undefined);
	await cluster.until(() => cluster.client.list('persistentvolumes').length === 0);
	cluster.lab.stop();
});
