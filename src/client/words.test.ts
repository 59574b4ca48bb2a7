import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationInWords, statusInWords } from './words.ts';

test('durations are as precise as people want them', () => {
	assert.equal(durationInWords(40), '0.0 s');
	assert.equal(durationInWords(1_234), '1.2 s');
	assert.equal(durationInWords(9_960), '10 s');
	assert.equal(durationInWords(59_400), '59 s');
	assert.equal(durationInWords(125_000), '2 min 5 s');
});

test('a state is said in words, with what one wants to know of it', () => {
	const now = 10_000;
	assert.equal(statusInWords({ state: 'idle' }, now), '');
	assert.equal(statusInWords({ state: 'idle', note: 'Not sent.' }, now), 'Not sent.');
	assert.equal(statusInWords({ state: 'running', run: 'r', since: 7_000 }, now), 'Running 3.0 s');
	assert.equal(
		statusInWords({ state: 'passed', run: 'r', exitCode: 0, durationMs: 1_234 }, now),
		'Passed in 1.2 s',
	);
	assert.equal(statusInWords({ state: 'passed', run: 'r', exitCode: 1 }, now), 'Passed, exit code 1');
	assert.equal(statusInWords({ state: 'passed', run: 'r' }, now, 'Saved'), 'Saved');
	assert.equal(
		statusInWords({ state: 'failed', run: 'r', exitCode: 127, durationMs: 40, reason: 'Not found.' }, now),
		'Failed in 0.0 s, exit code 127: Not found.',
	);
});
