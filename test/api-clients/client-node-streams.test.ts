// The JavaScript client library's streams into pods, server-side apply, and a service account's token.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import {
	ApiException,
	Attach,
	CoreV1Api,
	KubeConfig,
	KubernetesObjectApi,
	Log,
	PatchStrategy,
	PortForward,
	RbacAuthorizationV1Api,
	type V1ConfigMap,
	type V1Pod,
	Watch,
} from '@kubernetes/client-node';
import { useLab } from './lab.ts';

const config = useLab({ nodes: 1 });
const namespace = 'default';

/** Creates a pod and waits until it is ready. */
async function run(name: string, spec: V1Pod['spec']): Promise<void> {
	const ended = new AbortController();
	const ready = new Promise<void>((resolve, reject) => {
		const seen = (_: string, { metadata, status }: V1Pod) => {
			const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
			if (metadata?.name !== name || !isReady) return;
			ended.abort();
			resolve();
		};
		new Watch(config)
			.watch(`/api/v1/namespaces/${namespace}/pods`, {}, seen, (error) => {
				if (!ended.signal.aborted) reject(error);
			})
			.then((controller) => ended.signal.addEventListener('abort', () => controller.abort()), reject);
	});
	await config
		.makeApiClient(CoreV1Api)
		.createNamespacedPod({ namespace, body: { metadata: { name }, spec } });
	await ready;
}

/** What a stream has given, as soon as it holds the words. */
function until(stream: PassThrough, words: string): Promise<string> {
	let given = '';
	return new Promise((resolve, reject) => {
		stream.on('data', (chunk: Buffer) => {
			given += chunk.toString();
			if (given.includes(words)) resolve(given);
		});
		stream.on('end', () => reject(new Error(`the stream ended with ${JSON.stringify(given)}`)));
	});
}

const busybox = (command: string, more: object = {}) => ({
	containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', command], ...more }],
	terminationGracePeriodSeconds: 0,
	restartPolicy: 'Never',
});

test('a forwarded port carries bytes both ways', async () => {
	await run('web', { containers: [{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] });
	const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
	const answered = until(output, '</html>');
	const socket = await new PortForward(config).portForward(namespace, 'web', [80], output, errors, input);
	input.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
	assert.match(await answered, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Welcome to nginx!/);
	if (typeof socket !== 'function') socket.close();
});

test('an attached client sees what the container says, and is heard', async () => {
	const command = 'while read line; do echo "heard $line"; done';
	await run('listener', busybox(command, { stdin: true }));
	const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
	const heard = until(stdout, 'heard me\n');
	const socket = await new Attach(config).attach(namespace, 'listener', 'main', stdout, stderr, stdin, false);
	stdin.write('me\n');
	assert.equal(await heard, 'heard me\n');
	socket.close();
});

test('a followed log goes on while the container runs, and ends with it', async () => {
	await run('counter', busybox('echo one; read line; echo two', { stdin: true, stdinOnce: true }));
	const log = new PassThrough();
	const whole = text(log);
	await new Log(config).log(namespace, 'counter', 'main', log, { follow: true, timestamps: true });
	const stdin = new PassThrough();
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const socket = await new Attach(config).attach(namespace, 'counter', 'main', stdout, stderr, stdin, false);
	stdin.write('go on\n');
	assert.match(await whole, /^\d{4}-\S+Z one\n\d{4}-\S+Z two\n$/);
	socket.close();
});

test('server-side apply owns fields, and tells conflicts', async () => {
	const api = KubernetesObjectApi.makeApiClient(config);
	const apply = (manager: string, data: Record<string, string>, force = false) =>
		api.patch<V1ConfigMap & { metadata: { name: string; namespace: string } }>(
			{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace }, data },
			undefined,
			undefined,
			manager,
			force,
			PatchStrategy.ServerSideApply,
		);
	await apply('first', { a: '1', b: '1' });
	await assert.rejects(apply('second', { a: '2' }), (error: ApiException<string>) => {
		assert.equal(error.code, 409);
		assert.match(String(error.body), /conflict with \\"first\\": \.data\.a/);
		return true;
	});
	assert.deepEqual((await apply('second', { a: '2' }, true)).data, { a: '2', b: '1' });
	const kept = await apply('first', {});
	assert.deepEqual(kept.data, { a: '2' });
	const managers = kept.metadata?.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`);
	assert.ok(managers?.includes('second Apply'));
});

test('a service account may do what its roles say, and is told what it may not', async () => {
	const api = config.makeApiClient(CoreV1Api);
	await api.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'bot' } } });
	await config.makeApiClient(RbacAuthorizationV1Api).createNamespacedRoleBinding({
		namespace,
		body: {
			metadata: { name: 'bot' },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
			subjects: [{ kind: 'ServiceAccount', name: 'bot', namespace }],
		},
	});
	const { status } = await api.createNamespacedServiceAccountToken({
		namespace,
		name: 'bot',
		body: { spec: { audiences: [], expirationSeconds: 3600 } },
	});
	const bots = new KubeConfig();
	const cluster = config.getCurrentCluster();
	assert.ok(cluster && status);
	bots.loadFromClusterAndUser(cluster, { name: 'bot', token: status.token });
	const bot = bots.makeApiClient(CoreV1Api);
	assert.ok((await bot.listNamespacedPod({ namespace })).items.length > 0);
	await assert.rejects(bot.listNamespacedSecret({ namespace }), (error: ApiException<string>) => {
		assert.ok(error instanceof ApiException && error.code === 403);
		const { message, reason } = JSON.parse(String(error.body));
		assert.equal(reason, 'Forbidden');
		assert.equal(
			message,
			'secrets is forbidden: User "system:serviceaccount:default:bot" cannot list resource "secrets" in API group "" in the namespace "default"',
		);
		return true;
	});
});
