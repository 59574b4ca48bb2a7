// A CronJob's schedule: five fields in cron's format, or a descriptor as `@hourly`, `@every 90m`, with the
// errors of the library that Kubernetes reads it with (pkg.go.dev/github.com/robfig/cron/v3).

/** What is wrong with a schedule, in the server's words. */
export class CronScheduleError extends Error {}

interface Field {
	values: ReadonlySet<number>;
	/** Says nothing of its own, as `*`. */
	any: boolean;
}

interface CalendarSchedule {
	minute: Field;
	hour: Field;
	dayOfMonth: Field;
	month: Field;
	dayOfWeek: Field;
}

export type CronSchedule = CalendarSchedule | { everyMs: number };

interface Bounds {
	min: number;
	max: number;
	names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: Record<keyof CalendarSchedule, Bounds> = {
	minute: { min: 0, max: 59 },
	hour: { min: 0, max: 23 },
	dayOfMonth: { min: 1, max: 31 },
	month: { min: 1, max: 12, names: months },
	dayOfWeek: { min: 0, max: 6, names: days },
};

const descriptors: Record<string, string> = {
	'@yearly': '0 0 1 1 *',
	'@annually': '0 0 1 1 *',
	'@monthly': '0 0 1 * *',
	'@weekly': '0 0 * * 0',
	'@daily': '0 0 * * *',
	'@midnight': '0 0 * * *',
	'@hourly': '0 * * * *',
};

const quoted = (text: string) => JSON.stringify(text);

/** Throws CronScheduleError. */
export function parseCronSchedule(text: string): CronSchedule {
	if (text === '') throw new CronScheduleError('empty spec string');
	const zone = /^(CRON_)?TZ=(\S*)\s*/.exec(text);
	if (zone && !isTimeZone(zone[2]))
		throw new CronScheduleError(`provided bad location ${zone[2]}: unknown time zone ${zone[2]}`);
	const schedule = zone ? text.slice(zone[0].length) : text;
	if (schedule.startsWith('@')) return parseDescriptor(schedule);
	const parts = schedule.split(/\s+/).filter(Boolean);
	if (parts.length !== 5)
		throw new CronScheduleError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
	const names = Object.keys(fields) as (keyof CalendarSchedule)[];
	return Object.fromEntries(
		names.map((name, index) => [name, parseField(parts[index], fields[name])]),
	) as unknown as CalendarSchedule;
}

function parseDescriptor(text: string): CronSchedule {
	if (descriptors[text]) return parseCronSchedule(descriptors[text]);
	if (!text.startsWith('@every ')) throw new CronScheduleError(`unrecognized descriptor: ${text}`);
	const duration = text.slice('@every '.length);
	const seconds = parseDuration(duration);
	if (seconds === undefined)
		throw new CronScheduleError(
			`failed to parse duration ${text}: time: invalid duration ${quoted(duration)}`,
		);
	return { everyMs: Math.max(1, Math.floor(seconds)) * 1000 };
}

const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a Go duration, as `1h30m`; undefined where it is none. */
function parseDuration(text: string): number | undefined {
	if (!/^[-+]?((\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
	let seconds = 0;
	for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns)/g))
		seconds += Number(amount) * units[unit];
	return text.startsWith('-') ? -seconds : seconds;
}

function parseField(text: string, bounds: Bounds): Field {
	const values = new Set<number>();
	let any = false;
	for (const range of text.split(',').filter(Boolean)) any = addRange(values, range, bounds) || any;
	return { values, any };
}

/** Adds the values of one range; gives whether it is every value there is. */
function addRange(values: Set<number>, text: string, bounds: Bounds): boolean {
	const [range, ...steps] = text.split('/');
	const ends = range.split('-');
	const star = range.startsWith('*') || range.startsWith('?') ? ends[0] === '*' || ends[0] === '?' : false;
	let [start, end] = [bounds.min, bounds.max];
	if (!star) {
		start = parseValue(ends[0], bounds.names);
		if (ends.length > 2) throw new CronScheduleError(`too many hyphens: ${text}`);
		end = ends.length === 2 ? parseValue(ends[1], bounds.names) : start;
	}
	if (steps.length > 1) throw new CronScheduleError(`too many slashes: ${text}`);
	const step = steps.length === 1 ? parseNumber(steps[0]) : 1;
	// `5/15` goes on to the end.
	if (steps.length === 1 && ends.length === 1) end = bounds.max;
	if (start < bounds.min)
		throw new CronScheduleError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
	if (end > bounds.max)
		throw new CronScheduleError(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
	if (start > end)
		throw new CronScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
	if (step === 0) throw new CronScheduleError(`step of range should be a positive number: ${text}`);
	for (let value = start; value <= end; value += step) values.add(value);
	return star && step === 1;
}

function parseValue(text: string, names: readonly string[] | undefined): number {
	const index = names?.indexOf(text.toLowerCase()) ?? -1;
	// Months count from 1, days from 0.
	return index < 0 ? parseNumber(text) : index + (names === months ? 1 : 0);
}

function parseNumber(text: string): number {
	if (!/^[-+]?\d+$/.test(text))
		throw new CronScheduleError(
			`failed to parse int from ${text}: strconv.Atoi: parsing ${quoted(text)}: invalid syntax`,
		);
	const number = Number(text);
	if (number < 0) throw new CronScheduleError(`negative number (${number}) not allowed: ${text}`);
	return number;
}

/** Whether the time zone database knows the name. */
export function isTimeZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}
