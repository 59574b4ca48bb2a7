import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, KubernetesObject, Namespace, Pod, StatefulSet } from '../schema/types.ts';
import { ApiError } from './errors.ts';
import { configMapDraft, podDraft, serverUnderTest, statefulSetDraft } from './server-under-test.ts';

const draft = <T extends KubernetesObject>(object: unknown) => object as T;
const reasonOf = (action: () => unknown) => {
	try {
		action();
	} catch (error) {
		assert(error instanceof ApiError);
		return `${error.code} ${error.reason}`;
	}
	return 'done';
};

test('what it gives is the stored, frozen object, defaulted as over HTTP', () => {
	const { client } = serverUnderTest();
	const set = client.create<StatefulSet>('statefulsets.apps', draft<StatefulSet>(statefulSetDraft('web')));
	assert.equal(set.spec.replicas, 1);
	assert.equal(client.get('statefulsets.apps', 'default', 'web'), set);
	assert(Object.isFrozen(set.spec.template));
	assert.equal(client.get('statefulsets.apps', 'default', 'nope'), undefined);
});

test('an update may share parts with the stored object', () => {
	const { client } = serverUnderTest();
	const set = client.create<StatefulSet>('statefulsets.apps', draft<StatefulSet>(statefulSetDraft('web')));
	const scaled = client.update<StatefulSet>('statefulsets.apps', {
		...set,
		spec: { ...set.spec, replicas: 4 },
	});
	assert.equal(scaled.spec.replicas, 4);
	assert.equal(scaled.metadata.generation, 2);
	assert.equal(
		reasonOf(() => client.update('statefulsets.apps', set)),
		'409 Conflict',
	);
	const told = client.updateStatus<StatefulSet>('statefulsets.apps', {
		...scaled,
		status: { replicas: 4, availableReplicas: 0 },
	});
	assert.equal(told.status?.replicas, 4);
	assert.equal(told.metadata.generation, 2);
});

test('what the server refuses is an ApiError', () => {
	const { client } = serverUnderTest();
	client.create('configmaps', draft(configMapDraft('a')));
	assert.equal(
		reasonOf(() => client.create('configmaps', draft(configMapDraft('a')))),
		'409 AlreadyExists',
	);
	assert.equal(
		reasonOf(() => client.create('configmaps', draft(configMapDraft('A')))),
		'422 Invalid',
	);
	assert.equal(
		reasonOf(() => client.delete('configmaps', 'default', 'b')),
		'404 NotFound',
	);
	assert.equal(
		reasonOf(() => client.bind('default', 'b', 'node1')),
		'404 NotFound',
	);
	assert.throws(() => client.get('nothings', '', ''), /the API server has no resource nothings/);
});

test('a watch begins with what there is, at once, and goes on in later microtasks', async () => {
	const { client } = serverUnderTest();
	client.create('configmaps', draft(configMapDraft('a', { x: '1' })));
	const seen: string[] = [];
	const end = client.watch<ConfigMap>('configmaps', ({ type, object, previous }) =>
		seen.push(`${type} ${object.metadata.name} ${previous?.data?.x ?? ''}`.trim()),
	);
	assert.deepEqual(seen, ['ADDED a']);
	const stored = client.get<ConfigMap>('configmaps', 'default', 'a')!;
	client.update<ConfigMap>('configmaps', { ...stored, data: { x: '2' } });
	client.delete('configmaps', 'default', 'a');
	assert.equal(seen.length, 1);
	await Promise.resolve();
	assert.deepEqual(seen, ['ADDED a', 'MODIFIED a 1', 'DELETED a 2']);
	end();
});

test('a pod is bound, and a namespace finalized', () => {
	const { client } = serverUnderTest();
	client.create('pods', draft(podDraft('a')));
	client.bind('default', 'a', 'node1');
	assert.equal(client.get<Pod>('pods', 'default', 'a')?.spec.nodeName, 'node1');
	client.delete('namespaces', '', 'other');
	const going = client.get<Namespace>('namespaces', '', 'other')!;
	client.update<Namespace>('namespaces/finalize', { ...going, spec: {} });
	assert.equal(client.get('namespaces', '', 'other'), undefined);
});

test('equal seeds and inputs give equal objects', () => {
	const run = () => {
		const { client } = serverUnderTest();
		client.create('pods', draft(podDraft('a')));
		return client.list('pods');
	};
	assert.deepEqual(run(), run());
});
