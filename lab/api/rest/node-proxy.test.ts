import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';

const admin = { username: 'admin', groups: ['system:masters'] };

async function get({ lab }: TestCluster, target: string, user = admin, method = 'GET') {
	const url = new URL(`/api/v1/nodes/${target}`, 'http://lab');
	const response = await lab.api.handle({
		method,
		path: url.pathname,
		query: url.searchParams,
		headers: {},
		user,
		signal: new AbortController().signal,
	});
	const { body } = response;
	let text = typeof body === 'string' ? body : '';
	if (typeof body !== 'string' && !(body instanceof Uint8Array))
		for await (const chunk of body)
			text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
	return { status: response.status, text };
}

test("a node's kubelet tells its health, its pods and their logs", async () => {
	const cluster = createTestCluster();
	const command = ['sh', '-c', 'echo one; echo two; sleep 1000'];
	cluster.createPod('talks', { containers: [{ name: 'main', image: 'busybox:1.36', command }] });
	await cluster.until(() => cluster.isReady('talks'));
	await cluster.clock.advance(1000);
	const node = cluster.pod('talks')!.spec.nodeName!;
	assert.deepEqual(await get(cluster, `${node}/proxy/healthz`), { status: 200, text: 'ok' });
	assert.equal((await get(cluster, `${node}:10250/proxy/healthz`)).text, 'ok');
	const pods = JSON.parse((await get(cluster, `${node}/proxy/pods`)).text);
	assert.equal(pods.kind, 'PodList');
	assert.ok(pods.items.some((each: { metadata: { name: string } }) => each.metadata.name === 'talks'));
	const log = `${node}/proxy/containerLogs/default/talks/main`;
	assert.deepEqual(await get(cluster, log), { status: 200, text: 'one\ntwo\n' });
	assert.equal((await get(cluster, `${log}?tailLines=1`)).text, 'two\n');
	assert.equal((await get(cluster, `${log}?tailLines=-1`)).status, 422);
	cluster.lab.stop();
});

test("a node's kubelet tells what runs and what it uses", async () => {
	const cluster = createTestCluster({ nodes: 1 });
	cluster.createPod('runs', {});
	cluster.createPod('ended', {
		containers: [{ name: 'main', image: 'busybox:1.36', command: ['true'] }],
		restartPolicy: 'Never',
	});
	await cluster.until(() => cluster.isReady('runs') && cluster.pod('ended')?.status?.phase === 'Succeeded');
	const text = async (path: string) => (await get(cluster, `node1/proxy/${path}`)).text;

	const summary = JSON.parse(await text('stats/summary'));
	assert.equal(summary.node.nodeName, 'node1');
	assert.deepEqual(
		summary.pods.map(({ podRef, containers }: { podRef: { name: string }; containers: object[] }) => [
			podRef.name,
			containers.length,
		]),
		[['runs', 1]],
	);
	assert.ok(summary.pods[0].containers[0].memory.workingSetBytes > 0);
	const running = JSON.parse(await text('runningpods/'));
	assert.deepEqual(running.items[0].spec.containers, [
		{ name: 'main', image: 'busybox:1.36', resources: {} },
	]);
	assert.equal(running.items.length, 1);

	assert.match(
		await text('metrics/resource'),
		/^container_memory_working_set_bytes\{container="main",namespace="default",pod="runs"\} [1-9]\d*$/m,
	);
	assert.match(await text('metrics'), /^kubelet_running_pods 1$/m);
	assert.equal(JSON.parse(await text('configz')).kubeletconfig.port, 10_250);
	assert.deepEqual(await get(cluster, 'node1/proxy/logs/'), {
		status: 405,
		text: 'logs endpoint is disabled.\n',
	});
	cluster.lab.stop();
});

test('what is not there, not served or not allowed is refused', async () => {
	const cluster = createTestCluster();
	const { name: node } = cluster.client.list('nodes')[0].metadata;
	assert.deepEqual(await get(cluster, `${node}/proxy/nope`), { status: 404, text: '404 page not found\n' });
	assert.deepEqual(await get(cluster, `${node}/proxy/containerLogs/default/nope/main`), {
		status: 404,
		text: 'pod "nope" does not exist\n',
	});
	assert.match((await get(cluster, 'nope/proxy/healthz')).text, /nodes \\"nope\\" not found/);
	assert.equal((await get(cluster, `${node}/proxy/pods`, admin, 'POST')).status, 405);
	const nobody = { username: 'eve', groups: ['system:authenticated'] };
	const refused = await get(cluster, `${node}/proxy/pods`, nobody);
	assert.equal(refused.status, 403);
	assert.match(refused.text, /cannot get resource \\"nodes\/proxy\\"/);
	cluster.lab.stop();
});
