// The cookies that a lab's page has set (RFC 6265), kept on the server: the page's own document has an opaque
// origin, to which a browser gives none.

interface Cookie {
	name: string;
	value: string;
	path: string;
	/** In ms since 1970; undefined where it lasts as long as the jar. */
	expires: number | undefined;
}

const mostCookies = 50;
const longestCookie = 4_096;

/** The path that a cookie is for where it names none (RFC 6265, 5.1.4). */
function defaultPath(target: string): string {
	const path = target.split('?', 1)[0];
	const end = path.lastIndexOf('/');
	return end > 0 ? path.slice(0, end) : '/';
}

function isForPath(cookie: string, target: string): boolean {
	const path = target.split('?', 1)[0];
	return (
		path === cookie || (path.startsWith(cookie) && (cookie.endsWith('/') || path[cookie.length] === '/'))
	);
}

export class CookieJar {
	readonly #cookies = new Map<string, Cookie>();

	/** Keeps what a Set-Cookie field of an answer to `target` says. */
	keep(field: string, target: string, now = Date.now()): void {
		if (field.length > longestCookie) return;
		const [pair, ...attributes] = field.split(';').map((part) => part.trim());
		const [, name, value] = /^([^=\s]+)=(.*)$/.exec(pair) ?? [];
		if (name === undefined) return;
		const attribute = (wanted: string) => {
			const found = attributes.findLast((each) => each.toLowerCase().startsWith(`${wanted}=`));
			return found?.slice(wanted.length + 1).trim();
		};
		const given = attribute('path');
		const path = given?.startsWith('/') ? given : defaultPath(target);
		const seconds = attribute('max-age');
		const until = Date.parse(attribute('expires') ?? '');
		const lasts =
			seconds !== undefined && /^-?\d+$/.test(seconds) ? now + Number(seconds) * 1_000 : undefined;
		const expires = lasts ?? (Number.isNaN(until) ? undefined : until);
		const key = `${name};${path}`;
		this.#cookies.delete(key);
		if (expires !== undefined && expires <= now) return;
		if (this.#cookies.size >= mostCookies) this.#cookies.delete(this.#cookies.keys().next().value ?? '');
		this.#cookies.set(key, { name, value, path, expires });
	}

	/** The Cookie field of a request for `target`; undefined where there is none to send. */
	field(target: string, now = Date.now()): string | undefined {
		const sent = [...this.#cookies.values()]
			.filter(({ path, expires }) => isForPath(path, target) && (expires === undefined || expires > now))
			.sort((a, b) => b.path.length - a.path.length);
		return sent.length > 0 ? sent.map(({ name, value }) => `${name}=${value}`).join('; ') : undefined;
	}
}
