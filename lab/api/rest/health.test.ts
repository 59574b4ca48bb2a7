import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const get = (path: string) => server.raw('GET', path);

test('a server that is ready says so, and by which checks', async () => {
	for (const path of [
		'/healthz',
		'/livez',
		'/readyz',
		'/readyz/etcd',
		'/livez/poststarthook/rbac/bootstrap-roles',
	])
		assert.equal((await get(path)).body, 'ok', path);
	const { body } = await get('/readyz?verbose');
	assert.match(
		String(body),
		/^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd ok\n[\s\S]*\[\+\]shutdown ok\nreadyz check passed\n$/,
	);
	assert.doesNotMatch(String((await get('/livez?verbose')).body), /shutdown/);
});

test('checks can be left out, and unknown ones are none', async () => {
	const { body } = await get('/livez?verbose&exclude=etcd&exclude=foo');
	assert.match(String(body), /^\[\+\]etcd excluded: ok$/m);
	assert.match(
		String(body),
		/^warn: some health checks cannot be excluded: no matches for "foo"\nlivez check passed\n$/m,
	);
	assert.equal((await get('/livez/foo')).status, 404);
});

test('the root tells of every path that is served', async () => {
	const { body } = await server.send<{ paths: string[] }>('GET', '/');
	for (const path of [
		'/api',
		'/api/v1',
		'/apis',
		'/apis/apps',
		'/apis/apps/v1',
		'/openapi/v3',
		'/readyz/ping',
		'/version',
	])
		assert.ok(body.paths.includes(path), path);
	assert.deepEqual(body.paths, body.paths.toSorted());
});
