import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec, VolumeAttachment } from '../../schema/types.ts';
import {
	claim,
	claimVolumes,
	createClaim,
	createClass,
	createVolume,
	volumeOf,
} from '../../storage/test-storage.ts';
import { createTestCluster, logOf, type TestCluster } from '../../test-cluster.ts';

const on = (node: string): Partial<PodSpec> => ({ nodeSelector: { 'kubernetes.io/hostname': node } });

/** A pod that runs a shell command on its claims, mounted at /data, /data1 … */
function shell(
	cluster: TestCluster,
	name: string,
	command: string,
	claims: string[],
	spec: Partial<PodSpec> = {},
) {
	const { volumes, volumeMounts } = claimVolumes(...claims);
	return cluster.createPod(name, {
		containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', command], volumeMounts }],
		volumes,
		restartPolicy: 'Never',
		...spec,
	});
}

async function outputOf(cluster: TestCluster, name: string): Promise<string> {
	await cluster.until(() => /Succeeded|Failed/.test(cluster.pod(name)!.status!.phase!));
	return logOf(cluster, name);
}

test('what a pod writes to a claim is there for the next, on whatever node that runs', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	createClaim(cluster, 'data');
	createClaim(cluster, 'other');
	shell(cluster, 'writer', 'echo kept > /data/file; ls /data1', ['data', 'other'], on('node1'));
	assert.equal(await outputOf(cluster, 'writer'), '');
	shell(cluster, 'reader', 'cat /data/file; ls /data1', ['data', 'other'], on('node2'));
	assert.equal(await outputOf(cluster, 'reader'), 'kept\n');

	for (const pod of ['writer', 'reader']) cluster.client.delete('pods', 'default', pod);
	cluster.client.delete('persistentvolumeclaims', 'default', 'data');
	await cluster.until(() => claim(cluster, 'data') === undefined);
	createClaim(cluster, 'data');
	shell(cluster, 'again', 'ls /data', ['data']);
	assert.equal(await outputOf(cluster, 'again'), '');
	cluster.lab.stop();
});

test('a claim that is mounted read-only cannot be written', async () => {
	const cluster = createTestCluster();
	createClaim(cluster, 'data');
	shell(cluster, 'writer', 'echo x > /data/file', ['data'], {
		volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: true } }],
	});
	assert.match(await outputOf(cluster, 'writer'), /Read-only file system/);
	cluster.lab.stop();
});

test('a claim is full when it has no more room, and has more when it has grown', async () => {
	const cluster = createTestCluster();
	createClass(cluster, 'growing', { allowVolumeExpansion: true });
	createClaim(cluster, 'data', {
		storageClassName: 'growing',
		resources: { requests: { storage: '1Mi' } },
	});
	const write = 'dd if=/dev/zero of=/data/file bs=1M count=2 2>&1';
	shell(cluster, 'running', 'while true; do df -h /data | tail -n 1; sleep 1; done', ['data']);
	await cluster.until(() => cluster.isReady('running'));
	shell(cluster, 'before', write, ['data'], on(cluster.pod('running')!.spec.nodeName!));
	assert.match(await outputOf(cluster, 'before'), /No space left on device/);
	const grown = structuredClone(claim(cluster, 'data')!);
	grown.spec.resources!.requests!.storage = '4Mi';
	cluster.client.update('persistentvolumeclaims', grown);
	await cluster.until(() => volumeOf(cluster, 'data')!.spec.capacity!.storage === '4Mi');
	shell(cluster, 'after', write, ['data'], on(cluster.pod('running')!.spec.nodeName!));
	assert.match(await outputOf(cluster, 'after'), /2097152 bytes/);
	await cluster.clock.advance(2000);
	assert.match(await logOf(cluster, 'running'), /4\.0M +2\.0M +2\.0M +50% \/data\n$/);
	cluster.lab.stop();
});

test('ReadWriteOnce is for one node: a pod elsewhere waits until the last pod there has gone', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	createClaim(cluster, 'data');
	shell(cluster, 'first', 'sleep 10000', ['data'], on('node1'));
	shell(cluster, 'beside', 'sleep 10000', ['data'], on('node1'));
	await cluster.until(() => cluster.isReady('first') && cluster.isReady('beside'));
	const { name } = volumeOf(cluster, 'data')!.metadata;
	assert(
		cluster
			.events('first')
			.includes(`SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "${name}" `),
	);
	shell(cluster, 'elsewhere', 'sleep 10000', ['data'], on('node2'));
	const refusal = `FailedAttachVolume Multi-Attach error for volume "${name}" Volume is already used by pod(s) beside, first`;
	await cluster.until(() => cluster.events('elsewhere').includes(refusal));
	await cluster.clock.advance(150_000);
	assert(
		cluster
			.events('elsewhere')
			.includes(
				'FailedMount Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
			),
	);
	cluster.client.delete('pods', 'default', 'first');
	await cluster.clock.advance(60_000);
	assert(!cluster.isReady('elsewhere'));
	cluster.client.delete('pods', 'default', 'beside');
	await cluster.until(() => cluster.isReady('elsewhere'));
	const attachments = cluster.client.list<VolumeAttachment>('volumeattachments.storage.k8s.io');
	assert.deepEqual(
		attachments.map(({ spec, status }) => [
			spec.nodeName,
			spec.source.persistentVolumeName,
			status!.attached,
		]),
		[['node2', name, true]],
	);
	cluster.lab.stop();
});

test('ReadWriteMany is for all nodes at once', async () => {
	const cluster = createTestCluster({ nodes: 2 });
	createClaim(cluster, 'data', { accessModes: ['ReadWriteMany'] });
	shell(cluster, 'one', 'sleep 10000', ['data'], on('node1'));
	shell(cluster, 'other', 'sleep 10000', ['data'], on('node2'));
	await cluster.until(() => cluster.isReady('one') && cluster.isReady('other'));
	cluster.lab.stop();
});

test('a volume that cannot be mounted says why', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const nodeAffinity = {
		required: {
			nodeSelectorTerms: [
				{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node1'] }] },
			],
		},
	};
	createVolume(cluster, 'disk', { local: { path: '/mnt/disk' }, nodeAffinity });
	createVolume(cluster, 'share', { nfs: { server: '10.0.0.9', path: '/exports' } });
	for (const name of ['disk', 'share']) {
		createClaim(cluster, name, { storageClassName: '', volumeName: name });
		shell(cluster, name, 'true', [name]);
	}
	shell(cluster, 'placed', 'true', ['missing'], { nodeName: 'node1' });
	const failed = (pod: string) =>
		cluster
			.events(pod)
			.find((event) => event.startsWith('FailedMount'))
			?.slice('FailedMount '.length);
	await cluster.until(() => ['disk', 'share', 'placed'].every((pod) => failed(pod) !== undefined));
	assert.equal(
		failed('disk'),
		'MountVolume.NewMounter initialization failed for volume "disk" : path "/mnt/disk" does not exist',
	);
	assert.match(
		failed('share')!,
		/^MountVolume\.SetUp failed for volume "share" : mount failed: exit status 32\n/,
	);
	assert.equal(
		failed('placed'),
		'Unable to attach or mount volumes: unmounted volumes=[missing], unattached volumes=[], failed to process volumes=[missing]: error processing PVC default/missing: failed to fetch PVC from API server: persistentvolumeclaims "missing" not found',
	);
	cluster.lab.stop();
});

test('a volume whose driver is not there is not attached, and its pod says so', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	createVolume(cluster, 'foreign', { csi: { driver: 'disk.example.com', volumeHandle: 'vol-1' } });
	createClaim(cluster, 'data', { storageClassName: '', volumeName: 'foreign' });
	shell(cluster, 'user', 'true', ['data']);
	await cluster.clock.advance(130_000);
	assert.deepEqual(cluster.events('user').slice(-2).sort(), [
		'FailedAttachVolume AttachVolume.Attach failed for volume "foreign" : timed out waiting for external-attacher of disk.example.com CSI driver to attach volume vol-1',
		'FailedMount Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
	]);
	cluster.client.delete('pods', 'default', 'user');
	await cluster.until(() => cluster.client.list('volumeattachments.storage.k8s.io').length === 0);
	cluster.lab.stop();
});

test('a generic ephemeral volume is a claim that lives as long as its pod', async () => {
	const cluster = createTestCluster();
	const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
	cluster.createPod('worker', {
		volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec } } }],
	});
	await cluster.until(() => cluster.isReady('worker'));
	assert.equal(claim(cluster, 'worker-scratch')!.metadata.ownerReferences![0].name, 'worker');
	cluster.client.delete('pods', 'default', 'worker');
	await cluster.until(() => claim(cluster, 'worker-scratch') === undefined);
	cluster.lab.stop();
});
