// Which Host and Origin a request may name. A page of another site can make a browser send requests here, to a
// loopback address as well, so both are compared with an exact list; by Host, DNS rebinding fails.
import { hostname, networkInterfaces } from 'node:os';

export interface AllowedOrigins {
	/** `host:port`, in lower case. */
	hosts: ReadonlySet<string>;
	/** `scheme://host:port`, in lower case, the default port left out. */
	origins: ReadonlySet<string>;
	/** Of `origins`, those of a site that stands elsewhere. */
	foreign: ReadonlySet<string>;
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether only this host can reach a server that listens there. */
export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Whether a server that listens there can be reached by every address of this machine. */
function isEveryAddress(host: string): boolean {
	return host === '0.0.0.0' || host === '::';
}

/**
 * How URLs name a server that listens on `host`: this machine's own name for it first, then those that others on
 * the network can use, where it listens on every address. IPv6 only where it is asked for.
 */
export function namesOf(host: string): string[] {
	if (!isEveryAddress(host)) return [urlHost(host)];
	const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
	const reachable = addresses.filter(
		({ internal, family, address }) =>
			!internal && (family === 'IPv4' || (host === '::' && !address.startsWith('fe80:'))),
	);
	return ['localhost', ...reachable.map(({ address }) => urlHost(address))];
}

/** As a URL writes a host: IPv6 in brackets. */
export function urlHost(host: string): string {
	return host.includes(':') ? `[${host}]` : host;
}

/**
 * @param host what the server listens on: every name of the machine where it is `0.0.0.0` or `::`.
 * @param siteOrigins origins of sites that may use this server; a reverse proxy's is one as well.
 */
export function allowedOrigins(host: string, port: number, siteOrigins: readonly string[]): AllowedOrigins {
	const names = new Set([...loopback, urlHost(host).toLowerCase()]);
	if (isEveryAddress(host)) {
		names.add(hostname().toLowerCase());
		for (const addresses of Object.values(networkInterfaces()))
			for (const { address } of addresses ?? []) names.add(urlHost(address.toLowerCase()));
	}
	const hosts = new Set<string>();
	const origins = new Set<string>();
	for (const name of names) {
		const url = new URL(`http://${name}:${port}`);
		hosts.add(url.host);
		origins.add(url.origin);
	}
	const foreign = new Set<string>();
	for (const site of siteOrigins) {
		const { origin, host: siteHost } = new URL(site);
		if (!origins.has(origin)) foreign.add(origin);
		origins.add(origin);
		// Behind a reverse proxy the site's own host is what the requests name.
		hosts.add(siteHost);
	}
	return { hosts, origins, foreign };
}

export function isAllowedHost(allowed: AllowedOrigins, host: string | undefined): boolean {
	return host !== undefined && allowed.hosts.has(host.toLowerCase());
}

/** A missing Origin is refused: only what is no browser leaves it out where this is asked. */
export function isAllowedOrigin(allowed: AllowedOrigins, origin: string | undefined): boolean {
	return origin !== undefined && allowed.origins.has(origin.toLowerCase());
}
