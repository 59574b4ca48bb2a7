import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeSort } from './merge-sort.ts';
import { complete, inTurns } from './work.ts';

test('sorting in pieces gives what sorting at once does, equal ones in their order', () => {
	let state = 1;
	const random = () => {
		state = (state * 48271) % 2147483647;
		return state;
	};
	for (const length of [0, 1, 255, 256, 257, 5000]) {
		const items = Array.from({ length }, (_, at) => ({ key: random() % 50, at }));
		const compare = (one: (typeof items)[0], other: (typeof items)[0]) => one.key - other.key;
		assert.deepEqual(complete(mergeSort(items, compare)), items.toSorted(compare));
	}
});

test('work in turns takes the steps that it tells', async () => {
	let steps = 0;
	const process = {
		step(count = 1) {
			steps += count;
			return Promise.resolve();
		},
	};
	function* work() {
		yield 3;
		yield 4;
		return 'done';
	}
	assert.equal(await inTurns(process, work()), 'done');
	assert.equal(steps, 7);
});
