// Which endpoint a Service gives to whom: traffic policies, from pods, nodes and outside.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, serviceOf, sliceOf } from '../images/test-pods.ts';
import { settled } from '../runtime/test-container.ts';
import type { Service } from '../schema/types.ts';
import { HttpReader, writeRequest } from './http.ts';
import type { Connection, NetworkNamespace } from './network.ts';

/** A Service with an endpoint on each of `nodes`, and what reaching it says. */
function cluster(spec: Partial<Service['spec']>, nodes = ['node1', 'node2']) {
	const pods = createTestPods();
	const { network, announce, clock } = pods;
	// The nodes' networks are there before any pod asks for them.
	for (const node of ['node1', 'node2', 'node3']) network.nodeAddress(node);
	const backends = nodes.map((node) => ({ node, namespace: network.createNamespace({ node }) }));
	const listeners = backends.map(({ namespace }) => namespace.listen(8080));
	const service = serviceOf('web', {
		clusterIP: '10.96.0.60',
		externalTrafficPolicy: 'Cluster',
		ports: [{ name: 'http', port: 80, nodePort: 30080 }],
		...spec,
	});
	service.status = { loadBalancer: { ingress: [{ ip: '172.18.255.200' }] } };
	announce('services', { type: 'ADDED', object: service });
	const slice = sliceOf('web', {
		ports: [{ name: 'http', port: 8080 }],
		endpoints: backends.map(({ node, namespace }) => ({
			addresses: [namespace.ip],
			nodeName: node,
			conditions: { ready: true },
		})),
	});
	announce('endpointslices.discovery.k8s.io', { type: 'ADDED', object: slice });

	/** The nodes whose endpoints answer, over some tries, and the addresses that they are asked from. */
	const reach = async (connect: NetworkNamespace['connect'], address: string, port = 80) => {
		const reached = new Set<string>();
		const sources = new Set<string>();
		for (let tries = 0; tries < 12; tries++) {
			let connection: Connection;
			try {
				connection = await settled(clock, connect(address, port));
			} catch (error) {
				return { nodes: (error as { code: string }).code, sources: [] };
			}
			const index = backends.findIndex(({ namespace }) => namespace.connections().length > 0);
			const accepted = await listeners[index].accept();
			reached.add(backends[index].node);
			sources.add(accepted.remoteAddress);
			connection.destroy();
			accepted.destroy();
		}
		return { nodes: [...reached].sort().join(' '), sources: [...sources].sort() };
	};
	const pod = network.createNamespace({ node: 'node1' });
	return { ...pods, pod, reach };
}

test('a cluster address leads to every node; with internalTrafficPolicy Local to its own alone', async () => {
	const everywhere = cluster({});
	assert.equal((await everywhere.reach(everywhere.pod.connect, '10.96.0.60')).nodes, 'node1 node2');
	const { network, pod, reach } = cluster({ internalTrafficPolicy: 'Local' });
	assert.deepEqual(await reach(pod.connect, '10.96.0.60'), { nodes: 'node1', sources: [pod.ip] });
	const far = network.createNamespace({ node: 'node3' });
	assert.equal((await reach(far.connect, '10.96.0.60')).nodes, 'ETIMEDOUT');
	assert.equal((await reach(pod.connect, '10.96.0.60', 81)).nodes, 'ETIMEDOUT', 'there is no such port');
});

test('a node port takes what comes in to any endpoint, in the name of the node that let it in', async () => {
	const { network, pod, reach } = cluster({});
	const node3 = network.nodeAddress('node3');
	const { nodes, sources } = await reach(network.connect, node3, 30080);
	assert.deepEqual([nodes, sources], ['node1 node2', [node3]]);
	assert.equal((await reach(pod.connect, node3, 30080)).nodes, 'node1 node2');
});

test('with externalTrafficPolicy Local a node gives what comes in to its own endpoints, and keeps the address', async () => {
	const { network, pod, reach } = cluster({ externalTrafficPolicy: 'Local' });
	const outside = network.connect;
	const [node2, node3] = [network.nodeAddress('node2'), network.nodeAddress('node3')];
	assert.deepEqual(await reach(outside, node2, 30080), { nodes: 'node2', sources: ['172.18.0.1'] });
	assert.equal((await reach(outside, node3, 30080)).nodes, 'ETIMEDOUT');
	assert.equal((await reach(pod.connect, node2, 30080)).nodes, 'node2', 'from another node it comes in');
	assert.equal((await reach(pod.connect, network.nodeAddress('node1'), 30080)).nodes, 'node1 node2');
	assert.equal((await reach(outside, '172.18.255.200')).nodes, 'node1 node2', 'it asks both that have one');
	assert.equal((await reach(pod.connect, '172.18.255.200')).nodes, 'node1 node2');
});

test('a load balancer asks nodes whether they have endpoints', async () => {
	const { network, pod } = cluster({ externalTrafficPolicy: 'Local', healthCheckNodePort: 31999 }, [
		'node2',
		'node2',
	]);
	const ask = async (node: string) => {
		const connection = await pod.connect(network.nodeAddress(node), 31999);
		await writeRequest(connection, { method: 'GET', target: '/healthz', headers: [['Host', node]] });
		const { status, body } = await new HttpReader(connection).response('GET');
		let text = '';
		for await (const part of body as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(part);
		return [status, JSON.parse(text).localEndpoints];
	};
	assert.deepEqual(await ask('node2'), [200, 2]);
	assert.deepEqual(await ask('node1'), [503, 0]);
	assert.deepEqual(network.createNamespace({ node: 'node1', hostNetwork: true }).listeners(), []);
});
