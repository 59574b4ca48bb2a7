import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepEqual } from './deep-equal.ts';

test('JSON values are equal by content', () => {
	for (const [a, b, equal] of [
		[{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
		[{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
		[{ a: 1 }, { a: 1, b: undefined }, true],
		[{ a: 1 }, { a: 1, b: null }, false],
		[[1, 2], [2, 1], false],
		[[], {}, false],
		[{ 0: 'a' }, ['a'], false],
		['1', 1, false],
		[null, {}, false],
	] as const) {
		assert.equal(deepEqual(a, b), equal);
		assert.equal(deepEqual(b, a), equal);
	}
});
