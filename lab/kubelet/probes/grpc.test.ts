import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../../images/test-pods.ts';
import { serveCalls } from '../../network/grpc/calls.ts';
import { type HealthStatus, healthMethods } from '../../network/grpc/health.ts';
import type { NetworkNamespace } from '../../network/network.ts';
import { settled } from '../../runtime/test-container.ts';
import { runProbe } from './probe.ts';

/** A namespace in which a server answers `methods`, and how it is probed. */
function createProbed(serve: (server: NetworkNamespace) => void) {
	const { clock, network } = createTestPods();
	const server = network.createNamespace({ node: 'node1' });
	const kubelet = network.createNamespace({ node: 'node1', hostNetwork: true });
	serve(server);
	const target = { connect: kubelet.connect, clock, podAddress: server.ip, container: {}, running: {} };
	return {
		address: server.ip,
		probe: (service?: string) =>
			settled(
				clock,
				runProbe(
					{ grpc: { port: 9000, ...(service ? { service } : {}) }, timeoutSeconds: 2 },
					target as never,
				),
			),
	};
}

const answering = (methods: Parameters<typeof serveCalls>[1]) => (server: NetworkNamespace) => {
	const listener = server.listen(9000);
	void (async () => {
		for (;;) void serveCalls(await listener.accept(), methods).catch(() => {});
	})();
};

test('the status of a service decides', async () => {
	const long = 'a'.repeat(120);
	const services: Record<string, HealthStatus> = { '': 'SERVING', db: 'NOT_SERVING', [long]: 'SERVING' };
	const { probe } = createProbed(answering(healthMethods((service) => services[service])));
	assert.equal(await probe(), undefined);
	assert.equal(await probe(long), undefined);
	assert.equal(await probe('db'), 'service unhealthy (responded with "NOT_SERVING")');
	assert.equal(
		await probe('none'),
		'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service',
	);
});

test('a server without health checks says so', async () => {
	const { probe } = createProbed(answering(new Map()));
	assert.equal(
		await probe(),
		'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
	);
});

test('where nothing answers, or something else does, it takes as long as it may', async () => {
	const late = (address: string) =>
		`timeout: failed to connect service "${address}:9000" within 2s: context deadline exceeded`;
	const closed = createProbed(() => {});
	assert.equal(await closed.probe(), late(closed.address));
	const web = createProbed((server) => {
		const listener = server.listen(9000);
		void listener.accept().then((connection) => connection.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
	});
	assert.equal(await web.probe(), late(web.address));
	const silent = createProbed((server) => void server.listen(9000).accept());
	assert.equal(await silent.probe(), late(silent.address));
});
