import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, Namespace, Node } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
type Table = { rows: { cells: string[] }[] };

test('a namespace carries its name as a label, whatever a client does', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<Namespace>('POST', '/api/v1/namespaces', {
		body: { metadata: { name: 'a' } },
	});
	assert.deepEqual(body.metadata.labels, { 'kubernetes.io/metadata.name': 'a' });
	assert.deepEqual([body.spec, body.status], [{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
	const { body: replaced } = await server.send<Namespace>('PUT', '/api/v1/namespaces/a', {
		body: { metadata: { name: 'a' } },
	});
	assert.deepEqual(replaced.metadata.labels, { 'kubernetes.io/metadata.name': 'a' });
	assert.deepEqual(replaced.spec, { finalizers: ['kubernetes'] });
});

test('a node is shown with its state, roles and versions', async () => {
	const server = serverUnderTest();
	const node = {
		metadata: {
			name: 'n',
			labels: { 'node-role.kubernetes.io/control-plane': '', 'node-role.kubernetes.io/worker': '' },
		},
		spec: { unschedulable: true },
	};
	const { body: created } = await server.send<Node>('POST', '/api/v1/nodes', { body: node });
	const status = {
		conditions: [{ type: 'Ready', status: 'True' }],
		nodeInfo: { kubeletVersion: 'v1.36.2' },
		addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
	};
	await server.send('PUT', '/api/v1/nodes/n/status', { body: { ...created, status } });
	const { body } = await server.send<Table>('GET', '/api/v1/nodes/n', { headers: table });
	assert.deepEqual(body.rows[0].cells.slice(0, 7), [
		'n',
		'Ready,SchedulingDisabled',
		'control-plane,worker',
		'0s',
		'v1.36.2',
		'10.0.0.1',
		'<none>',
	]);
});

test('a taint has a key and one of three effects', async () => {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', '/api/v1/nodes', {
		body: { metadata: { name: 'n' }, spec: { taints: [{ key: 'a', effect: 'Never' }] } },
	});
	assert.match(
		body.message,
		/spec\.taints\[0\]\.effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"/,
	);
});

test('events are found by what they are about, and belong to its namespace', async () => {
	const server = serverUnderTest();
	const events = '/api/v1/namespaces/default/events';
	const draft = (name: string, pod: string, namespace = 'default') => ({
		metadata: { name },
		involvedObject: { kind: 'Pod', name: pod, namespace },
		reason: 'Started',
		type: 'Normal',
		message: 'Started container c',
		lastTimestamp: '2025-12-31T23:59:00Z',
	});
	await server.send('POST', events, { body: draft('a', 'one') });
	await server.send('POST', events, { body: draft('b', 'two') });
	const query = 'fieldSelector=involvedObject.kind%3DPod,involvedObject.name%3Dtwo';
	const { body } = await server.send<{ items: Event[] }>('GET', `${events}?${query}`);
	assert.deepEqual(
		body.items.map((event) => event.metadata.name),
		['b'],
	);
	const { body: shown } = await server.send<Table>('GET', `${events}/a`, { headers: table });
	assert.deepEqual(shown.rows[0].cells.slice(0, 4), ['60s', 'Normal', 'Started', 'pod/one']);
	const { body: foreign } = await server.send<StatusAnswer>('POST', events, {
		body: draft('c', 'x', 'other'),
	});
	assert.match(
		foreign.message,
		/involvedObject\.namespace: Invalid value: "other": does not match event\.namespace/,
	);
});

test('endpoints are shown with their addresses, and said to be deprecated', async () => {
	const server = serverUnderTest();
	const endpoints = '/api/v1/namespaces/default/endpoints';
	const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => ({ ip }));
	const { headers } = await server.send('POST', endpoints, {
		body: { metadata: { name: 'a' }, subsets: [{ addresses, ports: [{ port: 80 }] }] },
	});
	assert.equal(
		headers.warning,
		'299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
	);
	const { body } = await server.send<Table>('GET', endpoints, { headers: table });
	assert.equal(body.rows[0].cells[1], '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
});
