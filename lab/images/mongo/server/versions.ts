// The versions of MongoDB: which there are, and which read whose data.

/** The last patch release of each line, oldest line first. */
export const lines: Readonly<Record<string, number>> = {
	'3.0': 15,
	'3.2': 21,
	'3.3': 15,
	'3.4': 24,
	'3.6': 23,
	'4.0': 28,
	'4.2': 24,
	'4.4': 29,
	'5.0': 31,
	'6.0': 26,
	'7.0': 24,
	'8.0': 13,
	'8.2': 0,
};

/** The line of a version as a number: 4.4 of 4.4.29. */
export const lineOf = (version: string): number => Number(version.split('.').slice(0, 2).join('.'));

/** The release that a line's data is marked with: a development line (3.3) writes that of the release before. */
function releaseOf(line: string): string {
	return line === '3.3' ? '3.2' : line;
}

/** The featureCompatibilityVersion of new data. */
export const releaseOfVersion = (version: string): string =>
	releaseOf(version.split('.').slice(0, 2).join('.'));

/** Whether a version reads data of a release: its own, or that of the release before. */
export function readsDataOf(version: string, release: string): boolean {
	const releases = Object.keys(lines).filter((line) => line !== '3.3');
	const at = releases.indexOf(releaseOfVersion(version));
	const ofData = releases.indexOf(release);
	return ofData >= 0 && (ofData === at || ofData === at - 1);
}
