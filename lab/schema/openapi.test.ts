import assert from 'node:assert/strict';
import { test } from 'node:test';
import { structType } from './facts.ts';
import { groupVersionDocument } from './openapi.ts';

const document = groupVersionDocument('/apis/apps/v1', [
	{
		group: 'apps',
		version: 'v1',
		kind: 'StatefulSet',
		plural: 'statefulsets',
		namespaced: true,
		hasStatus: true,
		struct: structType('io.k8s.api.apps.v1.StatefulSet'),
	},
]);

const at = (...path: string[]): unknown =>
	path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);

test('kinds are told with group, version and kind, for kubectl explain and apply', () => {
	assert.deepEqual(
		at('components', 'schemas', 'io.k8s.api.apps.v1.StatefulSet', 'x-kubernetes-group-version-kind'),
		[{ group: 'apps', kind: 'StatefulSet', version: 'v1' }],
	);
});

test('PATCH names fieldValidation and dryRun, so that clients leave both to the server', () => {
	const patch = ['paths', '/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}', 'patch'];
	const names = (at(...patch, 'parameters') as { name: string }[]).map((each) => each.name);
	assert(names.includes('fieldValidation') && names.includes('dryRun'));
	assert.equal(at(...patch, 'x-kubernetes-group-version-kind', 'kind'), 'StatefulSet');
});

test('a kind is found by the path without a namespace, where kubectl 1.27 looks for it', () => {
	const list = at('paths', '/apis/apps/v1/statefulsets', 'get', 'x-kubernetes-group-version-kind');
	assert.deepEqual(list, { group: 'apps', version: 'v1', kind: 'StatefulSet' });
});

test('lists that merge carry their strategy and key', () => {
	const spec = ['components', 'schemas', 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers'];
	assert.equal(at(...spec, 'x-kubernetes-patch-strategy'), 'merge');
	assert.equal(at(...spec, 'x-kubernetes-patch-merge-key'), 'name');
});

test('every reference leads to a schema of the document', () => {
	const schemas = at('components', 'schemas') as Record<string, unknown>;
	for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
		assert(schemas[name], name);
});
