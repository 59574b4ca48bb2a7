import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpReader, serveHttp, writeRequest } from './http.ts';
import { createConnection } from './tcp.ts';

const address = (port: number) => ({ address: '127.0.0.1', port });
const connect = () =>
	createConnection({
		client: address(1),
		server: address(2),
		seen: address(2),
		onClientClose() {},
		onServerClose() {},
	});

async function* chunks(...texts: string[]) {
	for (const text of texts) yield new TextEncoder().encode(text);
}

async function textOf(body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<string> {
	let text = '';
	if (body && !(body instanceof Uint8Array))
		for await (const data of body) text += new TextDecoder().decode(data);
	return text;
}

test('several requests go over one connection, with bodies of known and unknown length', async () => {
	const { client, server } = connect();
	const served = serveHttp(server, async (request) => ({
		status: 200,
		headers: [],
		body: chunks(`${request.method} `, request.target, ' ', await textOf(request.body)),
	}));
	const reader = new HttpReader(client);
	await writeRequest(client, {
		method: 'POST',
		target: '/a',
		headers: [['Host', 'x']],
		body: chunks('one ', 'two'),
	});
	const first = await reader.response('POST');
	assert.equal(first.headers.find(([name]) => name === 'Transfer-Encoding')?.[1], 'chunked');
	assert.equal(await textOf(first.body), 'POST /a one two');
	await writeRequest(client, {
		method: 'PUT',
		target: '/b',
		headers: [['Content-Length', '3']],
		body: chunks('abc'),
	});
	assert.equal(await textOf((await reader.response('PUT')).body), 'PUT /b abc');
	await writeRequest(client, { method: 'GET', target: '/c', headers: [['Connection', 'close']] });
	assert.equal(await textOf((await reader.response('GET')).body), 'GET /c ');
	await served;
	assert.equal((await client.read()).length, 0);
});

test('HEAD has no body, and an old client gets one that ends with the connection', async () => {
	const { client, server } = connect();
	void serveHttp(server, () => ({ status: 200, headers: [], body: new TextEncoder().encode('body') }));
	await client.write('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
	const reader = new HttpReader(client);
	const answer = await reader.response('HEAD');
	assert.deepEqual([answer.status, answer.body], [200, undefined]);
	const old = connect();
	void serveHttp(old.server, () => ({ status: 200, headers: [], body: chunks('a', 'b') }));
	await old.client.write('GET / HTTP/1.0\r\n\r\n');
	assert.equal(await textOf((await new HttpReader(old.client).response('GET')).body), 'ab');
});

test('what is no HTTP is answered by 400, and too large a header is not read to its end', async () => {
	for (const bytes of ['hello world\r\n\r\n', `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(20_000)}\r\n`]) {
		const { client, server } = connect();
		void serveHttp(server, () => ({ status: 200, headers: [] }));
		client.write(bytes).catch(() => {});
		const first = new TextDecoder().decode(await client.read().catch(() => new Uint8Array(0)));
		assert.ok(first === '' || first.startsWith('HTTP/1.1 400 '), first);
	}
});

test('a response that ends too early is noticed', async () => {
	const { client, server } = connect();
	await server.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
	server.close();
	const { body } = await new HttpReader(client).response('GET');
	await assert.rejects(textOf(body), /7 bytes remaining to read/);
});
