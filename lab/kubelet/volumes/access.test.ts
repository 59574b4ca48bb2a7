// Who may do what with a pod's volumes, and what of them is a device, an image, a part of the node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, PersistentVolumeClaim, Secret } from '../../schema/types.ts';
import { createTestCluster, logOf, type TestCluster } from '../../test-cluster.ts';

const shell = (script: string, part: Partial<Container> = {}): Container => ({
	name: 'main',
	image: 'busybox:1.36',
	command: ['sh', '-c', script],
	...part,
});

async function outputOf(cluster: TestCluster, name: string, limit = 60_000): Promise<string> {
	await cluster.until(() => /Succeeded|Failed/.test(cluster.pod(name)!.status!.phase!), limit);
	return logOf(cluster, name);
}

const claimOf = (cluster: TestCluster, name: string, volumeMode?: string) =>
	cluster.client.create<PersistentVolumeClaim>('persistentvolumeclaims', {
		apiVersion: 'v1',
		kind: 'PersistentVolumeClaim',
		metadata: { name, namespace: 'default' },
		spec: {
			accessModes: ['ReadWriteOnce'],
			resources: { requests: { storage: '1Gi' } },
			...(volumeMode ? { volumeMode } : {}),
		},
	});

test('fsGroup gives volumes to a group that the processes are in', async () => {
	const cluster = createTestCluster();
	cluster.client.create<Secret>('secrets', {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: { name: 'key', namespace: 'default' },
		data: { key: btoa('k') },
	});
	claimOf(cluster, 'data');
	const mounts = ['empty', 'secret', 'data'].map((name) => ({ name, mountPath: `/${name}` }));
	cluster.createPod('group', {
		restartPolicy: 'Never',
		securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] },
		containers: [
			shell(
				'id -G; echo x > /data/x && stat -c "%a %g %n" /empty /data /data/x; stat -Lc "%a %g %n" /secret/key; cat /secret/key',
				{
					volumeMounts: mounts,
				},
			),
		],
		volumes: [
			{ name: 'empty', emptyDir: {} },
			{ name: 'secret', secret: { secretName: 'key', defaultMode: 0o400 } },
			{ name: 'data', persistentVolumeClaim: { claimName: 'data' } },
		],
	});
	assert.equal(
		await outputOf(cluster, 'group'),
		'3000 4000 2000\n2777 2000 /empty\n2777 2000 /data\n644 2000 /data/x\n440 2000 /secret/key\nk',
	);
	cluster.lab.stop();
});

test('without it, another user cannot read what is for root alone', async () => {
	const cluster = createTestCluster();
	cluster.client.create<Secret>('secrets', {
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: { name: 'key', namespace: 'default' },
		data: { key: btoa('k') },
	});
	cluster.createPod('other', {
		restartPolicy: 'Never',
		securityContext: { runAsUser: 1000 },
		containers: [shell('cat /s/key', { volumeMounts: [{ name: 's', mountPath: '/s' }] })],
		volumes: [
			{ name: 's', secret: { secretName: 'key', items: [{ key: 'key', path: 'key', mode: 0o400 }] } },
		],
	});
	assert.equal(await outputOf(cluster, 'other'), "cat: can't open '/s/key': Permission denied\n");
	cluster.lab.stop();
});

test('a container that must not run as root is refused where it would', async () => {
	const cluster = createTestCluster();
	const waiting = (name: string) => cluster.pod(name)!.status!.containerStatuses?.[0].state?.waiting;
	for (const [name, image, context, message] of [
		['root', 'busybox:1.36', {}, 'container has runAsNonRoot and image will run as root'],
		['zero', 'busybox:1.36', { runAsUser: 0 }, "container's runAsUser breaks non-root policy"],
		[
			'named',
			'curlimages/curl:8.10.1',
			{},
			'container has runAsNonRoot and image has non-numeric user (curl_user), cannot verify user is non-root',
		],
	] as const) {
		cluster.createPod(name, {
			containers: [shell('true', { image, securityContext: { runAsNonRoot: true, ...context } })],
		});
		await cluster.until(() => waiting(name)?.reason === 'CreateContainerConfigError');
		const { uid } = cluster.pod(name)!.metadata;
		assert.equal(waiting(name)!.message, `${message} (pod: "${name}_default(${uid})", container: main)`);
	}
	cluster.lab.stop();
});

test('a raw block volume is a device, and no directory', async () => {
	const cluster = createTestCluster();
	claimOf(cluster, 'raw', 'Block');
	const volumes = [{ name: 'raw', persistentVolumeClaim: { claimName: 'raw' } }];
	cluster.createPod('block', {
		restartPolicy: 'Never',
		containers: [
			shell(
				'ls -l /dev/xvda | cut -c1-10; echo disk > /dev/xvda; head -c 5 /dev/xvda; dd if=/dev/xvda bs=4 skip=1000 count=1 2>/dev/null | od -An -tx1',
				{ volumeDevices: [{ name: 'raw', devicePath: '/dev/xvda' }] },
			),
		],
		volumes,
	});
	assert.equal(await outputOf(cluster, 'block'), 'brw-rw----\ndisk\n 00 00 00 00\n');
	cluster.createPod('mounted', {
		containers: [shell('true', { volumeMounts: [{ name: 'raw', mountPath: '/raw' }] })],
		volumes,
	});
	await cluster.until(() =>
		cluster
			.events('mounted')
			.some((event) => event.includes('has volumeMode Block, but is specified in volumeMounts')),
	);
	cluster.lab.stop();
});

test("an image's files can be mounted, and not written", async () => {
	const cluster = createTestCluster();
	cluster.createPod('image', {
		restartPolicy: 'Never',
		containers: [
			shell('head -n 1 /image/etc/passwd; touch /image/x', {
				volumeMounts: [{ name: 'image', mountPath: '/image' }],
			}),
		],
		volumes: [{ name: 'image', image: { reference: 'nginx:1.27' } }],
	});
	assert.equal(
		await outputOf(cluster, 'image'),
		'root:x:0:0:root:/root:/bin/bash\ntouch: /image/x: Read-only file system\n',
	);
	cluster.lab.stop();
});

test('hostPath volumes are parts of one file system, and of the type that they name', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const host = (path: string, type?: string) => [
		{ name: 'host', hostPath: { path, ...(type ? { type } : {}) } },
	];
	const volumeMounts = [{ name: 'host', mountPath: '/host' }];
	const spec = { restartPolicy: 'Never' as const };
	cluster.createPod('part', {
		...spec,
		containers: [shell('echo hello > /host/file', { volumeMounts })],
		volumes: host('/srv/data', 'DirectoryOrCreate'),
	});
	await outputOf(cluster, 'part');
	cluster.createPod('whole', {
		...spec,
		containers: [shell('cat /host/srv/data/file /host/etc/hostname', { volumeMounts })],
		volumes: host('/'),
	});
	assert.equal(await outputOf(cluster, 'whole'), 'hello\nnode1\n');
	cluster.createPod('missing', {
		...spec,
		containers: [shell('true', { volumeMounts })],
		volumes: host('/srv/none', 'Directory'),
	});
	const message =
		'FailedMount MountVolume.SetUp failed for volume "host" : hostPath type check failed: /srv/none is not a directory';
	await cluster.until(() => cluster.events('missing').includes(message));
	cluster.lab.stop();
});

test('what the kubelet writes is only read, and a token by whom the pod says it runs as', async () => {
	const cluster = createTestCluster();
	const script =
		'touch /v/x; touch /v/token; ls -ln /v/..data/ | tail -n +2 | cut -c1-60; cat /v/token > /dev/null';
	const token = (securityContext: object) => ({
		restartPolicy: 'Never',
		securityContext,
		containers: [shell(script, { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
		volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
	});
	const refused = 'touch: /v/x: Read-only file system\ntouch: /v/token: Read-only file system\n';
	for (const [name, context, mode, owner] of [
		['anybody', {}, '-rw-r--r--', /0 +0 /],
		['user', { runAsUser: 1000 }, '-rw-------', /1000 +0 /],
		['group', { fsGroup: 2000 }, '-rw-r-----', /0 +2000 /],
		['both', { runAsUser: 1000, fsGroup: 2000 }, '-rw-r-----', /1000 +2000 /],
	] as const) {
		cluster.createPod(name, token(context));
		const output = await outputOf(cluster, name);
		assert(output.startsWith(`${refused}${mode}`), output);
		assert.match(output, owner);
		assert.equal(output.split('\n').length, 4, output);
	}
	cluster.lab.stop();
});
