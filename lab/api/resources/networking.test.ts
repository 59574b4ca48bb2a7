import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IngressClass, NetworkPolicy } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const networking = '/apis/networking.k8s.io/v1';
const ingresses = `${networking}/namespaces/default/ingresses`;
const policies = `${networking}/namespaces/default/networkpolicies`;

const refusals = ({ details }: StatusAnswer) =>
	details?.causes?.map(({ field, message }) => `${field}: ${message}`);
const tables = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
type Table = { rows: { cells: unknown[] }[] };

const backend = { service: { name: 'web', port: { number: 80 } } };

test('an Ingress tells all its faults at once', async () => {
	const server = serverUnderTest();
	const paths = [
		{ path: 'shop', pathType: 'Prefix', backend: { service: { name: 'web', port: {} } } },
		{ path: '/a/../b', pathType: 'Exact', backend: {} },
		{ path: '/', backend },
	];
	const { status, body } = await server.send<StatusAnswer>('POST', ingresses, {
		body: {
			metadata: { name: 'web' },
			spec: {
				rules: [
					{ host: '10.0.0.1', http: { paths } },
					{ host: 'Shop', http: { paths: [] } },
				],
			},
		},
	});
	assert.equal(status, 422);
	assert.deepEqual(
		refusals(body)?.map((text) => text.replace(/ \(e\.g\..*$/, '')),
		[
			'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
			'spec.rules[0].http.paths[0].path: Invalid value: "shop": must be an absolute path',
			'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
			'spec.rules[0].http.paths[1].path: Invalid value: "/a/../b": must not contain \'/../\'',
			'spec.rules[0].http.paths[1].backend: Invalid value: "": resource or service backend is required',
			'spec.rules[0].http.paths[2].pathType: Required value: pathType must be specified',
			"spec.rules[1].host: Invalid value: \"Shop\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
			'spec.rules[1].http.paths: Required value',
		],
	);
	const empty = await server.send<StatusAnswer>('POST', ingresses, {
		body: { metadata: { name: 'web' }, spec: {} },
	});
	assert.deepEqual(refusals(empty.body), [
		'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
	]);
});

test('an Ingress without a class gets the newest default one; its row shows what it serves', async () => {
	const server = serverUnderTest();
	const createClass = (name: string) =>
		server.client.create<IngressClass>('ingressclasses.networking.k8s.io', {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'IngressClass',
			metadata: { name, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
			spec: { controller: 'example.com/proxy' },
		});
	createClass('old');
	await server.clock.advance(2000);
	createClass('young');
	const rules = ['a', 'b', 'c', 'd', 'e'].map((host) => ({ host: `${host}.example` }));
	await server.send('POST', ingresses, {
		body: { metadata: { name: 'web' }, spec: { rules, tls: [{ hosts: ['a.example'] }] } },
	});
	const { body } = await server.send<Table>('GET', ingresses, { headers: tables });
	assert.deepEqual(body.rows[0].cells, [
		'web',
		'young',
		'a.example,b.example,c.example + 2 more...',
		'',
		'80, 443',
		'0s',
	]);
});

test("a class's controller is a path with a domain, and stays", async () => {
	const server = serverUnderTest();
	const classes = `${networking}/ingressclasses`;
	const create = (controller: string) =>
		server.send<StatusAnswer>('POST', classes, { body: { metadata: { name: 'one' }, spec: { controller } } });
	assert.deepEqual(refusals((await create('proxy')).body), [
		'spec.controller: Invalid value: "proxy": must be a domain-prefixed path (such as "acme.io/foo")',
	]);
	assert.equal((await create('example.com/proxy')).status, 201);
	const { body } = await server.send<StatusAnswer>('PATCH', `${classes}/one`, {
		body: { spec: { controller: 'example.com/other' } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.deepEqual(refusals(body), [
		'spec.controller: Invalid value: "example.com/other": field is immutable',
	]);
});

test('a NetworkPolicy is defaulted, checked and shown', async () => {
	const server = serverUnderTest();
	const { status, body } = await server.send<NetworkPolicy>('POST', policies, {
		body: {
			metadata: { name: 'web' },
			spec: { podSelector: { matchLabels: { app: 'web' } }, egress: [{ ports: [{ port: 53 }] }] },
		},
	});
	assert.equal(status, 201);
	assert.deepEqual(body.spec?.policyTypes, ['Ingress', 'Egress']);
	assert.equal(body.spec?.egress?.[0].ports?.[0].protocol, 'TCP');
	const table = await server.send<Table>('GET', policies, { headers: tables });
	assert.deepEqual(table.body.rows[0].cells, ['web', 'app=web', '0s']);

	const refused = await server.send<StatusAnswer>('POST', policies, {
		body: {
			metadata: { name: 'wrong' },
			spec: {
				podSelector: {},
				ingress: [
					{
						ports: [
							{ port: 90, endPort: 80 },
							{ port: 'http', endPort: 80 },
						],
						from: [
							{},
							{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } },
							{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/16', '10.0.0.0/33'] } },
						],
					},
				],
			},
		},
	});
	assert.deepEqual(refusals(refused.body), [
		'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
		'spec.ingress[0].ports[1].endPort: Invalid value: 80: may not be specified when `port` is non-numeric',
		'spec.ingress[0].from[0]: Required value: must specify a peer',
		'spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer',
		'spec.ingress[0].from[2].ipBlock.except[1]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
		'spec.ingress[0].from[2].ipBlock.except[2]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
	]);
});

test('ranges and addresses of Services', async () => {
	const server = serverUnderTest();
	const create = async (cidrs: string[]) =>
		refusals(
			(
				await server.send<StatusAnswer>('POST', `${networking}/servicecidrs`, {
					body: { metadata: { name: 'more' }, spec: { cidrs } },
				})
			).body,
		);
	assert.deepEqual(await create(['10.97.0.1/16']), [
		'spec.cidrs[0]: Invalid value: "10.97.0.1/16": must not have bits set beyond the prefix length',
	]);
	assert.deepEqual(await create(['10.97.0.0/16', '10.98.0.0/16']), [
		'spec.cidrs: Invalid value: ["10.97.0.0/16","10.98.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
	]);
	assert.equal(await create(['10.97.0.0/16', 'fd00:1::/112']), undefined);
	const { body } = await server.send<StatusAnswer>('POST', `${networking}/ipaddresses`, {
		body: { metadata: { name: '10.97.0.400' }, spec: {} },
	});
	assert.deepEqual(refusals(body), [
		'metadata.name: Invalid value: "10.97.0.400": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
		'spec.parentRef: Required value',
	]);
});
