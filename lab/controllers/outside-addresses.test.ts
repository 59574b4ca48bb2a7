import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ingress, IngressClass, IPAddress, Service, ServiceSpec } from '../schema/types.ts';
import { createTestCluster, type TestCluster } from '../test-cluster.ts';

const createService = ({ client }: TestCluster, name: string, spec: Partial<ServiceSpec>) =>
	client.create<Service>('services', {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { name, namespace: 'default' },
		spec: { ports: [{ port: 80 }], ...spec },
	});
const service = ({ client }: TestCluster, name: string) => client.get<Service>('services', 'default', name);
const address = (cluster: TestCluster, name: string) =>
	service(cluster, name)?.status?.loadBalancer?.ingress?.[0]?.ip;

test('load balancers get addresses, and give them back', async () => {
	const cluster = createTestCluster();
	createService(cluster, 'one', { type: 'LoadBalancer' });
	createService(cluster, 'two', { type: 'LoadBalancer' });
	createService(cluster, 'other', { type: 'LoadBalancer', loadBalancerClass: 'example.com/other' });
	assert.equal(address(cluster, 'one'), undefined);
	await cluster.until(() => address(cluster, 'one') !== undefined && address(cluster, 'two') !== undefined);
	assert.equal(address(cluster, 'one'), '172.18.255.200');
	assert.equal(address(cluster, 'two'), '172.18.255.201');
	assert.deepEqual(cluster.events('one'), [
		'EnsuringLoadBalancer Ensuring load balancer',
		'EnsuredLoadBalancer Ensured load balancer',
	]);
	cluster.client.delete('services', 'default', 'one');
	await cluster.until(() => service(cluster, 'one') === undefined);
	createService(cluster, 'three', { type: 'LoadBalancer', loadBalancerIP: '172.18.255.200' });
	await cluster.until(() => address(cluster, 'three') === '172.18.255.200');
	const changed = structuredClone(service(cluster, 'two')!);
	changed.spec.type = 'ClusterIP';
	cluster.client.update('services', changed);
	await cluster.until(() => service(cluster, 'two')?.metadata.finalizers === undefined);
	assert.equal(address(cluster, 'two'), undefined);
	assert.equal(address(cluster, 'other'), undefined);
	cluster.lab.stop();
});

test('an Ingress gets the default class, and the address of its controller', async () => {
	const cluster = createTestCluster();
	const create = (name: string, spec: Ingress['spec']) =>
		cluster.client.create<Ingress>('ingresses.networking.k8s.io', {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'Ingress',
			metadata: { name, namespace: 'default' },
			spec,
		});
	const defaultBackend = { service: { name: 'web', port: { number: 80 } } };
	const found = (name: string) =>
		cluster.client.get<Ingress>('ingresses.networking.k8s.io', 'default', name)?.status?.loadBalancer
			?.ingress;
	assert.equal(create('web', { defaultBackend }).spec.ingressClassName, 'nginx');
	create('foreign', { defaultBackend, ingressClassName: 'other' });
	await cluster.until(() => found('web') !== undefined);
	assert.deepEqual(found('web'), [{ ip: '172.18.0.2' }]);
	assert.deepEqual(cluster.events('web'), ['Sync Scheduled for sync']);
	assert.equal(found('foreign'), undefined);
	cluster.client.create<IngressClass>('ingressclasses.networking.k8s.io', {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'IngressClass',
		metadata: { name: 'other' },
		spec: { controller: 'k8s.io/ingress-nginx' },
	});
	await cluster.until(() => found('foreign') !== undefined);
	cluster.lab.stop();
});

test("a Service's address is an object as long as the Service is there", async () => {
	const cluster = createTestCluster();
	const { clusterIP } = createService(cluster, 'web', {}).spec;
	const names = () =>
		cluster.client.list<IPAddress>('ipaddresses.networking.k8s.io').map(({ metadata }) => metadata.name);
	await cluster.until(() => names().includes(clusterIP!));
	assert(names().includes('10.96.0.1'));
	cluster.client.delete('services', 'default', 'web');
	await cluster.until(() => !names().includes(clusterIP!));
	cluster.lab.stop();
});
