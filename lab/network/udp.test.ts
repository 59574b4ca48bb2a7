// Datagrams between pods: whole, through Services and back, refused, and dropped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, serviceOf, sliceOf } from '../images/test-pods.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

function twoPods() {
	const pods = createTestPods();
	const a = pods.network.createNamespace({ node: 'node1' });
	const b = pods.network.createNamespace({ node: 'node2' });
	return { ...pods, a, b };
}

test('a datagram arrives whole, with its sender; a port without a socket refuses', async () => {
	const { a, b } = twoPods();
	const [client, server] = [a.bind(0), b.bind(53)];
	client.send(bytes('one'), b.ip, 53);
	client.send(bytes('two'), b.ip, 53);
	const first = await server.receive();
	assert.deepEqual([text(first.data), first.address, first.port], ['one', a.ip, client.port]);
	assert.equal(text((await server.receive()).data), 'two');
	server.send(bytes('back'), first.address, first.port);
	assert.deepEqual({ ...(await client.receive()), data: 0 }, { data: 0, address: b.ip, port: 53 });
	client.send(bytes('x'), b.ip, 54);
	await assert.rejects(client.receive(), { code: 'ECONNREFUSED' });
	assert.throws(() => b.bind(53), { code: 'EADDRINUSE' });
	assert.throws(() => client.send(new Uint8Array(70_000), b.ip, 53), { code: 'EMSGSIZE' });
	const view = b.forProcess();
	const own = view.bind(99);
	view.close();
	await assert.rejects(own.receive(), { code: 'EBADF' });
	b.bind(99);
});

test('through a Service one endpoint answers all of a flow, as the Service', async () => {
	const { a, network, announce } = twoPods();
	const backends = Array.from({ length: 3 }, () => network.createNamespace({ node: 'node1' }));
	announce('services', {
		type: 'ADDED',
		object: serviceOf('dns', {
			clusterIP: '10.96.0.50',
			ports: [
				{ name: 'udp', port: 53, protocol: 'UDP' },
				{ name: 'tcp', port: 53, protocol: 'TCP' },
			],
		}),
	});
	const slice = (addresses: string[]) =>
		sliceOf('dns', {
			ports: [
				{ name: 'udp', port: 5353, protocol: 'UDP' },
				{ name: 'tcp', port: 5354, protocol: 'TCP' },
			],
			endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
		});
	const client = a.bind(0);
	client.send(bytes('x'), '10.96.0.50', 53);
	await assert.rejects(client.receive(), { code: 'ECONNREFUSED' }, 'no endpoint');
	announce('endpointslices.discovery.k8s.io', { type: 'ADDED', object: slice(backends.map(({ ip }) => ip)) });
	const answered = new Set<number>();
	backends.forEach((backend, index) => {
		const socket = backend.bind(5353);
		void (async () => {
			for (;;) {
				const { data, address, port } = await socket.receive();
				answered.add(index);
				socket.send(data, address, port);
			}
		})();
	});
	for (let count = 0; count < 10; count++) {
		client.send(bytes(String(count)), '10.96.0.50', 53);
		const { data, address, port } = await client.receive();
		assert.deepEqual([text(data), address, port], [String(count), '10.96.0.50', 53]);
	}
	assert.equal(answered.size, 1);
});

test('nc -u speaks with nc -lu', async () => {
	const { start, clock } = createTestPods();
	const server = await start('server', 'busybox:1.36', {
		command: ['sh', '-c', 'echo pong | nc -u -l -p 99; sleep 9'],
	});
	const client = await start('client', 'busybox:1.36', { command: ['sleep', '1000'] });
	await clock.advance(100);
	const { code, stdout } = await client.run(['sh', '-c', `echo ping | nc -u -w 2 ${server.ip} 99`]);
	assert.deepEqual([code, stdout, server.log()], [0, 'pong\n', 'ping\n']);
	assert.deepEqual(await client.run(['sh', '-c', `echo ping | nc -u -w 2 ${server.ip} 98`]), {
		code: 1,
		stdout: '',
		stderr: 'nc: read: Connection refused\n',
	});
});
