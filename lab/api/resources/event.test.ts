import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
type Table = { rows: { cells: string[] }[] };

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
