import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventCorrelator, type Occurrence } from './event-correlator.ts';

const occurrence = (message: string, name = 'web', reason = 'Failed'): Occurrence => ({
	involvedObject: { kind: 'Pod', namespace: 'default', name, uid: name, apiVersion: 'v1' },
	source: { component: 'kubelet', host: 'node1' },
	type: 'Warning',
	reason,
	message,
});

function correlate() {
	const correlator = new EventCorrelator();
	let names = 0;
	return (event: Occurrence, now = 0) => correlator.observe(event, () => `event${++names}`, now);
}

test('equal events are one, which is counted', () => {
	const observe = correlate();
	assert.deepEqual(observe(occurrence('a'), 5), { name: 'event1', message: 'a', count: 1, firstAt: 5 });
	assert.deepEqual(observe(occurrence('a'), 9), { name: 'event1', message: 'a', count: 2, firstAt: 5 });
	assert.equal(observe(occurrence('b'))?.count, 1);
});

test('the tenth text of a reason is combined with those that follow, until ten minutes have passed', () => {
	const observe = correlate();
	for (let index = 0; index < 9; index++) assert.equal(observe(occurrence(`text ${index}`))?.count, 1);
	const combined = observe(occurrence('text 9'));
	assert.equal(combined?.message, '(combined from similar events): text 9');
	assert.equal(combined?.count, 1);
	const next = observe(occurrence('text 10'));
	assert.deepEqual([next?.name, next?.count], [combined?.name, 2]);
	assert.equal(observe(occurrence('text 11', 'web', 'Other'))?.message, 'text 11');
	assert.equal(observe(occurrence('text 12'), 700_000)?.message, 'text 12');
});

test('a source has 25 events about an object at once, and one in five minutes after that', () => {
	const observe = correlate();
	for (let index = 0; index < 25; index++) assert(observe(occurrence('again')));
	assert.equal(observe(occurrence('again')), undefined);
	assert(observe(occurrence('again', 'other')));
	assert.equal(observe(occurrence('again'), 299_000), undefined);
	const later = observe(occurrence('again'), 301_000);
	assert.equal(later?.count, 28, 'what was not written has been counted');
	assert.equal(observe(occurrence('again'), 302_000), undefined);
});
