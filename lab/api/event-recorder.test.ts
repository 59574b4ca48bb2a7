import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, Node, Pod } from '../schema/types.ts';
import { createTestCluster } from '../test-cluster.ts';
import { createEventBroadcaster } from './event-recorder.ts';

test('an event that recurs is counted, one with another message, object or source is a new one', async () => {
	const { client, clock, createPod, lab } = createTestCluster();
	const broadcaster = createEventBroadcaster({ client, clock });
	const kubelet = broadcaster.recorder('kubelet', 'node1');
	const pod = createPod('one', { nodeName: 'nowhere' });
	const list = () => client.list<Event>('events', 'default', ({ reason }) => reason === 'BackOff');
	kubelet.event(pod, 'Warning', 'BackOff', 'again', 'spec.containers{main}');
	await clock.advance(5000);
	// The object's version has moved on: it is the same event all the same.
	const later: Pod = { ...pod, metadata: { ...pod.metadata, resourceVersion: '999' } };
	kubelet.event(later, 'Warning', 'BackOff', 'again', 'spec.containers{main}');
	assert.equal(list().length, 1);
	const [event] = list();
	assert.equal(event.count, 2);
	assert.equal(event.firstTimestamp, '2026-01-01T00:00:00Z');
	assert.equal(event.lastTimestamp, '2026-01-01T00:00:05Z');
	assert.deepEqual(event.source, { component: 'kubelet', host: 'node1' });
	assert.deepEqual([event.reportingComponent, event.reportingInstance], ['kubelet', 'node1']);
	assert.match(event.metadata.name, /^one\.[0-9a-f]{16}$/);
	assert.equal(event.involvedObject.fieldPath, 'spec.containers{main}');

	kubelet.event(pod, 'Warning', 'BackOff', 'otherwise', 'spec.containers{main}');
	kubelet.event(pod, 'Warning', 'BackOff', 'again', 'spec.containers{other}');
	broadcaster.recorder('kubelet', 'node2').event(pod, 'Warning', 'BackOff', 'again', 'spec.containers{main}');
	assert.equal(list().length, 4);

	client.delete('events', 'default', event.metadata.name);
	kubelet.event(pod, 'Warning', 'BackOff', 'again', 'spec.containers{main}');
	assert.equal(list().length, 4, 'one that was deleted is written anew');
	assert.equal(client.get<Event>('events', 'default', event.metadata.name)?.count, 3);
	lab.stop();
});

test('events of what has no namespace are in default, and a refused one is lost quietly', () => {
	const { client, clock, lab, createPod } = createTestCluster();
	const recorder = createEventBroadcaster({ client, clock }).recorder('test');
	recorder.event(client.get<Node>('nodes', '', 'node1')!, 'Normal', 'Starting', 'Starting kubelet.');
	assert.equal(client.list<Event>('events', 'default').length, 1);
	const pod = createPod('one', {});
	const elsewhere = { ...pod, metadata: { ...pod.metadata, namespace: 'nowhere' } };
	recorder.event(elsewhere, 'Normal', 'Lost', 'nobody hears');
	assert.equal(client.list<Event>('events').length, 1);
	lab.stop();
});
