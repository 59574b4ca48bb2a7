// Addresses of the site's pages, below the base that it is served under.

/** Where the site lies: `/`, or `/a/sub/path/`. */
export const base = import.meta.env.BASE_URL.replace(/\/*$/, '/');

/**
 * Where a page finds the terminal server: the site's own base, or for a copy that is served elsewhere the address
 * in SLIDECAR_SERVER (a server started with `--site-origin` for this copy).
 */
export const server = process.env.SLIDECAR_SERVER || base;

export type View = 'read' | 'present' | 'speaker';

/** The address of a chapter in one of its views. */
export function viewPath(view: View, slug: string): string {
	return `${base}${view}/${slug}/`;
}

/** The number of things, with the word for one or more of them. */
export function count(number: number, one: string, more = `${one}s`): string {
	return `${number} ${number === 1 ? one : more}`;
}

/** A length of time in hours and minutes: `45 minutes`, `4 hours 25 minutes`, `2 hours`. */
export function hoursAndMinutes(minutes: number): string {
	const hours = Math.floor(minutes / 60);
	const parts = [];
	if (hours > 0) parts.push(count(hours, 'hour'));
	if (minutes % 60 > 0 || hours === 0) parts.push(count(minutes % 60, 'minute'));
	return parts.join(' ');
}

/** A chapter's slug by its entry's id, `read/<slug>`; undefined for an entry that is no chapter. */
export function slugOf(entryId: string): string | undefined {
	return /^read\/([^/]+)$/.exec(entryId)?.[1];
}
