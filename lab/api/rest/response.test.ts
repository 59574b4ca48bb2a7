import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster } from '../../test-cluster.ts';

const { lab } = createTestCluster({ nodes: 1 });

async function body(path: string, userAgent: string, query = ''): Promise<unknown> {
	const { body } = await lab.api.handle({
		method: 'GET',
		path,
		query: new URLSearchParams(query),
		headers: { 'user-agent': userAgent },
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	return body;
}

test('JSON is indented for who reads it, and compact for programs', async () => {
	const path = '/api/v1/namespaces/default';
	for (const reader of ['curl/8.5.0', 'Wget/1.21', 'Mozilla/5.0 (X11)'])
		assert.match(String(await body(path, reader)), /^\{\n {2}"apiVersion": "v1",\n[\s\S]*\n\}$/, reader);
	assert.match(String(await body(path, 'kubectl/v1.36.0')), /^\{"apiVersion":"v1",.*\}\n$/);
	assert.match(String(await body(path, 'curl/8.5.0', 'pretty=false')), /^\{"apiVersion"/);
	assert.match(String(await body(path, '', 'pretty=true')), /^\{\n/);
	assert.match(String(await body(`${path}-not`, 'curl/8.5.0')), /^\{\n {2}"kind": "Status",\n/);
});
