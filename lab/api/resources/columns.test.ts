import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, humanDuration, listed, shownLabels } from './columns.ts';

test('durations are shown as kubectl shows ages', () => {
	const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
	for (const [duration, text] of [
		[0, '0s'],
		[119 * second, '119s'],
		[2 * minute, '2m'],
		[5 * minute + 3 * second, '5m3s'],
		[10 * minute + 30 * second, '10m'],
		[179 * minute, '179m'],
		[3 * hour + 5 * minute, '3h5m'],
		[8 * hour + 5 * minute, '8h'],
		[48 * hour, '2d'],
		[2 * day + 4 * hour, '2d4h'],
		[8 * day + 4 * hour, '8d'],
		[729 * day, '729d'],
		[2 * 365 * day + 5 * day, '2y5d'],
		[9 * 365 * day, '9y'],
		[-5 * second, '<invalid>'],
	] as const)
		assert.equal(humanDuration(duration), text);
	assert.equal(age(undefined, 0), '<unknown>');
});

test('labels and lists say where there are none', () => {
	assert.equal(shownLabels({ b: '2', a: '1' }), 'a=1,b=2');
	assert.equal(shownLabels(undefined), '<none>');
	assert.equal(listed([]), '<none>');
});
