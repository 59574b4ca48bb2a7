// The world outside the cluster. The lab has no way out, as an air-gapped cluster; a few hosts that exercises
// need are simulated here, each under an address of a documentation range (RFC 5737).
import { issue, publicAuthority } from './certificates.ts';
import { type HttpRequest, type HttpResponse, serveHttp } from './http.ts';
import type { Connection } from './network.ts';
import { acceptTls } from './tls.ts';

export interface OutsideHost {
	readonly name: string;
	readonly address: string;
	/** What it answers on ports 80 and 443. */
	handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

/** One that serves connections. */
export interface OutsideServer extends OutsideHost {
	/** Serves a connection to one of its ports; on 443 by TLS. */
	serve(connection: Connection, port: number, now: number): Promise<void>;
}

export interface OutsideHosts {
	addressOf(name: string): string | undefined;
	byAddress(address: string): OutsideServer | undefined;
}

const authority = { name: 'Public Authority', certificate: publicAuthority };

function serverOf(host: OutsideHost): OutsideServer {
	return {
		...host,
		async serve(connection, port, now) {
			const certificate = issue(authority, host.name, [host.name, `*.${host.name}`], now);
			const secured = port === 443 ? await acceptTls(connection, certificate) : connection;
			if (secured) await serveHttp(secured, (request) => host.handle(request));
		},
	};
}

export function createOutsideHosts(hosts: readonly OutsideHost[]): OutsideHosts {
	const names = new Map(hosts.map((host) => [host.name, host.address]));
	const addresses = new Map(hosts.map((host) => [host.address, serverOf(host)]));
	return { addressOf: (name) => names.get(name), byAddress: (address) => addresses.get(address) };
}
