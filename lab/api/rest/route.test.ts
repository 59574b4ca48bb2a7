import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../errors.ts';
import { parseResourcePath } from './route.ts';

test('a path names a version, a resource, and what of it is meant', () => {
	for (const [path, expected] of [
		['/api/v1/pods', ['v1', 'pods', '', '', '']],
		['/api/v1/namespaces', ['v1', 'namespaces', '', '', '']],
		['/api/v1/namespaces/a', ['v1', 'namespaces', '', 'a', '']],
		['/api/v1/namespaces/a/finalize', ['v1', 'namespaces', '', 'a', 'finalize']],
		['/api/v1/namespaces/a/pods', ['v1', 'pods', 'a', '', '']],
		['/api/v1/namespaces/a/pods/b/log', ['v1', 'pods', 'a', 'b', 'log']],
		['/apis/apps/v1/namespaces/a/statefulsets/b/scale', ['apps/v1', 'statefulsets', 'a', 'b', 'scale']],
		['/api/v1/nodes/n%2F1', ['v1', 'nodes', '', 'n/1', '']],
	] as const) {
		const route = parseResourcePath(path);
		assert.deepEqual(
			[route?.apiVersion, route?.plural, route?.namespace, route?.name, route?.subresource],
			expected,
		);
	}
});

test('the old form of a watch is one', () => {
	assert.equal(parseResourcePath('/api/v1/watch/namespaces/a/pods/b')?.watch, true);
	assert.equal(parseResourcePath('/api/v1/watch')?.watch, false);
});

test('other paths are no resource’s, and broken encoding is refused', () => {
	for (const path of ['/', '/api', '/api/v1', '/apis/apps/v1', '/version'])
		assert.equal(parseResourcePath(path), undefined);
	assert.throws(() => parseResourcePath('/api/v1/pods/%zz'), ApiError);
});
