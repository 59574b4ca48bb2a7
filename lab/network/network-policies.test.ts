// Policies between pods of two namespaces, on two nodes: what arrives, and what waits until its time is over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../api/client.ts';
import { createVirtualClock } from '../clock.ts';
import { createTestClient, serviceOf, sliceOf } from '../images/test-pods.ts';
import { createRandom } from '../random.ts';
import { settled } from '../runtime/test-container.ts';
import type { KubernetesObject, NetworkPolicySpec } from '../schema/types.ts';
import { createClusterNetwork } from './cluster.ts';
import type { NetworkNamespace } from './network.ts';

type PodOptions = { namespace?: string; labels?: Record<string, string>; node?: string; ports?: object[] };

function cluster() {
	const clock = createVirtualClock();
	const { client: watching, announce } = createTestClient();
	const objects = new Map<string, KubernetesObject>();
	let reads = 0;
	const client = {
		...watching,
		get(resource: string, namespace: string, name: string) {
			reads++;
			return objects.get(`${resource}/${namespace}/${name}`);
		},
	} as unknown as Client;
	const network = createClusterNetwork({ client, clock, random: createRandom(3) });
	const store = (resource: string, namespace: string, name: string, rest: object) =>
		objects.set(`${resource}/${namespace}/${name}`, rest as KubernetesObject);
	for (const name of ['default', 'shop', 'kube-system']) {
		const object = { metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } };
		store('namespaces', '', name, object);
		announce('namespaces', { type: 'ADDED', object: object as unknown as KubernetesObject });
	}
	const pod = (
		name: string,
		{ namespace = 'default', labels = {}, node = 'node1', ports = [] }: PodOptions,
	) => {
		const metadata = { name, namespace, labels };
		store('pods', namespace, name, { metadata, spec: { containers: [{ name: 'main', ports }] } });
		return network.createNamespace({ node, pod: metadata });
	};
	const policyOf = (name: string, spec: NetworkPolicySpec, namespace: string) =>
		({
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata: { name, namespace },
			spec,
		}) as unknown as KubernetesObject;
	const resource = 'networkpolicies.networking.k8s.io';
	return {
		clock,
		network,
		announce,
		pod,
		reads: () => reads,
		policy: (name: string, spec: NetworkPolicySpec, namespace = 'default') =>
			announce(resource, { type: 'ADDED', object: policyOf(name, spec, namespace) }),
		withoutPolicy: (name: string, namespace = 'default') =>
			announce(resource, { type: 'DELETED', object: policyOf(name, {}, namespace) }),
		/** How a connection ends: 'open', or the code of its error. */
		async reach(from: Pick<NetworkNamespace, 'connect'>, address: string, port = 80): Promise<string> {
			const connecting = from.connect(address, port).then(
				(connection) => {
					connection.close();
					return 'open';
				},
				(error) => error.code as string,
			);
			return settled(clock, connecting);
		},
	};
}

const denyAll: NetworkPolicySpec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };

test('without a policy nothing is looked up and everything arrives', async () => {
	const { pod, reach, reads } = cluster();
	const [a, b] = [pod('a', {}), pod('b', { node: 'node2' })];
	b.listen(80);
	assert.equal(await reach(a, b.ip), 'open');
	assert.equal(reads(), 0);
});

test('a selected pod takes only what a rule allows: dropped, not refused; the rest of the cluster is as before', async () => {
	const { pod, policy, withoutPolicy, reach, clock } = cluster();
	const web = pod('web', { labels: { app: 'web' }, node: 'node2' });
	const friend = pod('friend', { labels: { access: 'true' } });
	const stranger = pod('stranger', {});
	const elsewhere = pod('elsewhere', { namespace: 'shop', labels: { access: 'true' } });
	web.listen(80);
	stranger.listen(80);
	policy('web', {
		podSelector: { matchLabels: { app: 'web' } },
		policyTypes: ['Ingress'],
		ingress: [{ from: [{ podSelector: { matchLabels: { access: 'true' } } }] }],
	});
	assert.equal(await reach(friend, web.ip), 'open');
	assert.equal(await reach(friend, web.ip, 81), 'ECONNREFUSED', 'allowed, but nobody listens');
	const start = clock.now();
	assert.equal(await reach(stranger, web.ip), 'ETIMEDOUT');
	assert.equal(clock.now() - start, 130_000);
	assert.equal(await reach(elsewhere, web.ip), 'ETIMEDOUT', 'a podSelector alone is about its own namespace');
	assert.equal(await reach(elsewhere, stranger.ip), 'open', 'no policy selects it');
	assert.equal(await reach(web, stranger.ip), 'open', 'egress is not restricted');
	withoutPolicy('web');
	assert.equal(await reach(stranger, web.ip), 'open');
});

test('namespaceSelector, both selectors of one peer, and several peers', async () => {
	const { pod, policy, reach } = cluster();
	const web = pod('web', { labels: { app: 'web' } });
	web.listen(80);
	const shop = { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } };
	const api = { matchExpressions: [{ key: 'role', operator: 'In', values: ['api'] }] };
	const inShop = pod('x', { namespace: 'shop' });
	const apiInShop = pod('y', { namespace: 'shop', labels: { role: 'api' } });
	const apiHere = pod('z', { labels: { role: 'api' } });
	const answers = async () => [
		await reach(inShop, web.ip),
		await reach(apiInShop, web.ip),
		await reach(apiHere, web.ip),
	];
	const rule = (from: object[]): NetworkPolicySpec => ({
		podSelector: {},
		policyTypes: ['Ingress'],
		ingress: [{ from }],
	});
	policy('p', rule([{ namespaceSelector: shop }]));
	assert.deepEqual(await answers(), ['open', 'open', 'ETIMEDOUT']);
	policy('p', rule([{ namespaceSelector: shop, podSelector: api }]));
	assert.deepEqual(await answers(), ['ETIMEDOUT', 'open', 'ETIMEDOUT']);
	policy('p', rule([{ namespaceSelector: {}, podSelector: api }]));
	assert.deepEqual(await answers(), ['ETIMEDOUT', 'open', 'open']);
	policy('p', rule([{ namespaceSelector: shop }, { podSelector: api }]));
	assert.deepEqual(await answers(), ['open', 'open', 'open']);
	policy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] });
	assert.deepEqual(await answers(), ['open', 'open', 'open'], 'an empty rule allows everyone');
});

test('ports by number, by the name that the receiving pod gives them, as a range, and by protocol', async () => {
	const { pod, policy, reach } = cluster();
	const web = pod('web', {
		labels: { app: 'web' },
		ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
	});
	const client = pod('client', {});
	for (const port of [80, 8080, 9000, 9005, 9006]) web.listen(port);
	const open = async () => {
		const ports: number[] = [];
		for (const port of [80, 8080, 9000, 9005, 9006])
			if ((await reach(client, web.ip, port)) === 'open') ports.push(port);
		return ports;
	};
	const selector = { matchLabels: { app: 'web' } };
	const allow = (...ports: object[]) =>
		policy('p', { podSelector: selector, policyTypes: ['Ingress'], ingress: [{ ports }] });
	allow({ port: 80 });
	assert.deepEqual(await open(), [80]);
	allow({ port: 'http' });
	assert.deepEqual(await open(), [8080]);
	allow({ port: 9000, endPort: 9005, protocol: 'TCP' });
	assert.deepEqual(await open(), [9000, 9005]);
	allow({ port: 80, protocol: 'UDP' }, { protocol: 'SCTP' });
	assert.deepEqual(await open(), []);
	allow({ protocol: 'TCP' });
	assert.deepEqual(await open(), [80, 8080, 9000, 9005, 9006]);
});

test('ipBlock with exceptions', async () => {
	const { pod, policy, reach } = cluster();
	const client = pod('client', {});
	const [near, far] = [pod('near', {}), pod('far', { node: 'node2' })];
	near.listen(80);
	far.listen(80);
	policy('p', {
		podSelector: {},
		policyTypes: ['Egress'],
		egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.1.0/24'] } }] }],
	});
	assert.equal(await reach(client, near.ip), 'open');
	assert.equal(await reach(client, far.ip), 'ETIMEDOUT');
	assert.equal(await reach(client, '203.0.113.10', 443), 'open', 'outside the cluster');
});

test('default deny: egress must be allowed to the DNS server before names resolve', async () => {
	const { pod, policy, clock } = cluster();
	const client = pod('client', {});
	const dns = { searches: ['default.svc.cluster.local'], ndots: 5 };
	const lookUp = async () => settled(clock, client.lookup('kubernetes.default.svc.cluster.local.', dns));
	policy('deny', denyAll);
	const start = clock.now();
	assert.deepEqual(await lookUp(), []);
	assert.equal(clock.now() - start, 10_000);
	await assert.rejects(settled(clock, client.query('x.', 'A')), { code: 'ETIMEDOUT' });
	policy('dns', {
		podSelector: {},
		policyTypes: ['Egress'],
		egress: [
			{
				to: [
					{
						namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
						podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
					},
				],
				ports: [{ port: 53, protocol: 'UDP' }],
			},
		],
	});
	assert.equal((await settled(clock, client.query('x.', 'A'))).status, 'NXDOMAIN');
});

test('both ends must allow it, and a Service is seen through to the pod and its port', async () => {
	const { pod, policy, reach, announce } = cluster();
	const web = pod('web', { labels: { app: 'web' }, node: 'node2' });
	const client = pod('client', { labels: { app: 'client' } });
	web.listen(8080);
	announce('services', {
		type: 'ADDED',
		object: serviceOf('web', { clusterIP: '10.96.0.40', ports: [{ port: 80 }] }),
	});
	announce('endpointslices.discovery.k8s.io', {
		type: 'ADDED',
		object: sliceOf('web', {
			ports: [{ port: 8080 }],
			endpoints: [{ addresses: [web.ip], conditions: { ready: true } }],
		}),
	});
	policy('deny', denyAll);
	policy('out', {
		podSelector: { matchLabels: { app: 'client' } },
		policyTypes: ['Egress'],
		egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8080 }] }],
	});
	assert.equal(await reach(client, '10.96.0.40'), 'ETIMEDOUT', 'the receiver has not allowed it');
	policy('in', {
		podSelector: { matchLabels: { app: 'web' } },
		policyTypes: ['Ingress'],
		ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 8080 }] }],
	});
	assert.equal(await reach(client, '10.96.0.40'), 'open');
});

test('what is connected stays; a pod reaches itself; its own node probes it, another node does not', async () => {
	const { pod, policy, reach, network } = cluster();
	const web = pod('web', { node: 'node2' });
	const client = pod('client', {});
	const node1 = network.createNamespace({
		node: 'node1',
		hostNetwork: true,
		pod: { namespace: 'default', name: 'h' },
	});
	const listener = web.listen(80);
	const connection = await client.connect(web.ip, 80);
	const accepted = await listener.accept();
	policy('deny', denyAll);
	await connection.write('still');
	assert.equal(new TextDecoder().decode(await accepted.read()), 'still');
	assert.equal(await reach(client, web.ip), 'ETIMEDOUT');
	assert.equal(await reach(web, web.ip), 'open');
	const probe = {
		connect: (address: string, port: number) => network.connectFromNode('node2', address, port),
	};
	assert.equal(await reach(probe, web.ip), 'open');
	assert.equal(await reach(node1, web.ip), 'ETIMEDOUT');
	assert.equal(
		await reach(web, network.nodeAddress('node2'), 22),
		'ETIMEDOUT',
		'to its node it must be allowed',
	);
	node1.listen(81);
	assert.equal(
		await reach(node1, node1.ip, 81),
		'open',
		'no policy selects who is on the network of the node',
	);
});

test('an echo needs a rule without ports', async () => {
	const { pod, policy, clock } = cluster();
	const [a, b] = [pod('a', {}), pod('b', {})];
	policy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ protocol: 'TCP' }] }] });
	await assert.rejects(settled(clock, a.echo(b.ip)), { code: 'ETIMEDOUT' });
	policy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] });
	await settled(clock, a.echo(b.ip));
});

test('datagrams are allowed by their own protocol, and what is under way goes on', async () => {
	const { pod, policy } = cluster();
	const [client, server] = [pod('client', {}), pod('server', { node: 'node2' })];
	const [sender, known, receiver] = [client.bind(0), client.bind(0), server.bind(53)];
	const heard: string[] = [];
	const listen = async () => {
		for (;;) heard.push(new TextDecoder().decode((await receiver.receive()).data));
	};
	listen().catch(() => {});
	const say = async (socket: typeof sender, text: string) => {
		socket.send(new TextEncoder().encode(text), server.ip, 53);
		await new Promise((resolve) => setImmediate(resolve));
	};
	await say(known, 'before');
	const ports = (protocol: string): NetworkPolicySpec => ({
		podSelector: {},
		policyTypes: ['Ingress'],
		ingress: [{ ports: [{ port: 53, protocol }] }],
	});
	policy('p', ports('TCP'));
	await say(sender, 'lost');
	await say(known, 'going on');
	policy('p', ports('UDP'));
	await say(sender, 'allowed');
	assert.deepEqual(heard, ['before', 'going on', 'allowed']);
	receiver.close();
});
