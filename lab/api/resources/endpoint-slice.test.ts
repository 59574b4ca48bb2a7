import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const draft = (addresses: string[]) => ({
	metadata: { name: 'a' },
	addressType: 'IPv4',
	endpoints: [{ addresses }],
	ports: [{ port: 80 }],
});

test('a slice counts changes of its endpoints as generations', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<EndpointSlice>('POST', slices, { body: draft(['10.0.0.1']) });
	assert.deepEqual([body.metadata.generation, body.ports], [1, [{ name: '', port: 80, protocol: 'TCP' }]]);
	const changed = await server.send<EndpointSlice>('PUT', `${slices}/a`, { body: draft(['10.0.0.2']) });
	assert.equal(changed.body.metadata.generation, 2);
	const same = await server.send<EndpointSlice>('PUT', `${slices}/a`, { body: draft(['10.0.0.2']) });
	assert.equal(same.body.metadata.generation, 2);
});

test('an endpoint has an address that can be reached, and the type stays', async () => {
	const server = serverUnderTest();
	const none = await server.send<StatusAnswer>('POST', slices, { body: draft([]) });
	assert.match(
		none.body.message,
		/endpoints\[0\]\.addresses: Required value: must contain at least 1 address/,
	);
	const local = await server.send<StatusAnswer>('POST', slices, { body: draft(['127.0.0.1']) });
	assert.match(local.body.message, /may not be in the loopback range/);
	await server.send('POST', slices, { body: draft(['10.0.0.1']) });
	const other = await server.send<StatusAnswer>('PUT', `${slices}/a`, {
		body: { ...draft(['10.0.0.1']), addressType: 'FQDN' },
	});
	assert.match(other.body.message, /addressType: Invalid value: "FQDN": field is immutable/);
});
