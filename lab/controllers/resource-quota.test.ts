// Quotas as admission and the controller keep them together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiError } from '../api/errors.ts';
import type { KubernetesObject, ResourceQuota, ResourceQuotaSpec, Service } from '../schema/types.ts';
import { createTestCluster, sleeper } from '../test-cluster.ts';

async function withQuota(spec: ResourceQuotaSpec) {
	const cluster = createTestCluster();
	const { client } = cluster;
	const quota = () => client.get<ResourceQuota>('resourcequotas', 'default', 'q')!;
	const metadata = { name: 'q', namespace: 'default' };
	client.create<ResourceQuota>('resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec });
	await cluster.until(() => quota().status?.used !== undefined);
	const create = (kind: string, plural: string, name: string, more: object = {}) =>
		client.create<KubernetesObject>(plural, {
			apiVersion: 'v1',
			kind,
			metadata: { name, namespace: 'default' },
			...more,
		});
	return { ...cluster, quota, create, used: () => quota().status?.used };
}

const refusal = (action: () => unknown): string => {
	try {
		action();
	} catch (error) {
		return (error as ApiError).message;
	}
	return '';
};

const withCpu = (cpu: string, more: object = {}) => ({
	containers: [{ ...sleeper, resources: { requests: { cpu } } }],
	...more,
});

test('what is admitted is counted, what exceeds is refused, what goes is given back', async () => {
	const cluster = await withQuota({ hard: { pods: '2', 'requests.cpu': '1' } });
	const { createPod, used } = cluster;
	createPod('a', withCpu('600m'));
	assert.deepEqual(used(), { pods: '1', 'requests.cpu': '600m' });
	assert.equal(
		refusal(() => createPod('b', withCpu('500m'))),
		'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
	);
	assert.equal(
		refusal(() => createPod('b', {})),
		'pods "b" is forbidden: failed quota: q: must specify requests.cpu for: main',
	);
	createPod('b', withCpu('400m'));
	assert.match(
		refusal(() => createPod('c', withCpu('0'))),
		/requested: pods=1, used: pods=2, limited: pods=2$/,
	);
	cluster.client.delete('pods', 'default', 'a');
	await cluster.until(() => used()?.pods === '1');
	assert.deepEqual(used(), { pods: '1', 'requests.cpu': '400m' });
	cluster.lab.stop();
});

test('a pod that has ended no longer counts', async () => {
	const cluster = await withQuota({ hard: { pods: '1', 'count/pods': '5' } });
	const containers = [{ name: 'main', image: 'busybox:1.36', command: ['true'] }];
	cluster.createPod('a', { restartPolicy: 'Never', containers });
	await cluster.until(() => cluster.pod('a')?.status?.phase === 'Succeeded');
	await cluster.until(() => cluster.used()?.pods === '0');
	assert.equal(cluster.used()?.['count/pods'], '1');
	cluster.lab.stop();
});

test('objects, services and claims are counted', async () => {
	const hard = {
		'count/configmaps': '2',
		'services.nodeports': '1',
		'requests.storage': '3Gi',
		secrets: '1',
	};
	const { create, used, client, until, lab } = await withQuota({ hard });
	assert.deepEqual(used(), {
		'count/configmaps': '1',
		'services.nodeports': '0',
		'requests.storage': '0',
		secrets: '0',
	});
	create('ConfigMap', 'configmaps', 'a');
	assert.match(
		refusal(() => create('ConfigMap', 'configmaps', 'b')),
		/requested: count\/configmaps=1/,
	);
	create('Secret', 'secrets', 'a');
	assert.match(
		refusal(() => create('Secret', 'secrets', 'b')),
		/exceeded quota: q, requested: secrets=1/,
	);
	const spec = { type: 'NodePort', ports: [{ port: 80 }] };
	create('Service', 'services', 'a', { spec });
	assert.match(
		refusal(() => create('Service', 'services', 'b', { spec })),
		/services.nodeports=1/,
	);
	const service = client.get<Service>('services', 'default', 'a')!;
	client.update<Service>('services', { ...service, spec: { ...service.spec, type: 'ClusterIP' } });
	await until(() => used()?.['services.nodeports'] === '0');
	const claim = (storage: string) => ({
		spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
	});
	create('PersistentVolumeClaim', 'persistentvolumeclaims', 'a', claim('2Gi'));
	assert.match(
		refusal(() => create('PersistentVolumeClaim', 'persistentvolumeclaims', 'b', claim('2Gi'))),
		/requested: requests.storage=2Gi, used: requests.storage=2Gi, limited: requests.storage=3Gi$/,
	);
	lab.stop();
});

test('scopes choose the pods that count', async () => {
	const matchExpressions = [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }];
	const { createPod, used, lab } = await withQuota({
		hard: { pods: '1' },
		scopeSelector: { matchExpressions },
	});
	createPod('a', {});
	assert.deepEqual(used(), { pods: '0' });
	createPod('b', { priorityClassName: 'system-node-critical' });
	assert.deepEqual(used(), { pods: '1' });
	lab.stop();
});

test('a name that is taken counts once', async () => {
	const { createPod, used, lab } = await withQuota({ hard: { pods: '3' } });
	createPod('a', {});
	assert.match(
		refusal(() => createPod('a', {})),
		/already exists/,
	);
	assert.deepEqual(used(), { pods: '1' });
	lab.stop();
});
