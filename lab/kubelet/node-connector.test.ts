import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Upgrade } from '../api/http.ts';
import { createTestCluster, statusOf, type TestCluster } from '../test-cluster.ts';

const decoder = new TextDecoder();

/** What the API server grants for a request to stream to a pod. */
async function stream(
	{ lab }: TestCluster,
	pod: string,
	subresource: string,
	query: readonly (readonly [string, string])[],
): Promise<Upgrade> {
	const granted = await lab.api.upgrade({
		method: 'GET',
		path: `/api/v1/namespaces/default/pods/${pod}/${subresource}`,
		query: new URLSearchParams(query.map((pair) => [...pair])),
		headers: {},
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	if ('status' in granted) throw new Error(`refused with ${granted.status}: ${granted.body}`);
	return granted;
}

async function exec(cluster: TestCluster, pod: string, ...command: string[]) {
	const query = [['stdout', 'true'], ['stderr', 'true'], ...command.map((word) => ['command', word])];
	const granted = await stream(cluster, pod, 'exec', query as [string, string][]);
	assert.equal(granted.kind, 'exec');
	let output = '';
	const collect = (data: Uint8Array) => {
		output += decoder.decode(data);
	};
	const { code } = await granted.run({
		tty: false,
		stdout: collect,
		stderr: collect,
		signal: new AbortController().signal,
	});
	return { code, output };
}

test('a command runs in a container, and its exit code comes back', async () => {
	const cluster = createTestCluster();
	cluster.createPod('one', { hostname: 'first', subdomain: 'web' });
	await cluster.until(() => cluster.isReady('one'));
	assert.deepEqual(await exec(cluster, 'one', 'hostname'), { code: 0, output: 'first\n' });
	assert.deepEqual(await exec(cluster, 'one', 'sh', '-c', 'echo no >&2; exit 3'), {
		code: 3,
		output: 'no\n',
	});
	cluster.lab.stop();
});

test('nothing runs in a container that does not run', async () => {
	const cluster = createTestCluster();
	cluster.createPod('crash', { containers: [{ name: 'main', image: 'busybox:1.36', command: ['false'] }] });
	await cluster.until(() => statusOf(cluster, 'crash')?.state?.waiting?.reason === 'CrashLoopBackOff');
	await assert.rejects(
		exec(cluster, 'crash', 'true'),
		/^Error: unable to upgrade connection: container not found \("main"\)$/,
	);
	cluster.lab.stop();
});

test("a pod's port is reached from outside, and a closed one says so", async () => {
	const cluster = createTestCluster();
	cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1.27' }] });
	await cluster.until(() => cluster.isReady('web'));
	const granted = await stream(cluster, 'web', 'portforward', [['ports', '80']]);
	assert.equal(granted.kind, 'portforward');
	const connection = await granted.connect(80);
	await connection.write(
		new TextEncoder().encode('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
	);
	let answer = '';
	for await (const data of connection.readable) answer += decoder.decode(data);
	assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Welcome to nginx!/);
	await assert.rejects(granted.connect(81), /dial tcp4 127\.0\.0\.1:81: connect: connection refused/);
	cluster.lab.stop();
});
