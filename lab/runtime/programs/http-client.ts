// What curl, wget and git share: URLs, and a request over a new connection of the process's network.

import { parseAddress } from '../../network/addresses.ts';
import { HttpReader, type HttpRequest, type HttpResponse, header, writeRequest } from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import { connectTls, type TlsError } from '../../network/tls.ts';
import type { Process } from '../process.ts';
import { lookup } from './name-service.ts';

export interface HttpUrl {
	scheme: 'http' | 'https';
	user?: string;
	host: string;
	port: number;
	/** With the query, at least `/`. */
	target: string;
}

/** Reads `[scheme://][user@]host[:port][/path]`; undefined where that is no URL, or of another scheme. */
export function parseUrl(text: string): HttpUrl | undefined {
	const [, scheme = 'http', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
	const [, user, host, port, target = ''] =
		/^(?:([^/@?#]*)@)?(\[[^\]]*\]|[^/:?#]+)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/.exec(rest) ?? [];
	if (!host || !/^https?$/i.test(scheme) || Number(port) > 65535) return undefined;
	const secure = scheme.toLowerCase() === 'https';
	return {
		scheme: secure ? 'https' : 'http',
		user,
		host,
		port: port ? Number(port) : secure ? 443 : 80,
		target: target.startsWith('/') ? target : `/${target}`,
	};
}

/** The URL that a Location field means, seen from `base` (RFC 3986, 5.2, as far as HTTP servers use it). */
export function resolveUrl(base: HttpUrl, location: string): string {
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return location;
	if (location.startsWith('//')) return `${base.scheme}:${location}`;
	const origin = `${base.scheme}://${hostField(base)}`;
	if (location.startsWith('/')) return origin + location;
	return `${origin}${base.target.replace(/[^/]*(\?.*)?$/, '')}${location}`;
}

/** The Host field: the port only where it is not the scheme's own. */
export function hostField({ scheme, host, port }: HttpUrl): string {
	return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}

/** The name does not resolve. */
export class UnknownHost extends Error {
	readonly host: string;
	constructor(host: string) {
		super(`could not resolve host: ${host}`);
		this.host = host;
	}
}

/** The time that the caller allowed is over. */
export class TimedOut extends Error {}

/** Aborts after `ms` milliseconds of the lab's time; call `stop` when it is no longer needed. */
export function deadline(process: Process, ms: number | undefined): { signal: AbortSignal; stop(): void } {
	const controller = new AbortController();
	const timer =
		ms === undefined ? undefined : process.clock.after(ms, () => controller.abort(new TimedOut('timed out')));
	return { signal: controller.signal, stop: () => timer?.cancel() };
}

/** Resolves a name to its addresses. Throws UnknownHost. */
export async function resolveHost(process: Process, host: string, signal?: AbortSignal): Promise<string[]> {
	const addresses = await lookup(process, host, signal);
	if (addresses.length === 0) throw new UnknownHost(host);
	return addresses;
}

/** Connects to the first address that answers; throws the last SystemError. */
export async function connectFirst(
	process: Process,
	addresses: readonly string[],
	port: number,
	signal?: AbortSignal,
	trying: (address: string) => void | Promise<void> = () => {},
): Promise<Connection> {
	let failure: unknown;
	for (const address of addresses) {
		await trying(address);
		try {
			return await process.network.connect(address, port, signal);
		} catch (error) {
			if (signal?.aborted) throw error;
			failure = error;
		}
	}
	throw failure;
}

/** Where images keep the authorities that their programs trust. */
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/cert.pem'];

/** The authorities that the container trusts, in PEM; '' where it has none. */
export function trustedAuthorities(process: Process): string {
	const bundle = bundles.find((path) => process.files.exists(path));
	return bundle === undefined ? '' : process.files.readText(bundle);
}

/**
 * Speaks TLS on a connection to an `https` URL's host. `trusted` are the authorities in PEM, undefined for any.
 * Throws TlsError.
 */
export function secure(
	process: Process,
	connection: Connection,
	{ host }: HttpUrl,
	trusted: string | undefined,
	signal?: AbortSignal,
): ReturnType<typeof connectTls> {
	return connectTls(connection, { name: host, trusted, now: process.clock.now(), signal });
}

/** A fault of TLS in the words of curl and of what uses its library. */
export function tlsProblem({ fault }: TlsError, host: string): string {
	const kind = parseAddress(host) === undefined ? 'host name' : 'ipv4 address';
	switch (fault) {
		case 'unknown issuer':
			return 'SSL certificate problem: unable to get local issuer certificate';
		case 'expired':
			return 'SSL certificate problem: certificate has expired';
		case 'not yet valid':
			return 'SSL certificate problem: certificate is not yet valid';
		case 'other name':
			return `SSL: no alternative certificate subject name matches target ${kind} '${host}'`;
		case 'wrong version number':
			return 'TLS connect error: error:0A00010B:SSL routines::wrong version number';
		case 'unexpected eof':
			return 'TLS connect error: error:0A000126:SSL routines::unexpected eof while reading';
	}
}

export type ReceivedResponse = HttpResponse & {
	version: string;
	reason: string;
	body?: AsyncIterable<Uint8Array>;
};

/** Sends the request and reads the head of the response; its body streams. */
export async function exchange(
	connection: Connection,
	request: Omit<HttpRequest, 'version'>,
	signal?: AbortSignal,
): Promise<ReceivedResponse> {
	const reader = new HttpReader(connection);
	await writeRequest(connection, request);
	const response = await reader.response(request.method, signal);
	return { ...response, body: response.body as AsyncIterable<Uint8Array> | undefined };
}

/** How many bytes the body has, where the server says it. */
export function contentLength(response: HttpResponse): number | undefined {
	const length = header(response.headers, 'content-length');
	return length === undefined ? undefined : Number(length);
}
