import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSlice, Endpoints, Node, Service, ServiceSpec } from '../../schema/types.ts';
import { createTestCluster, sleeper, type TestCluster } from '../../test-cluster.ts';

function createService({ client }: TestCluster, name: string, spec: Partial<ServiceSpec>): void {
	client.create<Service>('services', {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { name, namespace: 'default', labels: { of: name } },
		spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
	});
}

const endpoints = ({ client }: TestCluster, name: string) =>
	client.get<Endpoints>('endpoints', 'default', name);

const slice = ({ client }: TestCluster, service: string) =>
	client.list<EndpointSlice>(
		'endpointslices.discovery.k8s.io',
		'default',
		({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service,
	)[0];

test('a headless service names its pods, ready and not', async () => {
	const cluster = createTestCluster();
	createService(cluster, 'web', {
		clusterIP: 'None',
		ports: [{ port: 80, name: 'http', targetPort: 'web' }],
	});
	createService(cluster, 'other', { ports: [{ port: 8080, targetPort: 80 }] });
	const probe = { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1 };
	cluster.createSet(
		'web',
		{ podManagementPolicy: 'Parallel' },
		{ containers: [{ ...sleeper, ports: [{ name: 'web', containerPort: 8000 }], readinessProbe: probe }] },
	);
	await cluster.until(() => endpoints(cluster, 'web')?.subsets?.[0].notReadyAddresses?.length === 2);
	const { podIP } = cluster.pod('web-0')!.status!;
	const { uid } = cluster.pod('web-0')!.metadata;
	const [subset] = endpoints(cluster, 'web')!.subsets!;
	assert.equal(subset.addresses, undefined);
	assert.deepEqual(subset.ports, [{ name: 'http', port: 8000, protocol: 'TCP' }]);
	assert.deepEqual(subset.notReadyAddresses![0], {
		hostname: 'web-0',
		ip: podIP,
		nodeName: cluster.pod('web-0')!.spec.nodeName,
		targetRef: { kind: 'Pod', namespace: 'default', name: 'web-0', uid },
	});
	await cluster.until(() => slice(cluster, 'web')?.endpoints?.length === 2);
	assert.deepEqual(slice(cluster, 'web').endpoints![0].conditions, {
		ready: false,
		serving: false,
		terminating: false,
	});
	assert.equal(slice(cluster, 'web').endpoints![0].hostname, 'web-0');
	assert.equal(slice(cluster, 'other').endpoints![0].hostname, undefined);
	assert.equal(slice(cluster, 'other').ports![0].port, 80);
	assert.match(slice(cluster, 'web').metadata.name, /^web-[a-z0-9]{5}$/);
	cluster.lab.stop();
});

test('addresses follow pods, and publishNotReadyAddresses shows them all', async () => {
	const cluster = createTestCluster();
	createService(cluster, 'web', {});
	createService(cluster, 'all', { publishNotReadyAddresses: true });
	cluster.createSet('web', { replicas: 1 });
	await cluster.until(() => endpoints(cluster, 'all')?.subsets?.[0].addresses?.length === 1);
	assert(!cluster.isReady('web-0'));
	await cluster.until(() => endpoints(cluster, 'web')?.subsets?.[0].addresses?.length === 1);
	assert(cluster.isReady('web-0'));

	cluster.client.delete('pods', 'default', 'web-0', { gracePeriodSeconds: 20 });
	await cluster.clock.advance(1000);
	assert.equal(endpoints(cluster, 'web')!.subsets, undefined);
	assert.deepEqual(slice(cluster, 'web').endpoints![0].conditions, {
		ready: false,
		serving: true,
		terminating: true,
	});

	cluster.client.delete('services', 'default', 'web');
	await cluster.until(() => endpoints(cluster, 'web') === undefined && slice(cluster, 'web') === undefined);
	cluster.lab.stop();
});

test("the API server's own endpoints are published", () => {
	const cluster = createTestCluster();
	assert.deepEqual(endpoints(cluster, 'kubernetes')!.subsets, [
		{ addresses: [{ ip: '172.18.0.2' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
	]);
	cluster.lab.stop();
});

test('where traffic is to stay close, a slice says for which nodes and zones each endpoint is', async () => {
	const cluster = createTestCluster();
	createService(cluster, 'near', { trafficDistribution: 'PreferSameNode' });
	createService(cluster, 'zone', { trafficDistribution: 'PreferClose' });
	cluster.createSet('web', { replicas: 1 });
	const hints = (service: string) => slice(cluster, service)?.endpoints?.[0]?.hints;
	await cluster.until(() => hints('near') !== undefined);
	const { nodeName = '' } = cluster.pod('web-0')!.spec;
	assert.deepEqual(hints('near')?.forNodes, [{ name: nodeName }]);
	const zone = cluster.client.get<Node>('nodes', '', nodeName)?.metadata.labels?.[
		'topology.kubernetes.io/zone'
	];
	assert.deepEqual(hints('zone'), zone ? { forZones: [{ name: zone }] } : undefined);
	cluster.lab.stop();
});

test('endpoints tell since when there is what they tell', async () => {
	const cluster = createTestCluster();
	const annotation = 'endpoints.kubernetes.io/last-change-trigger-time';
	createService(cluster, 'web', {});
	const told = () =>
		[endpoints(cluster, 'web'), slice(cluster, 'web')].map(
			(each) => each?.metadata.annotations?.[annotation],
		);
	const { creationTimestamp } = cluster.client.get<Service>('services', 'default', 'web')!.metadata;
	await cluster.until(() => told().every((time) => time === creationTimestamp));
	cluster.createSet('web', { replicas: 1 });
	await cluster.until(() => endpoints(cluster, 'web')?.subsets?.[0].addresses?.length === 1);
	const { conditions } = cluster.pod('web-0')!.status!;
	const readySince = conditions!.find(({ type }) => type === 'Ready')!.lastTransitionTime;
	await cluster.until(() => told().every((time) => time === readySince));
	// That a pod leaves is not told by its readiness.
	cluster.client.delete('pods', 'default', 'web-0');
	await cluster.until(() => endpoints(cluster, 'web')?.subsets === undefined);
	assert.deepEqual(told()[0], undefined);
	cluster.lab.stop();
});
