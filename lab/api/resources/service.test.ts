import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const services = '/api/v1/namespaces/default/services';
const draft = (name: string, spec: object) => ({ body: { metadata: { name }, spec } });
const port = { port: 80 };

test('a service is given an address of its range, and its defaults', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<Service>('POST', services, draft('a', { ports: [port] }));
	assert.match(body.spec.clusterIP ?? '', /^10\.96\.\d+\.\d+$/);
	assert.deepEqual(body.spec, {
		clusterIP: body.spec.clusterIP,
		clusterIPs: [body.spec.clusterIP],
		internalTrafficPolicy: 'Cluster',
		ipFamilies: ['IPv4'],
		ipFamilyPolicy: 'SingleStack',
		ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
		sessionAffinity: 'None',
		type: 'ClusterIP',
	});
	assert.deepEqual(body.status, { loadBalancer: {} });
});

test('an address that is asked for must be free and of the range', async () => {
	const server = serverUnderTest();
	await server.send('POST', services, draft('a', { clusterIP: '10.96.0.10', ports: [port] }));
	const taken = await server.send<StatusAnswer>(
		'POST',
		services,
		draft('b', { clusterIP: '10.96.0.10', ports: [port] }),
	);
	assert.equal(
		taken.body.message,
		'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
	);
	const outside = await server.send<StatusAnswer>(
		'POST',
		services,
		draft('c', { clusterIP: '10.1.0.10', ports: [port] }),
	);
	assert.match(outside.body.message, /the provided network does not match the current range/);
});

test('a node port is given, kept, refused where taken, and goes with the type', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<Service>(
		'POST',
		services,
		draft('a', { type: 'NodePort', ports: [port] }),
	);
	const given = body.spec.ports?.[0].nodePort ?? 0;
	assert(given >= 30_000 && given <= 32_767);
	const taken = await server.send<StatusAnswer>(
		'POST',
		services,
		draft('b', { type: 'NodePort', ports: [{ port: 80, nodePort: given }] }),
	);
	assert.match(
		taken.body.message,
		/spec\.ports\[0\]\.nodePort: Invalid value: \d+: provided port is already allocated/,
	);
	const kept = await server.send<Service>(
		'PUT',
		`${services}/a`,
		draft('a', { type: 'NodePort', ports: [port] }),
	);
	assert.equal(kept.body.spec.ports?.[0].nodePort, given);
	assert.equal(kept.body.spec.clusterIP, body.spec.clusterIP);
	const inside = await server.send<Service>(
		'PUT',
		`${services}/a`,
		draft('a', { type: 'ClusterIP', ports: [port] }),
	);
	assert.equal(inside.body.spec.ports?.[0].nodePort, undefined);
	assert.equal(inside.body.spec.externalTrafficPolicy, undefined);
});

test('faults have their path and their words', async () => {
	for (const [spec, message] of [
		[
			{ type: 'NodePort', clusterIP: 'None', ports: [port] },
			'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
		],
		[{}, 'spec.ports: Required value'],
		[
			{ ports: [port, { port: 81 }] },
			'[spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
		],
		[
			{ ports: [{ port: 0 }] },
			'[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
		],
		[{ type: 'ExternalName' }, 'spec.externalName: Required value'],
		[
			{ type: 'Odd', ports: [port] },
			'spec.type: Unsupported value: "Odd": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
		],
		[
			{ ports: [{ port: 80, nodePort: 30_000 }] },
			"spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
		],
	] as const) {
		const { body } = await serverUnderTest().send<StatusAnswer>('POST', services, draft('a', spec));
		assert.equal(body.message, `Service "a" is invalid: ${message}`);
	}
});

test('an address does not change once it is given', async () => {
	const server = serverUnderTest();
	await server.send('POST', services, draft('a', { clusterIP: '10.96.0.10', ports: [port] }));
	const { body } = await server.send<StatusAnswer>(
		'PUT',
		`${services}/a`,
		draft('a', { clusterIP: '10.96.0.11', ports: [port] }),
	);
	assert.match(
		body.message,
		/spec\.clusterIPs\[0\]: Invalid value: \["10\.96\.0\.11"\]: may not change once set/,
	);
});

test('what a load balancer and an affinity may be', async () => {
	const server = serverUnderTest();
	const refusals = async (spec: object) =>
		(
			await server.send<StatusAnswer>('POST', '/api/v1/namespaces/default/services', {
				body: { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }], ...spec } },
			})
		).body.details?.causes?.map(({ field, message }) => `${field}: ${message}`);
	assert.deepEqual(
		await refusals({
			type: 'LoadBalancer',
			ports: [{ port: 10_250 }],
			loadBalancerSourceRanges: ['10.0.0.0'],
			trafficDistribution: 'Near',
		}),
		[
			'spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet',
			'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
			'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
		],
	);
	assert.deepEqual(
		await refusals({
			allocateLoadBalancerNodePorts: false,
			loadBalancerClass: 'one',
			sessionAffinity: 'ClientIP',
			sessionAffinityConfig: { clientIP: { timeoutSeconds: 100_000 } },
		}),
		[
			'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 100000: must be greater than 0 and less than 86400',
			"spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
			"spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
		],
	);
});
