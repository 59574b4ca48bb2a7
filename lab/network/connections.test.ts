// Connections between namespaces: bytes, ends, refusals, and the way through a Service.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, serviceOf, sliceOf } from '../images/test-pods.ts';
import { settled } from '../runtime/test-container.ts';
import { createAddressPool, inRange } from './addresses.ts';
import type { Connection, NetworkNamespace } from './network.ts';

const text = (data: Uint8Array) => new TextDecoder().decode(data);
const fails = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

async function pair(
	from: NetworkNamespace,
	to: NetworkNamespace,
): Promise<{ client: Connection; server: Connection }> {
	const listener = to.listen(8080);
	const client = await from.connect(to.ip, 8080);
	return { client, server: await listener.accept() };
}

function twoPods() {
	const pods = createTestPods();
	const a = pods.network.createNamespace({ node: 'node1' });
	const b = pods.network.createNamespace({ node: 'node2' });
	return { ...pods, a, b };
}

test('bytes go both ways until each side ends', async () => {
	const { a, b } = twoPods();
	const { client, server } = await pair(a, b);
	assert.equal(server.remoteAddress, a.ip);
	await client.write('hello');
	assert.equal(text(await server.read(2)), 'he');
	assert.equal(text(await server.read()), 'llo');
	client.end();
	assert.equal((await server.read()).length, 0);
	await server.write('still here');
	assert.equal(text(await client.read()), 'still here');
});

test('a writer waits where nobody reads', async () => {
	const { a, b } = twoPods();
	const { client, server } = await pair(a, b);
	let written = false;
	const writing = client.write(new Uint8Array(1_000_000)).then(() => {
		written = true;
	});
	await Promise.resolve();
	assert.equal(written, false);
	let received = 0;
	while (received < 1_000_000) received += (await server.read()).length;
	await writing;
	assert.equal(received, 1_000_000);
});

test('a closed socket gives EPIPE to who writes, a destroyed one ECONNRESET', async () => {
	const { a, b } = twoPods();
	const first = await pair(a, b);
	first.server.close();
	assert.equal((await first.client.read()).length, 0);
	await assert.rejects(first.client.write('x'), fails('EPIPE'));
	const listener = b.listen(9090);
	const client = await a.connect(b.ip, 9090);
	(await listener.accept()).destroy();
	await assert.rejects(client.read(), fails('ECONNRESET'));
});

test('a port where nothing listens refuses, and one that is taken cannot be listened on', async () => {
	const { a, b } = twoPods();
	await assert.rejects(a.connect(b.ip, 81), fails('ECONNREFUSED'));
	b.listen(80);
	assert.throws(() => b.listen(80), fails('EADDRINUSE'));
	assert.throws(() => b.listen(80, '127.0.0.1'), fails('EADDRINUSE'));
	assert.throws(() => b.listen(82, a.ip), fails('EADDRNOTAVAIL'));
	b.listen(83, '127.0.0.1');
	await assert.rejects(a.connect(b.ip, 83), fails('ECONNREFUSED'));
	await b.connect('127.0.0.1', 83);
});

test('an address that is gone is unreachable after a while, one outside at once', async () => {
	const { a, b, clock } = twoPods();
	const { ip } = b;
	const { client } = await pair(a, b);
	b.close();
	await assert.rejects(client.read(), fails('ECONNRESET'));
	const start = clock.now();
	await assert.rejects(settled(clock, a.connect(ip, 8080)), fails('EHOSTUNREACH'));
	assert.ok(clock.now() - start >= 3000);
	await assert.rejects(a.connect('192.0.2.1', 80), fails('ENETUNREACH'));
});

test("a process's view closes what it opened, and nothing else", async () => {
	const { a, b } = twoPods();
	const process = b.forProcess();
	process.listen(80);
	b.listen(81);
	process.close();
	await assert.rejects(a.connect(b.ip, 80), fails('ECONNREFUSED'));
	await a.connect(b.ip, 81);
});

test('a cluster IP and a node port lead to ready endpoints, and refuse without one', async () => {
	const { a, b, network, announce } = twoPods();
	const spec = {
		clusterIP: '10.96.0.30',
		type: 'NodePort',
		ports: [{ name: 'http', port: 80, nodePort: 30080 }],
	};
	announce('services', { type: 'ADDED', object: serviceOf('web', spec) });
	await assert.rejects(a.connect('10.96.0.30', 80), fails('ECONNREFUSED'));
	const listener = b.listen(8080);
	announce('endpointslices.discovery.k8s.io', {
		type: 'ADDED',
		object: sliceOf('web', {
			ports: [{ name: 'http', port: 8080 }],
			endpoints: [{ addresses: [b.ip], conditions: { ready: true } }],
		}),
	});
	for (const [address, port] of [
		['10.96.0.30', 80],
		[network.nodeAddress('node1'), 30080],
		[network.nodeAddress('node2'), 30080],
	] as const) {
		const client = await a.connect(address, port);
		const server = await listener.accept();
		assert.equal(server.localAddress, b.ip);
		assert.equal(client.remoteAddress, address);
		await client.write('hi');
		assert.equal(text(await server.read()), 'hi');
	}
});

test('sessionAffinity ClientIP keeps a client at its endpoint until it has stayed away too long', async () => {
	const { a, network, announce, clock } = twoPods();
	const backends = Array.from({ length: 4 }, () => network.createNamespace({ node: 'node1' }));
	for (const backend of backends) backend.listen(80);
	const spec = {
		clusterIP: '10.96.0.31',
		sessionAffinity: 'ClientIP',
		sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
		ports: [{ port: 80 }],
	};
	announce('services', { type: 'ADDED', object: serviceOf('web', spec) });
	announce('endpointslices.discovery.k8s.io', {
		type: 'ADDED',
		object: sliceOf('web', {
			ports: [{ port: 80 }],
			endpoints: backends.map(({ ip }) => ({ addresses: [ip], conditions: { ready: true } })),
		}),
	});
	const used = () => backends.findIndex((backend) => backend.connections().length > 0);
	const reached = new Set<number>();
	for (let i = 0; i < 10; i++) {
		const client = await a.connect('10.96.0.31', 80);
		reached.add(used());
		client.destroy();
	}
	assert.equal(reached.size, 1);
	for (let i = 0; i < 30; i++) {
		await clock.advance(61_000);
		const client = await a.connect('10.96.0.31', 80);
		reached.add(used());
		client.destroy();
	}
	assert.ok(reached.size > 1, 'a new choice is made after the timeout');
});

test('addresses are given out in turn, and one that was given back comes last', () => {
	const pool = createAddressPool(3);
	const first = pool.take();
	assert.equal(first, '10.244.3.2');
	pool.give(first);
	assert.equal(pool.take(), '10.244.3.3');
	for (let i = 0; i < 251; i++) pool.take();
	assert.equal(pool.take(), first);
	assert.throws(() => pool.take(), /no IP addresses available in range set/);
	assert.ok(inRange('10.100.1.1', '10.96.0.0/12') && !inRange('10.112.0.0', '10.96.0.0/12'));
});
