import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from './in-order.ts';

test('results and lines come in order, whichever ends first', async () => {
	const first = Promise.withResolvers<void>();
	const printed: string[] = [];
	let most = 0;
	let running = 0;
	const done = inOrder(
		['a', 'b', 'c'],
		2,
		(line) => printed.push(line),
		async (item, print) => {
			most = Math.max(most, ++running);
			print(`${item} begins`);
			if (item === 'a') await first.promise;
			if (item === 'c') first.resolve();
			print(`${item} ends`);
			running--;
			return item.toUpperCase();
		},
	);
	assert.deepEqual(printed, ['a begins']);
	assert.deepEqual(await done, ['A', 'B', 'C']);
	assert.deepEqual(
		printed,
		['a', 'b', 'c'].flatMap((item) => [`${item} begins`, `${item} ends`]),
	);
	assert.equal(most, 2);
});

test('one at a time where that is asked for, and what fails is told', async () => {
	const begun: number[] = [];
	const failing = inOrder(
		[1, 2, 3],
		1,
		() => {},
		async (item) => {
			begun.push(item);
			if (item === 2) throw new Error('no second');
		},
	);
	await assert.rejects(failing, /no second/);
	assert.deepEqual(begun, [1, 2]);
});
