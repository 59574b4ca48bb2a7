import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventsEvent } from '../../schema/types.ts';
import { type Listed, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const core = '/api/v1/namespaces/default/events';
const newer = '/apis/events.k8s.io/v1/namespaces/default/events';

test('an event is the same under both groups, with other names', async () => {
	const server = serverUnderTest();
	await server.send('POST', core, {
		body: {
			metadata: { name: 'web.1' },
			involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
			reason: 'Started',
			message: 'it runs',
			type: 'Normal',
			count: 3,
			source: { component: 'kubelet', host: 'node1' },
		},
	});
	const { body } = await server.send<EventsEvent>('GET', `${newer}/web.1`);
	assert.equal(body.apiVersion, 'events.k8s.io/v1');
	assert.equal(body.note, 'it runs');
	assert.deepEqual(body.regarding, { kind: 'Pod', namespace: 'default', name: 'web' });
	assert.equal(body.deprecatedCount, 3);
	assert.deepEqual(body.deprecatedSource, { component: 'kubelet', host: 'node1' });

	await server.send('POST', newer, {
		body: {
			metadata: { name: 'web.2' },
			eventTime: '2026-01-01T00:00:00.000000Z',
			regarding: { kind: 'Pod', namespace: 'default', name: 'other' },
			reason: 'Scheduled',
			note: 'it has a node',
			type: 'Normal',
			action: 'Binding',
			reportingController: 'default-scheduler',
			reportingInstance: 'default-scheduler-1',
		},
	});
	const stored = await server.send<Event>('GET', `${core}/web.2`);
	assert.equal(stored.body.message, 'it has a node');
	assert.equal(stored.body.reportingComponent, 'default-scheduler');
	const selected = await server.send<Listed>('GET', `${newer}?fieldSelector=regarding.name=other`);
	assert.deepEqual(
		selected.body.items.map(({ metadata }) => metadata.name),
		['web.2'],
	);
	const absent = await server.send<StatusAnswer>('DELETE', `${newer}/web.3`);
	assert.equal(absent.body.message, 'events.events.k8s.io "web.3" not found');
});
