import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../schema/types.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';
import type { ApiResponse } from '../http.ts';

const nginx = { name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] };

async function withNginx(): Promise<TestCluster> {
	const cluster = createTestCluster();
	cluster.createPod('web', { containers: [nginx] }, { app: 'web' });
	cluster.client.create<Service>('services', {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: { name: 'web', namespace: 'default' },
		spec: { selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 80 }] },
	});
	await cluster.until(() => cluster.isReady('web'));
	await cluster.clock.advance(2000);
	return cluster;
}

async function get({ lab, clock }: TestCluster, path: string): Promise<ApiResponse & { text: string }> {
	const asked = lab.api.handle({
		method: 'GET',
		path: `/api/v1/namespaces/default/${path}`,
		query: new URLSearchParams(),
		headers: {},
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	let done = false;
	const read = asked.then(async (response) => {
		let text = typeof response.body === 'string' ? response.body : '';
		if (typeof response.body !== 'string' && !(response.body instanceof Uint8Array))
			for await (const chunk of response.body)
				text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
		done = true;
		return { ...response, text };
	});
	await clock.advanceUntil(() => done);
	return read;
}

test('a request goes on to a pod, and to a pod behind a service', async () => {
	const cluster = await withNginx();
	for (const path of [
		'pods/web/proxy/',
		'pods/web:80/proxy/index.html',
		'services/web:8080/proxy/',
		'services/web/proxy/',
	]) {
		const { status, text, headers } = await get(cluster, path);
		assert.equal(status, 200, `${path}: ${text}`);
		assert.match(text, /Welcome to nginx!/);
		assert.equal(headers['content-type'], 'text/html');
	}
	assert.equal((await get(cluster, 'pods/web/proxy/nope')).status, 404);
	assert.equal(
		(await get(cluster, 'pods/web/proxy')).headers.location,
		'/api/v1/namespaces/default/pods/web/proxy/',
	);
	cluster.lab.stop();
});

test('where nothing answers, that is said', async () => {
	const cluster = await withNginx();
	const message = async (path: string) => JSON.parse((await get(cluster, path)).text).message as string;
	assert.match(
		await message('pods/web:81/proxy/'),
		/^error trying to reach service: dial tcp 10\.244\.\d\.\d+:81: connect: connection refused$/,
	);
	assert.equal(await message('services/web:81/proxy/'), 'no service port 81 found for service "web"');
	assert.equal(await message('pods/nope/proxy/'), 'pods "nope" not found');
	assert.equal(await message('pods/a:b:c:d/proxy/'), 'invalid pod request "a:b:c:d"');
	cluster.lab.stop();
});

test('a service leads to any of its pods', async () => {
	const cluster = await withNginx();
	cluster.createPod('other', { containers: [nginx] }, { app: 'web' });
	await cluster.until(() => cluster.isReady('other'));
	await cluster.clock.advance(2000);
	for (let count = 0; count < 10; count++) await get(cluster, 'services/web/proxy/');
	for (const name of ['web', 'other'])
		assert.match((await get(cluster, `pods/${name}/log`)).text, /"GET \/ HTTP\/1\.1" 200/, name);
});
