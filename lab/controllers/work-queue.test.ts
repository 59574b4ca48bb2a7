import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badRequest } from '../api/errors.ts';
import { createVirtualClock } from '../clock.ts';
import { createWorkQueue } from './work-queue.ts';

function recordingQueue(reconcile: (key: string) => void = () => {}) {
	const clock = createVirtualClock();
	const start = clock.now();
	const seen: [string, number][] = [];
	const queue = createWorkQueue({
		name: 'test',
		clock,
		reconcile(key) {
			seen.push([key, clock.now() - start]);
			reconcile(key);
		},
	});
	return { clock, seen, queue };
}

test('a key that waits is reconciled once', async () => {
	const { clock, seen, queue } = recordingQueue();
	for (const key of ['a', 'b', 'a']) queue.add(key);
	assert.deepEqual(seen, [], 'never in the turn that adds it');
	await clock.advance(10);
	assert.deepEqual(seen, [
		['a', 0],
		['b', 0],
	]);
});

test('what is refused is tried again after 5, 10, 20 ms …, and from the start once it went well', async () => {
	let refusals = 4;
	const { clock, seen, queue } = recordingQueue(() => {
		if (refusals-- > 0) throw badRequest('not yet');
	});
	queue.add('a');
	await clock.advance(1000);
	assert.deepEqual(
		seen.map(([, at]) => at),
		[0, 5, 15, 35, 75],
	);
	refusals = 1;
	queue.add('a');
	await clock.advance(1000);
	assert.deepEqual(
		seen.slice(5).map(([, at]) => at),
		[1000, 1005],
	);
});

test('retries are at most 1000 s apart', async () => {
	const { clock, seen, queue } = recordingQueue(() => {
		throw badRequest('never');
	});
	queue.add('a');
	await clock.advance(20_000_000);
	const gaps = seen.slice(1).map(([, at], index) => at - seen[index][1]);
	assert.equal(Math.max(...gaps), 1_000_000);
	queue.stop();
	const { length } = seen;
	await clock.advance(20_000_000);
	assert.equal(seen.length, length);
});

test('of two delays the earlier counts, and adding a key at once overtakes both', async () => {
	const { clock, seen, queue } = recordingQueue();
	queue.addAfter('a', 500);
	queue.addAfter('a', 100);
	queue.addAfter('a', 300);
	queue.addAfter('b', 100);
	await clock.advance(50);
	queue.add('b');
	await clock.advance(1000);
	assert.deepEqual(seen, [
		['b', 50],
		['a', 100],
	]);
});
