import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionsPath, gadgetDefinition } from '../custom-resources/test-definition.ts';
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

test('the OpenAPI v2 document is JSON or protobuf, as the client accepts, and has custom resources', async () => {
	const server = serverUnderTest();
	await server.send('POST', definitionsPath, {
		body: gadgetDefinition({ size: { type: 'integer' } }),
	});
	const { headers, body } = await server.send<{
		paths: Record<string, object>;
		definitions: Record<string, { properties: Record<string, object> }>;
	}>('GET', '/openapi/v2');
	assert.equal(headers['content-type'], 'application/json');
	assert.deepEqual(body.definitions['com.example.v1.Gadget'].properties.size, { type: 'integer' });
	assert(body.paths['/apis/example.com/v1/namespaces/{namespace}/gadgets/{name}']);
	assert(body.definitions['io.k8s.api.core.v1.Pod']);

	// As kubectl writes it, old and new.
	for (const version of ['@v1.0', '.v1.0']) {
		const accept = `application/com.github.proto-openapi.spec.v2${version}+protobuf`;
		const answer = await server.raw('GET', '/openapi/v2', { headers: { accept } });
		assert.equal(
			answer.headers['content-type'],
			'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
		);
		assert(answer.body instanceof Uint8Array && answer.body[0] === 0x0a);
		assert(new TextDecoder().decode(answer.body).includes('com.example.v1.Gadget'));
	}
});

test('version and health are told', async () => {
	const server = serverUnderTest();
	assert.match((await server.send<{ gitVersion: string }>('GET', '/version')).body.gitVersion, /^v1\.36\./);
	for (const path of ['/healthz', '/readyz', '/livez'])
		assert.equal((await server.raw('GET', path)).body, 'ok');
});
