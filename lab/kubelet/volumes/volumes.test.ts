import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Container } from '../../schema/types.ts';
import { createTestCluster, logOf, sleeper, statusOf, type TestCluster } from '../../test-cluster.ts';

const busybox = (name: string, ...command: string[]): Container => ({ name, image: 'busybox:1.36', command });

const waitingFor = (cluster: TestCluster, pod: string, container?: string) =>
	statusOf(cluster, pod, container)?.state?.waiting?.reason;

test('variables come from everywhere and expand in each other, in commands and in arguments', async () => {
	const cluster = createTestCluster();
	cluster.client.create<ConfigMap>('configmaps', {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: 'settings', namespace: 'default' },
		data: { COLOR: 'blue', SIZE: 'small' },
	});
	cluster.createPod('env', {
		restartPolicy: 'Never',
		containers: [
			{
				name: 'main',
				image: 'busybox:1.36',
				command: ['echo'],
				args: ['$(SELF) $(GREETING) $(SIZE) $$(SELF) $(NOBODY) $(KUBERNETES_SERVICE_HOST) $(CPU)'],
				envFrom: [{ configMapRef: { name: 'settings' } }],
				env: [
					{ name: 'SELF', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
					{ name: 'SHADE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'COLOR' } } },
					{ name: 'GREETING', value: 'hello-$(SHADE)' },
					{ name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } } },
				],
				resources: { requests: { cpu: '250m' } },
			},
		],
	});
	await cluster.until(() => cluster.pod('env')!.status!.phase === 'Succeeded');
	assert.equal(await logOf(cluster, 'env'), 'env hello-blue small $(SELF) $(NOBODY) 10.96.0.1 250\n');
	cluster.lab.stop();
});

test('what a container needs and is missing is told, and the container starts once it is there', async () => {
	const cluster = createTestCluster();
	const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'late', key: 'a' } } }];
	cluster.createPod('env', { containers: [{ ...sleeper, env }] });
	cluster.createPod('volume', {
		containers: [{ ...sleeper, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
		volumes: [{ name: 'v', configMap: { name: 'late' } }],
	});
	await cluster.until(() => waitingFor(cluster, 'env') === 'CreateContainerConfigError');
	assert.equal(statusOf(cluster, 'env')!.state!.waiting!.message, 'configmap "late" not found');
	await cluster.until(() =>
		cluster
			.events('volume')
			.includes('FailedMount MountVolume.SetUp failed for volume "v" : configmap "late" not found'),
	);
	cluster.client.create<ConfigMap>('configmaps', {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: 'late', namespace: 'default' },
		data: { a: '1' },
	});
	await cluster.until(() => cluster.isReady('env') && cluster.isReady('volume'));
	cluster.lab.stop();
});

test('volumes show ConfigMaps, the pod itself and its service account', async () => {
	const cluster = createTestCluster();
	cluster.client.create<ConfigMap>('configmaps', {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: 'page', namespace: 'default' },
		data: { 'index.html': 'hello\n', other: 'x' },
	});
	cluster.createPod(
		'volumes',
		{
			restartPolicy: 'Never',
			containers: [
				{
					...busybox(
						'main',
						'cat',
						'/page/sub/i',
						'/self/labels',
						'/var/run/secrets/kubernetes.io/serviceaccount/namespace',
					),
					volumeMounts: [
						{ name: 'page', mountPath: '/page' },
						{ name: 'self', mountPath: '/self' },
					],
				},
			],
			volumes: [
				{ name: 'page', configMap: { name: 'page', items: [{ key: 'index.html', path: 'sub/i' }] } },
				{
					name: 'self',
					downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
				},
			],
		},
		{ app: 'web', tier: 'front' },
	);
	await cluster.until(() => /Succeeded|Failed/.test(cluster.pod('volumes')!.status!.phase!));
	assert.equal(await logOf(cluster, 'volumes'), 'hello\napp="web"\ntier="front"default');
	cluster.lab.stop();
});
