import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CronScheduleError, parseCronSchedule } from '../../api/validation/cron-schedule.ts';
import { formatZoned, missedTimes, nextTime } from './calendar.ts';

/** The next times of a schedule, as clocks in UTC show them. */
function times(schedule: string, after: string, count: number, timeZone = 'UTC'): string[] {
	const parsed = parseCronSchedule(schedule);
	let at = Date.parse(after);
	return Array.from({ length: count }, () => {
		at = nextTime(parsed, at, timeZone) ?? Number.NaN;
		return new Date(at).toISOString().slice(0, 16);
	});
}

test('fields, lists, ranges, steps, names and descriptors', () => {
	for (const [schedule, after, ...expected] of [
		['*/15 * * * *', '2026-01-01T00:07:30Z', '2026-01-01T00:15', '2026-01-01T00:30'],
		['0 9-17/4 * * *', '2026-01-01T10:00:00Z', '2026-01-01T13:00', '2026-01-01T17:00', '2026-01-02T09:00'],
		['30 6 1,15 * *', '2026-01-02T00:00:00Z', '2026-01-15T06:30', '2026-02-01T06:30'],
		['0 0 * * MON-fri', '2026-01-02T12:00:00Z', '2026-01-05T00:00', '2026-01-06T00:00'],
		[
			'5/20 1 * jan *',
			'2026-01-31T00:00:00Z',
			'2026-01-31T01:05',
			'2026-01-31T01:25',
			'2026-01-31T01:45',
			'2027-01-01T01:05',
		],
		// Where both say something, the day of the month or of the week will do.
		['0 0 13 * 5', '2026-02-01T00:00:00Z', '2026-02-06T00:00', '2026-02-13T00:00', '2026-02-20T00:00'],
		['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00'],
		['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00'],
		['@yearly', '2026-01-01T00:00:00Z', '2027-01-01T00:00'],
	] as const)
		assert.deepEqual(times(schedule, after, expected.length), expected, schedule);
	const every = parseCronSchedule('@every 1h30m10s');
	assert.equal(
		nextTime(every, Date.parse('2026-01-01T00:00:00Z'), 'UTC'),
		Date.parse('2026-01-01T01:30:10Z'),
	);
	assert.equal(
		nextTime(parseCronSchedule('0 0 30 2 *'), Date.parse('2026-01-01T00:00:00Z'), 'UTC'),
		undefined,
	);
});

test('time zones, and the hours that summer time leaves out and repeats', () => {
	assert.deepEqual(times('0 5 * * *', '2026-01-01T00:00:00Z', 1, 'Europe/Berlin'), ['2026-01-01T04:00']);
	assert.deepEqual(times('0 5 * * *', '2026-07-01T04:00:00Z', 1, 'Europe/Berlin'), ['2026-07-02T03:00']);
	assert.deepEqual(times('15 0 * * *', '2026-01-01T00:00:00Z', 2, 'Asia/Kolkata'), [
		'2026-01-01T18:45',
		'2026-01-02T18:45',
	]);
	// 29 March 2026, 2:30 does not exist; 25 October, 2:30 comes twice.
	assert.deepEqual(times('30 2 * * *', '2026-03-28T12:00:00Z', 1, 'Europe/Berlin'), ['2026-03-30T00:30']);
	assert.deepEqual(times('30 2 * * *', '2026-10-24T12:00:00Z', 3, 'Europe/Berlin'), [
		'2026-10-25T00:30',
		'2026-10-25T01:30',
		'2026-10-26T01:30',
	]);
	assert.equal(formatZoned(Date.parse('2026-07-01T03:00:00Z'), 'Europe/Berlin'), '2026-07-01T05:00:00+02:00');
	assert.equal(formatZoned(Date.parse('2026-07-01T03:00:00Z'), 'UTC'), '2026-07-01T03:00:00Z');
});

test('what was missed is counted, and only its last time given', () => {
	const at = (text: string) => Date.parse(text);
	const missed = (schedule: string, since: string, now: string) => {
		const { latest, count } = missedTimes(parseCronSchedule(schedule), at(since), at(now), 'UTC');
		return [latest === undefined ? undefined : new Date(latest).toISOString().slice(0, 16), count];
	};
	assert.deepEqual(missed('0 * * * *', '2026-01-01T00:30:00Z', '2026-01-01T00:59:59Z'), [undefined, 0]);
	assert.deepEqual(missed('0 * * * *', '2026-01-01T00:30:00Z', '2026-01-01T01:00:00Z'), [
		'2026-01-01T01:00',
		1,
	]);
	assert.deepEqual(missed('0 * * * *', '2026-01-01T00:30:00Z', '2026-01-08T01:10:00Z'), [
		'2026-01-08T01:00',
		169,
	]);
	assert.deepEqual(missed('@every 7m', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z'), [
		'2026-01-01T00:56',
		8,
	]);
});

test('a schedule that cannot be is told why', () => {
	for (const [schedule, message] of [
		['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
		['61 * * * *', 'end of range (61) above maximum (59): 61'],
		['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
		['* * * * 7', 'end of range (7) above maximum (6): 7'],
		['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
		['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
		['*/2/2 * * * *', 'too many slashes: */2/2'],
		['*/0 * * * *', 'step of range should be a positive number: */0'],
		['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
		['@often', 'unrecognized descriptor: @often'],
		['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
	])
		assert.throws(() => parseCronSchedule(schedule), new CronScheduleError(message), schedule);
});
