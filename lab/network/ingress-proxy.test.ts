import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Ingress, IngressRule, Service } from '../schema/types.ts';
import { createTestCluster, logOf, type TestCluster } from '../test-cluster.ts';
import { routeOf } from './ingress-routes.ts';

const to = (name: string) => ({ service: { name, port: { number: 80 } } });
const ingress = (rules: IngressRule[], more: object = {}) =>
	({ metadata: { namespace: 'default' }, spec: { rules, ...more } }) as Ingress;
const path = (path: string, pathType: string, name: string) => ({ path, pathType, backend: to(name) });

test('the longest path of the nearest host has the request', () => {
	const ingresses = [
		ingress([
			{
				host: 'shop.example',
				http: { paths: [path('/', 'Prefix', 'home'), path('/cart', 'Prefix', 'cart')] },
			},
			{ host: '*.example', http: { paths: [path('/', 'Prefix', 'any')] } },
			{ http: { paths: [path('/about', 'Exact', 'about')] } },
		]),
	];
	const chosen = (host: string, target: string) => routeOf(ingresses, host, target)?.backend.service?.name;
	assert.equal(chosen('shop.example', '/'), 'home');
	assert.equal(chosen('shop.example', '/cart/1'), 'cart');
	assert.equal(chosen('shop.example', '/carton'), 'home');
	assert.equal(chosen('blog.example', '/cart'), 'any');
	assert.equal(chosen('a.blog.example', '/about'), 'about');
	assert.equal(chosen('elsewhere', '/about/us'), undefined);
	const withDefault = [...ingresses, ingress([], { defaultBackend: to('rest') })];
	assert.equal(routeOf(withDefault, 'elsewhere', '/')?.backend.service?.name, 'rest');
});

function serve({ client, createPod }: TestCluster): void {
	client.create<ConfigMap>('configmaps', {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: { name: 'page', namespace: 'default' },
		data: { 'index.html': 'the shop\n' },
	});
	createPod(
		'shop',
		{
			containers: [
				{
					name: 'main',
					image: 'nginx:1.27',
					volumeMounts: [{ name: 'page', mountPath: '/usr/share/nginx/html' }],
				},
			],
			volumes: [{ name: 'page', configMap: { name: 'page' } }],
		},
		{ app: 'shop' },
	);
	for (const name of ['shop', 'nobody'])
		client.create<Service>('services', {
			apiVersion: 'v1',
			kind: 'Service',
			metadata: { name, namespace: 'default' },
			spec: { selector: { app: name }, ports: [{ port: 80 }] },
		});
}

test('a request to a node reaches the Service that an Ingress names', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	serve(cluster);
	const { client } = cluster;
	client.create<Ingress>('ingresses.networking.k8s.io', {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'Ingress',
		metadata: { name: 'shop', namespace: 'default' },
		spec: {
			rules: [
				{
					host: 'shop.example',
					http: { paths: [path('/', 'Prefix', 'shop'), path('/nobody', 'Prefix', 'nobody')] },
				},
			],
		},
	});
	await cluster.until(() => cluster.isReady('shop'));
	const commands = [
		'curl -s -H "Host: shop.example" 172.18.0.2',
		'curl -s -o /dev/null -w "%{http_code}\\n" -H "Host: shop.example" 172.18.0.2/nobody',
		'curl -s -o /dev/null -w "%{http_code}\\n" 172.18.0.2',
	];
	const run = async (name: string) => {
		cluster.createPod(name, {
			restartPolicy: 'Never',
			containers: [{ name: 'main', image: 'curlimages/curl', command: ['sh', '-c', commands.join('; ')] }],
		});
		await cluster.until(
			() => cluster.pod(name)?.status?.phase === 'Succeeded' || cluster.pod(name)?.status?.phase === 'Failed',
		);
		return logOf(cluster, name);
	};
	assert.equal(await run('visitor'), 'the shop\n503\n404\n');
	client.delete('ingresses.networking.k8s.io', 'default', 'shop');
	await cluster.clock.advance(1000);
	assert.equal(await run('late'), '000\n000\n', 'nobody listens any more');
	cluster.lab.stop();
});
