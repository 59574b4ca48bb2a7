// What a browser outside reaches of a cluster, by which name, and what is kept from it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ingress, Node, Service } from '../schema/types.ts';
import { createTestCluster, logOf } from '../test-cluster.ts';
import { HttpReader, writeRequest } from './http.ts';

test('load balancers, node ports and ingresses by their names and addresses; nothing else', async () => {
	const cluster = createTestCluster();
	const { lab, client, clock, createPod, pod } = cluster;
	createPod(
		'web',
		{ nodeName: 'node2', containers: [{ name: 'main', image: 'nginx:1.27' }] },
		{ app: 'web' },
	);
	const service = (name: string, spec: Partial<Service['spec']>) =>
		client.create<Service>('services', {
			apiVersion: 'v1',
			kind: 'Service',
			metadata: { name, namespace: 'default' },
			spec: { selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 80 }], ...spec },
		});
	const stored = (name: string) => client.get<Service>('services', 'default', name)!;
	service('plain', {});
	service('port', { type: 'NodePort' });
	service('local', { type: 'NodePort', externalTrafficPolicy: 'Local' });
	service('balanced', {
		type: 'LoadBalancer',
		ports: [
			{ name: 'http', port: 80 },
			{ name: 'other', port: 81, targetPort: 80 },
		],
	});
	const visit = lab.visit;
	await assert.rejects(visit('balanced.default'), /has no address from outside yet/);
	client.create<Ingress>('ingresses.networking.k8s.io', {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'Ingress',
		metadata: { name: 'web', namespace: 'default' },
		spec: {
			rules: [
				{
					host: 'web.example.com',
					http: {
						paths: [
							{
								path: '/',
								pathType: 'Prefix',
								backend: { service: { name: 'plain', port: { number: 8080 } } },
							},
						],
					},
				},
			],
		},
	});
	await cluster.until(() => cluster.isReady('web') && !!stored('balanced').status?.loadBalancer?.ingress);
	await clock.advance(5_000);

	const page = async (host: string, port?: number) => {
		const { connection, authority } = await visit(host, port);
		await writeRequest(connection, {
			method: 'GET',
			target: '/',
			headers: [
				['Host', authority],
				['User-Agent', authority],
			],
		});
		const { status } = await new HttpReader(connection).response('GET');
		connection.destroy();
		return `${status} ${authority}`;
	};
	const [{ ip }] = stored('balanced').status!.loadBalancer!.ingress!;
	const nodePort = (name: string) => stored(name).spec.ports![0].nodePort!;
	const node = (name: string) => client.get<Node>('nodes', '', name)!.status!.addresses![0].address;
	assert.equal(await page('balanced.default'), `200 ${ip}`);
	assert.equal(await page('balanced.default.svc.cluster.local', 81), `200 ${ip}:81`);
	assert.equal(await page(ip!), `200 ${ip}`);
	assert.equal(await page('port.default'), `200 ${node('node1')}:${nodePort('port')}`);
	assert.equal(await page('node2', nodePort('port')), `200 ${node('node2')}:${nodePort('port')}`);
	assert.equal(await page('WEB.example.com'), '200 web.example.com');
	assert.equal(await page('node2', nodePort('local')), `200 ${node('node2')}:${nodePort('local')}`);
	await assert.rejects(
		(async () => {
			const visiting = visit('node1', nodePort('local'));
			visiting.catch(() => {});
			await clock.advance(200_000);
			return visiting;
		})(),
		{ code: 'ETIMEDOUT' },
		'that node has no endpoint of it',
	);

	await assert.rejects(visit('plain.default'), /of type ClusterIP, which is not reached from outside/);
	await assert.rejects(visit('port.default', 99), /has no port 99\. It has 8080\./);
	await assert.rejects(
		visit('nope.default'),
		/nothing by the name nope\.default.* no Service nope in namespace default/,
	);
	for (const inside of [
		pod('web')!.status!.podIP!,
		stored('plain').spec.clusterIP!,
		'127.0.0.1',
		'203.0.113.10',
	])
		await assert.rejects(visit(inside), /is not reached from outside the cluster/, inside);
	for (const outside of ['github.com', 'localhost', 'kubernetes', '[::1]'])
		await assert.rejects(visit(outside), /The lab has nothing by the name/, outside);

	const log = await logOf(cluster, 'web');
	const from = (authority: string) =>
		log
			.split('\n')
			.find((line) => line.includes(`"${authority}"`))
			?.split(' ')[0];
	assert.ok(
		[node('node1'), '10.244.1.1'].includes(from(ip!)!),
		'the node that let it in stands for the client',
	);
	assert.equal(
		from(`${node('node2')}:${nodePort('local')}`),
		'172.18.0.1',
		'a local policy keeps its address',
	);
	lab.stop();
});
