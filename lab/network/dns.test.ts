import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, serviceOf, sliceOf } from '../images/test-pods.ts';
import { candidates } from './resolver.ts';

const ready = (address: string, hostname?: string, isReady = true) => ({
	addresses: [address],
	hostname,
	conditions: { ready: isReady },
});

function cluster() {
	const pods = createTestPods();
	const namespace = pods.network.createNamespace({ node: 'node1' });
	const add = (resource: string, object: ReturnType<typeof serviceOf> | ReturnType<typeof sliceOf>) =>
		pods.announce(resource, { type: 'ADDED', object });
	return {
		...pods,
		namespace,
		service: (...args: Parameters<typeof serviceOf>) => add('services', serviceOf(...args)),
		slice: (...args: Parameters<typeof sliceOf>) => add('endpointslices.discovery.k8s.io', sliceOf(...args)),
		addresses: async (name: string) =>
			(await namespace.query(name, 'A')).answers
				.flatMap((record) => (record.type === 'A' ? [record.address] : []))
				.sort(),
		status: async (name: string, type: 'A' | 'AAAA' | 'SRV' | 'PTR' = 'A') =>
			(await namespace.query(name, type)).status,
	};
}

test('a cluster IP has an A record, an SRV record per named port and a PTR record', async () => {
	const { service, addresses, namespace, status } = cluster();
	service('web', { clusterIP: '10.96.0.20', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] });
	assert.deepEqual(await addresses('web.default.svc.cluster.local.'), ['10.96.0.20']);
	assert.equal(
		await status('web.default.svc.cluster.local.', 'AAAA'),
		'NOERROR',
		'the name is there, such a record is not',
	);
	assert.deepEqual((await namespace.query('_http._tcp.web.default.svc.cluster.local.', 'SRV')).answers, [
		{
			type: 'SRV',
			name: '_http._tcp.web.default.svc.cluster.local',
			priority: 0,
			weight: 100,
			port: 80,
			target: 'web.default.svc.cluster.local',
			ttl: 30,
		},
	]);
	assert.equal(await status('_nope._tcp.web.default.svc.cluster.local.', 'SRV'), 'NXDOMAIN');
	assert.deepEqual(
		(await namespace.query('20.0.96.10.in-addr.arpa.', 'PTR')).answers.map(
			(record) => 'target' in record && record.target,
		),
		['web.default.svc.cluster.local'],
	);
});

test('a headless service has the addresses of its ready endpoints, and a name for each hostname', async () => {
	const { service, slice, addresses, status, namespace } = cluster();
	service('db', { clusterIP: 'None', ports: [{ name: 'db', port: 5432 }] });
	assert.equal(
		await status('db.default.svc.cluster.local.'),
		'NXDOMAIN',
		'without endpoints there is no name',
	);
	slice('db', {
		ports: [{ name: 'db', port: 5432, protocol: 'TCP' }],
		endpoints: [ready('10.244.0.5', 'db-0'), ready('10.244.0.6', 'db-1'), ready('10.244.0.7', 'db-2', false)],
	});
	assert.deepEqual(await addresses('db.default.svc.cluster.local.'), ['10.244.0.5', '10.244.0.6']);
	assert.deepEqual(await addresses('db-1.db.default.svc.cluster.local.'), ['10.244.0.6']);
	assert.equal(await status('db-2.db.default.svc.cluster.local.'), 'NXDOMAIN', 'not ready, not published');
	const { answers } = await namespace.query('_db._tcp.db.default.svc.cluster.local.', 'SRV');
	assert.deepEqual(
		answers.map((record) => record.type === 'SRV' && `${record.target}:${record.port}`).sort(),
		['db-0.db.default.svc.cluster.local:5432', 'db-1.db.default.svc.cluster.local:5432'],
	);
	assert.deepEqual(
		(await namespace.query('5.0.244.10.in-addr.arpa.', 'PTR')).answers.map(
			(record) => 'target' in record && record.target,
		),
		['db-0.db.default.svc.cluster.local'],
	);
});

test('publishNotReadyAddresses publishes them all', async () => {
	const { service, slice, addresses } = cluster();
	service('db', { clusterIP: 'None', publishNotReadyAddresses: true });
	slice('db', { ports: [], endpoints: [ready('10.244.0.7', 'db-0', false)] });
	assert.deepEqual(await addresses('db-0.db.default.svc.cluster.local.'), ['10.244.0.7']);
});

test('a name changes with its slice and goes with its service', async () => {
	const { service, slice, addresses, announce, status } = cluster();
	service('db', { clusterIP: 'None' });
	slice('db', { endpoints: [ready('10.244.0.5', 'db-0')] });
	const previous = sliceOf('db', { endpoints: [ready('10.244.0.5', 'db-0')] });
	announce('endpointslices.discovery.k8s.io', {
		type: 'MODIFIED',
		object: sliceOf('db', { endpoints: [ready('10.244.0.9', 'db-0')] }),
		previous,
	});
	assert.deepEqual(await addresses('db-0.db.default.svc.cluster.local.'), ['10.244.0.9']);
	announce('services', { type: 'DELETED', object: serviceOf('db', { clusterIP: 'None' }) });
	assert.equal(await status('db.default.svc.cluster.local.'), 'NXDOMAIN');
});

test('an ExternalName is an alias; names outside the cluster do not exist', async () => {
	const { service, namespace, status } = cluster();
	service('far', { type: 'ExternalName', externalName: 'example.com' });
	assert.deepEqual((await namespace.query('far.default.svc.cluster.local.', 'A')).answers, [
		{ type: 'CNAME', name: 'far.default.svc.cluster.local', target: 'example.com', ttl: 30 },
	]);
	assert.equal(await status('example.com.'), 'NXDOMAIN');
	assert.equal(await status('10-244-0-5.default.pod.cluster.local.'), 'NOERROR');
	assert.equal(await status('10-244-0-5.nowhere.pod.cluster.local.'), 'NXDOMAIN');
});

test('the search list is followed by ndots', () => {
	const dns = { searches: ['default.svc.cluster.local', 'cluster.local'], ndots: 5 };
	assert.deepEqual(candidates('web', dns), ['web.default.svc.cluster.local.', 'web.cluster.local.', 'web.']);
	assert.deepEqual(candidates('a.b', { ...dns, ndots: 1 }), [
		'a.b.',
		'a.b.default.svc.cluster.local.',
		'a.b.cluster.local.',
	]);
	assert.deepEqual(candidates('web.', dns), ['web.']);
});

test('lookup asks /etc/hosts first', async () => {
	const { namespace, service } = cluster();
	service('web', { clusterIP: '10.96.0.20' });
	const dns = {
		searches: ['default.svc.cluster.local'],
		ndots: 5,
		hosts: new Map([['pinned', ['10.1.2.3']]]),
	};
	assert.deepEqual(await namespace.lookup('pinned', dns), ['10.1.2.3']);
	assert.deepEqual(await namespace.lookup('web', dns), ['10.96.0.20']);
	assert.deepEqual(await namespace.lookup('10.9.8.7', dns), ['10.9.8.7']);
	assert.deepEqual(await namespace.lookup('nope', dns), []);
});

test("a service's own name has an SRV record per endpoint and port", async () => {
	const { service, slice, namespace } = cluster();
	const ports = [
		{ name: 'http', port: 80 },
		{ name: 'admin', port: 81 },
	];
	service('db', { clusterIP: 'None', ports });
	slice('db', { ports, endpoints: [ready('10.244.1.5', 'db-0'), ready('10.244.2.5', 'db-1')] });
	const targets = async (name: string) =>
		(await namespace.query(name, 'SRV')).answers
			.map((record) => (record.type === 'SRV' ? `${record.weight} ${record.port} ${record.target}` : ''))
			.sort();
	assert.deepEqual(await targets('db.default.svc.cluster.local.'), [
		'25 80 db-0.db.default.svc.cluster.local',
		'25 80 db-1.db.default.svc.cluster.local',
		'25 81 db-0.db.default.svc.cluster.local',
		'25 81 db-1.db.default.svc.cluster.local',
	]);
	assert.deepEqual(await targets('db-1.db.default.svc.cluster.local.'), [
		'50 80 db-1.db.default.svc.cluster.local',
		'50 81 db-1.db.default.svc.cluster.local',
	]);
	service('web', { clusterIP: '10.96.0.20', ports: [{ port: 80 }] });
	assert.deepEqual(await targets('web.default.svc.cluster.local.'), ['100 80 web.default.svc.cluster.local']);
});
