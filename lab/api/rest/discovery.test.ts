import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverUnderTest } from '../server-under-test.ts';

interface ResourceList {
	groupVersion: string;
	resources: {
		name: string;
		kind: string;
		verbs: string[];
		shortNames?: string[];
		categories?: string[];
		group?: string;
	}[];
}

test('groups, versions and resources lead to each other', async () => {
	const server = serverUnderTest();
	const { body: groups } = await server.send<{
		groups: { name: string; preferredVersion: { groupVersion: string } }[];
	}>('GET', '/apis');
	assert(groups.groups.some((group) => group.name === 'apps'));
	for (const { name, preferredVersion } of groups.groups) {
		assert.equal((await server.send('GET', `/apis/${name}`)).status, 200);
		const { body } = await server.send<ResourceList>('GET', `/apis/${preferredVersion.groupVersion}`);
		assert.equal(body.groupVersion, preferredVersion.groupVersion);
		assert(body.resources.length > 0);
	}
});

test('a resource is listed with its names, verbs and subresources', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<ResourceList>('GET', '/apis/apps/v1');
	const [set, scale, status] = ['statefulsets', 'statefulsets/scale', 'statefulsets/status'].map((name) =>
		body.resources.find((resource) => resource.name === name),
	);
	assert.deepEqual(set?.shortNames, ['sts']);
	assert.deepEqual(set?.categories, ['all']);
	assert(set?.verbs.includes('deletecollection'));
	assert.deepEqual([scale?.kind, scale?.group], ['Scale', 'autoscaling']);
	assert.deepEqual(status?.verbs, ['get', 'patch', 'update']);
});

test('every kind that is listed has its schema and path in the OpenAPI document', async () => {
	const server = serverUnderTest();
	const { body: index } = await server.send<{ paths: Record<string, { serverRelativeURL: string }> }>(
		'GET',
		'/openapi/v3',
	);
	for (const [path, { serverRelativeURL }] of Object.entries(index.paths)) {
		const { body: listed } = await server.send<ResourceList>('GET', `/${path}`);
		const { body: document } = await server.send<{ paths: object }>('GET', serverRelativeURL);
		for (const { name } of listed.resources)
			if (!name.includes('/'))
				assert(
					Object.keys(document.paths).some((each) => each.endsWith(`/${name}/{name}`)),
					`${path} ${name}`,
				);
	}
});

test('the OpenAPI v2 document is protobuf, whatever the client accepts', async () => {
	const server = serverUnderTest();
	const { headers, body } = await server.raw('GET', '/openapi/v2');
	assert.equal(headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
	assert(body instanceof Uint8Array && body[0] === 0x0a);
});

test('version and health are told', async () => {
	const server = serverUnderTest();
	assert.match((await server.send<{ gitVersion: string }>('GET', '/version')).body.gitVersion, /^v1\.36\./);
	for (const path of ['/healthz', '/readyz', '/livez'])
		assert.equal((await server.raw('GET', path)).body, 'ok');
});
