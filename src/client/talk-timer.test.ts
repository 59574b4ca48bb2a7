import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from './store.ts';
import { clockTime, TalkTimer, timeLeftInWords } from './talk-timer.ts';

const minute = 60_000;

function memory(): Store {
	const kept = new Map<string, string>();
	return {
		getItem: (key) => kept.get(key) ?? null,
		setItem: (key, value) => void kept.set(key, value),
		removeItem: (key) => void kept.delete(key),
	};
}

test('counts only while it runs', () => {
	const timer = new TalkTimer(memory(), 'chapter', 25);
	assert.equal(timer.elapsed(5 * minute), 0);
	timer.start(0);
	timer.pause(2 * minute);
	assert.equal(timer.elapsed(9 * minute), 2 * minute);
	timer.start(10 * minute);
	assert.equal(timer.elapsed(11 * minute), 3 * minute);
	timer.reset(11 * minute);
	assert.equal(timer.running, true);
	assert.equal(timer.elapsed(12 * minute), minute);
});

test('goes on over a reload', () => {
	const store = memory();
	new TalkTimer(store, 'chapter', 25).start(0);
	assert.equal(new TalkTimer(store, 'chapter', 25).elapsed(minute), minute);
});

test('says in words how the time stands', () => {
	const timer = new TalkTimer(memory(), 'chapter', 25);
	timer.start(0);
	assert.equal(timeLeftInWords(timer, 5 * minute), '20:00 left');
	assert.equal(timeLeftInWords(timer, 23 * minute), '2:00 left, nearly over');
	assert.equal(timeLeftInWords(timer, 27 * minute), '2:00 over time');
	assert.equal(timer.pace(25 * minute), 'nearly-over');
	assert.equal(timer.pace(25 * minute + 1), 'over');
});

test('writes times as clocks do', () => {
	assert.equal(clockTime(0), '0:00');
	assert.equal(clockTime(65_999), '1:05');
	assert.equal(clockTime(3_723_000), '1:02:03');
});
