// The world outside the cluster. The lab has no way out, as an air-gapped cluster; a few hosts that exercises
// need are simulated here, each under an address of a documentation range (RFC 5737).
import type { HttpRequest, HttpResponse } from './http.ts';

export interface OutsideHost {
	readonly name: string;
	readonly address: string;
	/** What it answers on ports 80 and 443 (the lab leaves TLS out on the way to simulated hosts). */
	handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

export interface OutsideHosts {
	addressOf(name: string): string | undefined;
	byAddress(address: string): OutsideHost | undefined;
}

export function createOutsideHosts(hosts: readonly OutsideHost[]): OutsideHosts {
	const names = new Map(hosts.map((host) => [host.name, host.address]));
	const addresses = new Map(hosts.map((host) => [host.address, host]));
	return { addressOf: (name) => names.get(name), byAddress: (address) => addresses.get(address) };
}
