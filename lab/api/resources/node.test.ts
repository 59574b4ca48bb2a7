import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
type Table = { rows: { cells: string[] }[] };

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
