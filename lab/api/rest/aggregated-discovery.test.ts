import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverUnderTest } from '../server-under-test.ts';

interface Discovery {
	apiVersion: string;
	items: {
		metadata: { name?: string };
		versions: {
			version: string;
			resources: { resource: string; scope: string; subresources?: { subresource: string }[] }[];
		}[];
	}[];
}

const accept = (version: string) =>
	`application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;

test('a client that takes it gets every group in one document, in the version it asks for first', async () => {
	const server = serverUnderTest();
	const headers = { accept: accept('v2') };
	const groups = await server.send<Discovery>('GET', '/apis', { headers });
	assert.match(groups.headers['content-type'], /g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList$/);
	assert.equal(groups.body.apiVersion, 'apidiscovery.k8s.io/v2');
	const apps = groups.body.items.find(({ metadata }) => metadata.name === 'apps');
	const sets = apps?.versions[0].resources.find(({ resource }) => resource === 'statefulsets');
	assert.equal(sets?.scope, 'Namespaced');
	assert.deepEqual(
		sets?.subresources?.map(({ subresource }) => subresource),
		['scale', 'status'],
	);
	const core = await server.send<Discovery>('GET', '/api', { headers: { accept: accept('v2beta1') } });
	assert.equal(core.body.apiVersion, 'apidiscovery.k8s.io/v2beta1');
	assert.deepEqual(
		core.body.items.map(({ metadata }) => metadata.name),
		[undefined],
	);
});

test('any other client gets the list of groups', async () => {
	const { body } = await serverUnderTest().send<{ kind: string }>('GET', '/apis');
	assert.equal(body.kind, 'APIGroupList');
});
