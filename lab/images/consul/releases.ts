// The releases of Consul that the images exist for.

export interface Release {
	version: string;
	/** The day is that of the line's first release. */
	built: string;
	revision: string;
}

/** The last patch release of each line, the day of its first, and whether the library's `consul` has it as well. */
export const lines: Readonly<Record<string, { last: number; built: string }>> = {
	'1.4': { last: 5, built: '2018-11-14' },
	'1.5': { last: 3, built: '2019-05-08' },
	'1.6': { last: 10, built: '2019-08-23' },
	'1.7': { last: 14, built: '2020-02-11' },
	'1.8': { last: 19, built: '2020-06-18' },
	'1.9': { last: 17, built: '2020-11-24' },
	'1.10': { last: 12, built: '2021-06-22' },
	'1.11': { last: 11, built: '2021-12-14' },
	'1.12': { last: 9, built: '2022-04-20' },
	'1.13': { last: 9, built: '2022-08-09' },
	'1.14': { last: 11, built: '2022-11-15' },
	'1.15': { last: 11, built: '2023-02-23' },
	'1.16': { last: 6, built: '2023-06-26' },
	'1.17': { last: 3, built: '2023-10-31' },
	'1.18': { last: 2, built: '2024-02-27' },
	'1.19': { last: 2, built: '2024-06-12' },
	'1.20': { last: 6, built: '2024-10-14' },
	'1.21': { last: 5, built: '2025-05-06' },
	'1.22': { last: 0, built: '2025-10-24' },
};

export function releaseOf(version: string): Release {
	const line = version.split('.').slice(0, 2).join('.');
	return { version, built: `${lines[line]?.built ?? '2024-10-14'}T12:00:00Z`, revision: 'lab' };
}

/** Whether a version is at least another one: `1.20.1`, `1.16`. */
export function isAtLeast(version: string, least: string): boolean {
	const [a, b] = [version, least].map((each) => each.split('.').map(Number));
	return a[0] !== b[0] ? a[0] > b[0] : a[1] >= b[1];
}
