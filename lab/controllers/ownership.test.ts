import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Namespace, Pod, ServiceAccount } from '../schema/types.ts';
import { createTestCluster, type TestCluster } from '../test-cluster.ts';

function createConfigMap(
	{ client }: TestCluster,
	name: string,
	owners: readonly ConfigMap[] = [],
	blocks = false,
): ConfigMap {
	return client.create<ConfigMap>('configmaps', {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: {
			name,
			namespace: 'default',
			ownerReferences: owners.map(({ metadata }) => ({
				apiVersion: 'v1',
				kind: 'ConfigMap',
				name: metadata.name,
				uid: metadata.uid,
				...(blocks ? { blockOwnerDeletion: true } : {}),
			})),
		},
	});
}

const configMap = ({ client }: TestCluster, name: string) =>
	client.get<ConfigMap>('configmaps', 'default', name);

test('dependents go after their owner, unless another owner keeps them', async () => {
	const cluster = createTestCluster();
	const [one, two] = ['one', 'two'].map((name) => createConfigMap(cluster, name));
	createConfigMap(cluster, 'of-one', [one]);
	createConfigMap(cluster, 'of-both', [one, two]);
	await cluster.clock.advance(1000);
	cluster.client.delete('configmaps', 'default', 'one');
	await cluster.until(() => configMap(cluster, 'of-one') === undefined);
	await cluster.clock.advance(1000);
	assert.deepEqual(
		configMap(cluster, 'of-both')!.metadata.ownerReferences!.map(({ name }) => name),
		['two'],
	);
	cluster.lab.stop();
});

test('foreground deletion takes the dependents first', async () => {
	const cluster = createTestCluster();
	const set = cluster.createSet('web');
	await cluster.until(() => cluster.isReady('web-1'));
	cluster.client.delete('statefulsets.apps', 'default', 'web', { propagationPolicy: 'Foreground' });
	assert(cluster.set('web')!.metadata.finalizers!.includes('foregroundDeletion'));
	await cluster.until(() => cluster.podNames().length === 0);
	await cluster.until(() => cluster.set('web') === undefined);
	assert.equal(set.metadata.name, 'web');
	cluster.lab.stop();
});

test('background deletion of a set deletes its pods and revisions', async () => {
	const cluster = createTestCluster();
	cluster.createSet('web');
	await cluster.until(() => cluster.isReady('web-1'));
	cluster.client.delete('statefulsets.apps', 'default', 'web');
	assert.equal(cluster.set('web'), undefined);
	await cluster.until(
		() =>
			cluster.podNames().length === 0 &&
			cluster.client.list('controllerrevisions.apps', 'default').length === 0,
	);
	cluster.lab.stop();
});

test('what names an owner that is not there is deleted', async () => {
	const cluster = createTestCluster();
	const owner = createConfigMap(cluster, 'owner');
	cluster.client.delete('configmaps', 'default', 'owner');
	createConfigMap(cluster, 'late', [owner]);
	await cluster.until(() => configMap(cluster, 'late') === undefined);
	cluster.lab.stop();
});

test('a namespace has its service account and certificate, and is emptied before it goes', async () => {
	const cluster = createTestCluster();
	const { client } = cluster;
	client.create<Namespace>('namespaces', {
		apiVersion: 'v1',
		kind: 'Namespace',
		metadata: { name: 'shop' },
		spec: {},
	});
	await cluster.until(() => client.get<ServiceAccount>('serviceaccounts', 'shop', 'default') !== undefined);
	await cluster.until(() => client.get<ConfigMap>('configmaps', 'shop', 'kube-root-ca.crt') !== undefined);
	cluster.createSet('web', {}, {}, 'shop');
	await cluster.until(() => client.list<Pod>('pods', 'shop').length === 2);

	client.delete('serviceaccounts', 'shop', 'default');
	await cluster.until(() => client.get('serviceaccounts', 'shop', 'default') !== undefined);

	client.delete('namespaces', '', 'shop');
	await cluster.until(
		() => client.get<Namespace>('namespaces', '', 'shop')?.status?.conditions !== undefined,
	);
	const { status } = client.get<Namespace>('namespaces', '', 'shop')!;
	assert.equal(status!.phase, 'Terminating');
	assert.match(
		status!.conditions!.find(({ type }) => type === 'NamespaceContentRemaining')!.message!,
		/^Some resources are remaining: .*pods has 2 resource instances/,
	);
	await cluster.until(() => client.get('namespaces', '', 'shop') === undefined);
	assert.deepEqual(client.list('pods', 'shop'), []);
	assert.deepEqual(client.list('events', 'shop'), []);
	cluster.lab.stop();
});
