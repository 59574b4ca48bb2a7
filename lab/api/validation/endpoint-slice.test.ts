import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice } from '../../schema/types.ts';
import { fieldErrorBody } from '../field-errors.ts';
import { validateEndpointSlice } from './endpoint-slice.ts';

const faults = (more: Partial<EndpointSlice>) =>
	validateEndpointSlice({
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		metadata: {} as EndpointSlice['metadata'],
		addressType: 'IPv4',
		endpoints: [],
		...more,
	}).map((error) => `${error.field}: ${fieldErrorBody(error)}`);

test('endpoints, hints and ports of a slice', () => {
	assert.deepEqual(
		faults({ endpoints: [{ addresses: ['10.0.0.1'], hints: { forZones: [{ name: 'a' }] } }] }),
		[],
	);
	assert.deepEqual(
		faults({
			endpoints: [
				{ addresses: [], hostname: 'A_b' },
				{ addresses: ['fd00::1', '127.0.0.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }] } },
			],
			ports: [
				{ name: 'a', port: 0, protocol: 'TCP' },
				{ name: 'a', protocol: 'ICMP' },
			],
		}).map((text) => text.replace(/ label must.*/, ' …')),
		[
			'endpoints[0].addresses: Required value: must contain at least 1 address',
			'endpoints[0].hostname: Invalid value: "A_b": a lowercase RFC 1123 …',
			'endpoints[1].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address',
			'endpoints[1].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
			'endpoints[1].hints.forZones[1].name: Duplicate value: "a"',
			'ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
			'ports[1].name: Duplicate value: "a"',
			'ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
		],
	);
	assert.deepEqual(faults({ addressType: 'IPX' }), [
		'addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"',
	]);
});
