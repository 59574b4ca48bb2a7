import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverUnderTest } from '../server-under-test.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
type Table = { rows: { cells: string[] }[] };

test('endpoints are shown with their addresses, and said to be deprecated', async () => {
	const server = serverUnderTest();
	const endpoints = '/api/v1/namespaces/default/endpoints';
	const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => ({ ip }));
	const { headers } = await server.send('POST', endpoints, {
		body: { metadata: { name: 'a' }, subsets: [{ addresses, ports: [{ port: 80 }] }] },
	});
	assert.equal(
		headers.warning,
		'299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
	);
	const { body } = await server.send<Table>('GET', endpoints, { headers: table });
	assert.equal(body.rows[0].cells[1], '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
});
