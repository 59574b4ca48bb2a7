// When a schedule is due, in a time zone (kubernetes.io/docs/concepts/workloads/controllers/cron-jobs).
import type { CronSchedule } from '../../api/validation/cron-schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** No date of a schedule is further away than this; `30 2 30 2 *` is never due. */
const horizon = 5 * 366 * day;

interface LocalTime {
	minute: number;
	hour: number;
	dayOfMonth: number;
	month: number;
	dayOfWeek: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
	const known = formats.get(timeZone);
	if (known) return known;
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone,
		hourCycle: 'h23',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		weekday: 'short',
	});
	formats.set(timeZone, format);
	return format;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** What clocks and calendars in the zone show at a time. */
function localTime(at: number, timeZone: string): LocalTime {
	if (timeZone === 'UTC') {
		const date = new Date(at);
		return {
			minute: date.getUTCMinutes(),
			hour: date.getUTCHours(),
			dayOfMonth: date.getUTCDate(),
			month: date.getUTCMonth() + 1,
			dayOfWeek: date.getUTCDay(),
		};
	}
	const parts = new Map(
		formatOf(timeZone)
			.formatToParts(at)
			.map(({ type, value }) => [type, value]),
	);
	return {
		minute: Number(parts.get('minute')),
		hour: Number(parts.get('hour')),
		dayOfMonth: Number(parts.get('day')),
		month: Number(parts.get('month')),
		dayOfWeek: weekdays.indexOf(parts.get('weekday') ?? ''),
	};
}

/**
 * The first time after `after` at which the schedule is due, in milliseconds since 1970; undefined where
 * there is none within five years. An hour that summer time leaves out is left out, one that comes twice
 * counts twice.
 */
export function nextTime(schedule: CronSchedule, after: number, timeZone: string): number | undefined {
	if ('everyMs' in schedule) return Math.floor(after / 1000) * 1000 + schedule.everyMs;
	const { dayOfMonth, dayOfWeek, month } = schedule;
	const isDay = (local: LocalTime): boolean => {
		if (!month.values.has(local.month)) return false;
		const ofMonth = dayOfMonth.values.has(local.dayOfMonth);
		const ofWeek = dayOfWeek.values.has(local.dayOfWeek);
		// Where both fields say something, either will do.
		return dayOfMonth.any || dayOfWeek.any ? ofMonth && ofWeek : ofMonth || ofWeek;
	};
	let at = Math.floor(after / minute) * minute + minute;
	while (at <= after + horizon) {
		const local = localTime(at, timeZone);
		if (!isDay(local)) at = nextMidnight(at, local, timeZone);
		else if (!schedule.hour.values.has(local.hour)) at += hour - local.minute * minute;
		else if (!schedule.minute.values.has(local.minute)) at += minute;
		else return at;
	}
	return undefined;
}

/** The beginning of the next day; a day has 23 or 25 hours when summer time begins or ends. */
function nextMidnight(at: number, local: LocalTime, timeZone: string): number {
	const next = at + day - local.hour * hour - local.minute * minute;
	const { hour: shown, minute: past } = localTime(next, timeZone);
	const early = shown >= 12;
	return early ? next + (24 - shown) * hour - past * minute : next - shown * hour - past * minute;
}

export interface MissedTimes {
	/** The last time that was due, if any was. */
	latest: number | undefined;
	/** How many there were, as far as the first interval tells. */
	count: number;
}

/** What was due after `since` and until `now`. */
export function missedTimes(
	schedule: CronSchedule,
	since: number,
	now: number,
	timeZone: string,
): MissedTimes {
	const first = nextTime(schedule, since, timeZone);
	if (first === undefined || first > now) return { latest: undefined, count: 0 };
	const second = nextTime(schedule, first, timeZone);
	if (second === undefined || second > now) return { latest: first, count: 1 };
	const interval = second - first;
	const count = Math.floor((now - first) / interval) + 1;
	if ('everyMs' in schedule) return { latest: first + (count - 1) * interval, count };
	// Most of the way can be skipped; schedules are not all regular, so the last part is walked.
	let latest = first;
	let next: number | undefined = nextTime(
		schedule,
		Math.max(first, now - Math.max(2 * interval, day)),
		timeZone,
	);
	while (next !== undefined && next <= now) {
		latest = next;
		next = nextTime(schedule, next, timeZone);
	}
	return { latest, count };
}

/** A time as RFC 3339 has it in the zone, as `2026-03-01T05:00:00+01:00`. */
export function formatZoned(at: number, timeZone: string): string {
	const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
	const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.slice('GMT'.length) || 'Z';
	const [, sign, hours, minutes] = /^([-+])(\d\d):(\d\d)/.exec(offset) ?? [undefined, '+', '0', '0'];
	const shift = (Number(hours) * hour + Number(minutes) * minute) * (sign === '-' ? -1 : 1);
	return `${new Date(at + shift).toISOString().slice(0, 19)}${shift === 0 ? 'Z' : offset}`;
}
