import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../schema/types.ts';
import { createTestCluster } from '../test-cluster.ts';

test('an event goes an hour after it was last written', async () => {
	const cluster = createTestCluster();
	const write = (name: string) =>
		cluster.client.create<Event>('events', {
			apiVersion: 'v1',
			kind: 'Event',
			metadata: { name, namespace: 'default' },
			involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
		});
	const names = () => cluster.client.list<Event>('events', 'default').map(({ metadata }) => metadata.name);
	const first = write('first');
	write('second');
	await cluster.clock.advance(1_800_000);
	cluster.client.update<Event>('events', { ...first, count: 2 });
	write('third');
	await cluster.clock.advance(1_801_000);
	assert.deepEqual(names(), ['first', 'third']);
	cluster.client.delete('events', 'default', 'third');
	await cluster.clock.advance(1_800_000);
	assert.deepEqual(names(), []);
	cluster.lab.stop();
});
