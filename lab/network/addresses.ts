// Who has which address: nodes in 172.18.0.0/16, pods in a /24 of 10.244.0.0/16 for each node.

export const serviceRange = '10.96.0.0/12';
export const podRange = '10.244.0.0/16';

/** Of the cluster's DNS service. */
export const dnsAddress = '10.96.0.10';
/** Of the name server that the nodes ask, on their network's gateway. */
export const nodeDnsAddress = '172.18.0.1';

/** An IPv4 address as a number, or undefined where the text is none. */
export function parseAddress(text: string): number | undefined {
	const parts = text.split('.');
	if (parts.length !== 4) return undefined;
	let value = 0;
	for (const part of parts) {
		if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
		value = value * 256 + Number(part);
	}
	return value;
}

/** Whether an address lies in a range in CIDR notation. */
export function inRange(address: string, range: string): boolean {
	const [base, bits] = range.split('/');
	const value = parseAddress(address);
	const start = parseAddress(base);
	if (value === undefined || start === undefined) return false;
	const size = 2 ** (32 - Number(bits));
	return value >= start && value < start + size;
}

export function isLoopback(address: string): boolean {
	return inRange(address, '127.0.0.0/8');
}

/** The node's own end of its pods' network: the first address of their range. */
export function gatewayOf(range: string): string {
	return range.replace(/\.0\/\d+$/, '.1');
}

/** Gives out a node's pod addresses one after another, as the host-local IPAM plugin: the last one freed comes last. */
export interface AddressPool {
	readonly range: string;
	take(): string;
	give(address: string): void;
}

/** `subnet` is the third byte. 0 is the network, 1 the bridge, 255 the broadcast address. */
export function createAddressPool(subnet: number): AddressPool {
	const taken = new Set<string>();
	let last = 1;
	return {
		range: `10.244.${subnet}.0/24`,
		take() {
			for (let tries = 0; tries < 253; tries++) {
				last = last >= 254 ? 2 : last + 1;
				const address = `10.244.${subnet}.${last}`;
				if (taken.has(address)) continue;
				taken.add(address);
				return address;
			}
			throw new Error(`no IP addresses available in range set: 10.244.${subnet}.1-10.244.${subnet}.254`);
		},
		give: (address) => void taken.delete(address),
	};
}
