import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Namespace, Pod, Scale, StatefulSet } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';

const pods = '/api/v1/namespaces/default/pods';
const sets = '/apis/apps/v1/namespaces/default/statefulsets';

test('scale is read, written and patched', async () => {
	const server = serverUnderTest();
	await server.send('POST', sets, { body: statefulSetDraft('web', { replicas: 2 }) });
	const { body: scale } = await server.send<Scale>('GET', `${sets}/web/scale`);
	assert.equal(scale.spec?.replicas, 2);
	assert.equal(scale.status?.selector, 'app=web');
	const written = await server.send<Scale>('PUT', `${sets}/web/scale`, {
		body: { ...scale, spec: { replicas: 5 } },
	});
	assert.equal(written.body.spec?.replicas, 5);
	assert.equal(
		(await server.send('PUT', `${sets}/web/scale`, { body: scale })).status,
		409,
		'the old version',
	);
	await server.send('PATCH', `${sets}/web/scale`, {
		body: { spec: { replicas: 1 } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	const { body: set } = await server.send<StatefulSet>('GET', `${sets}/web`);
	assert.equal(set.spec.replicas, 1);
	assert.equal(set.metadata.generation, 3);
	const negative = await server.send<StatusAnswer>('PUT', `${sets}/web/scale`, {
		body: { spec: { replicas: -1 } },
	});
	assert.equal(
		negative.body.message,
		'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
	);
});

test('a pod is bound once', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	const binding = { target: { kind: 'Node', name: 'node1' } };
	assert.equal((await server.send('POST', `${pods}/a/binding`, { body: binding })).status, 201);
	const { body: pod } = await server.send<Pod>('GET', `${pods}/a`);
	assert.equal(pod.spec.nodeName, 'node1');
	assert.deepEqual(
		pod.status?.conditions?.map(({ type, status }) => [type, status]),
		[['PodScheduled', 'True']],
	);
	const again = await server.send<StatusAnswer>('POST', `${pods}/a/binding`, { body: binding });
	assert.equal(
		again.body.message,
		'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "node1"',
	);
});

test('a scale is printed as one', async () => {
	const server = serverUnderTest();
	const sets = '/apis/apps/v1/namespaces/default/statefulsets';
	await server.send('POST', sets, { body: statefulSetDraft('a', { replicas: 2 }) });
	const { body } = await server.send<{ columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }>(
		'GET',
		`${sets}/a/scale`,
		{ headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } },
	);
	assert.deepEqual(
		body.columnDefinitions.map(({ name }) => name),
		['Name', 'Desired', 'Available', 'Age'],
	);
	assert.deepEqual(body.rows[0].cells.slice(0, 3), ['a', 2, 0]);
});

test('an eviction deletes', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } };
	assert.equal((await server.send('POST', `${pods}/a/eviction`, { body: eviction })).status, 201);
	assert.equal((await server.send('GET', `${pods}/a`)).status, 404);
});

test('a namespace goes when its finalizer is taken off', async () => {
	const server = serverUnderTest();
	const { body: going } = await server.send<Namespace>('DELETE', '/api/v1/namespaces/other');
	assert.equal(going.status?.phase, 'Terminating');
	const refused = await server.send<StatusAnswer>('POST', '/api/v1/namespaces/other/configmaps', {
		body: { metadata: { name: 'a' } },
	});
	assert.equal(
		refused.body.message,
		'configmaps "a" is forbidden: unable to create new content in namespace other because it is being terminated',
	);
	assert.equal(refused.body.details?.causes?.[0].reason, 'NamespaceTerminating');
	await server.send('PUT', '/api/v1/namespaces/other/finalize', { body: { ...going, spec: {} } });
	assert.equal((await server.send('GET', '/api/v1/namespaces/other')).status, 404);
});

test('ephemeral containers are added and never removed', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	const patch = (list: unknown) =>
		server.send<Pod & StatusAnswer>('PATCH', `${pods}/a/ephemeralcontainers`, {
			body: { spec: { ephemeralContainers: list } },
			headers: { 'content-type': 'application/merge-patch+json' },
		});
	const added = await patch([{ name: 'debug', image: 'busybox' }]);
	assert.equal(added.body.spec.ephemeralContainers?.[0].imagePullPolicy, 'Always');
	assert.match((await patch([])).body.message, /existing ephemeral containers "debug" may not be removed\n$/);
});

test('what is not there is not found, what cannot be done is not allowed', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	assert.equal((await server.send('GET', `${pods}/a/nothing`)).status, 404);
	assert.equal((await server.send('GET', `${pods}/a/binding`)).status, 405);
	assert.equal((await server.send('DELETE', `${pods}/a/status`)).status, 405);
});
