// Times as text: strftime's conversions, in UTC as containers have it.

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December',
];
const two = (value: number) => String(value).padStart(2, '0');

function dayOfYear(date: Date): number {
	return (
		Math.floor(
			(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
				Date.UTC(date.getUTCFullYear(), 0, 1)) /
				86_400_000,
		) + 1
	);
}

/** ISO 8601's week and the year that it belongs to. */
function isoWeek(date: Date): { year: number; week: number } {
	const thursday = new Date(date);
	thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
	return { year: thursday.getUTCFullYear(), week: Math.ceil(dayOfYear(thursday) / 7) };
}

const conversions: Record<string, (date: Date) => string> = {
	a: (d) => weekdays[d.getUTCDay()].slice(0, 3),
	A: (d) => weekdays[d.getUTCDay()],
	b: (d) => months[d.getUTCMonth()].slice(0, 3),
	B: (d) => months[d.getUTCMonth()],
	c: (d) => strftime('%a %b %e %H:%M:%S %Y', d.getTime()),
	C: (d) => two(Math.floor(d.getUTCFullYear() / 100)),
	d: (d) => two(d.getUTCDate()),
	D: (d) => strftime('%m/%d/%y', d.getTime()),
	e: (d) => String(d.getUTCDate()).padStart(2),
	F: (d) => strftime('%Y-%m-%d', d.getTime()),
	G: (d) => String(isoWeek(d).year),
	h: (d) => months[d.getUTCMonth()].slice(0, 3),
	H: (d) => two(d.getUTCHours()),
	I: (d) => two(d.getUTCHours() % 12 || 12),
	j: (d) => String(dayOfYear(d)).padStart(3, '0'),
	k: (d) => String(d.getUTCHours()).padStart(2),
	l: (d) => String(d.getUTCHours() % 12 || 12).padStart(2),
	m: (d) => two(d.getUTCMonth() + 1),
	M: (d) => two(d.getUTCMinutes()),
	n: () => '\n',
	N: (d) => String(d.getUTCMilliseconds() * 1_000_000).padStart(9, '0'),
	p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
	P: (d) => (d.getUTCHours() < 12 ? 'am' : 'pm'),
	r: (d) => strftime('%I:%M:%S %p', d.getTime()),
	R: (d) => strftime('%H:%M', d.getTime()),
	s: (d) => String(Math.floor(d.getTime() / 1000)),
	S: (d) => two(d.getUTCSeconds()),
	t: () => '\t',
	T: (d) => strftime('%H:%M:%S', d.getTime()),
	u: (d) => String(d.getUTCDay() || 7),
	V: (d) => two(isoWeek(d).week),
	w: (d) => String(d.getUTCDay()),
	x: (d) => strftime('%m/%d/%y', d.getTime()),
	X: (d) => strftime('%H:%M:%S', d.getTime()),
	y: (d) => two(d.getUTCFullYear() % 100),
	Y: (d) => String(d.getUTCFullYear()),
	z: () => '+0000',
	Z: () => 'UTC',
	'%': () => '%',
};

/** `at` is in milliseconds since 1970. `%-d` leaves padding out, `%3N` gives milliseconds, as in GNU date. */
export function strftime(format: string, at: number): string {
	const date = new Date(at);
	return format.replace(
		/%([-_0^]?)(\d?)(:?[a-zA-Z%])/g,
		(whole, flag: string, width: string, letter: string) => {
			if (letter === ':z') return '+00:00';
			const convert = Object.hasOwn(conversions, letter) ? conversions[letter] : undefined;
			if (!convert) return whole;
			let text = convert(date);
			if (letter === 'N' && width) text = text.slice(0, Number(width));
			if (flag === '-') text = text.replace(/^[0 ]+(?=\d)/, '');
			if (flag === '_') text = text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
			return flag === '^' ? text.toUpperCase() : text;
		},
	);
}

/** The date of HTTP's fields (RFC 9110, 5.6.7). */
export function httpDate(at: number): string {
	return strftime('%a, %d %b %Y %H:%M:%S GMT', at);
}

/** What HTTP's fields say, in milliseconds since 1970; undefined for no date. */
export function parseHttpDate(text: string): number | undefined {
	const at = Date.parse(text);
	return Number.isNaN(at) ? undefined : at;
}
