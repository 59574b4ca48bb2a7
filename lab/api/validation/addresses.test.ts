import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIpv4, isIpv6, validateEndpointIp } from './addresses.ts';

test('addresses are told from what is none', () => {
	for (const text of ['0.0.0.0', '10.96.0.1', '255.255.255.255']) assert(isIpv4(text), text);
	for (const text of ['256.1.1.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', 'a', '']) assert(!isIpv4(text), text);
	for (const text of ['::', '::1', '2001:db8::ffff', '1:2:3:4:5:6:7:8', '::ffff:10.0.0.1'])
		assert(isIpv6(text), text);
	for (const text of ['1:2:3', ':::', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', ''])
		assert(!isIpv6(text), text);
});

test('an endpoint is no address of this host', () => {
	assert.deepEqual(validateEndpointIp('10.1.2.3', 'ip'), []);
	for (const text of ['127.0.0.1', '0.0.0.0', '169.254.1.1', 'x'])
		assert.equal(validateEndpointIp(text, 'ip').length, 1);
});
