// The JavaScript client library against the lab: lists, watches, creates, execs, informs.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import {
	ADD,
	ApiException,
	AppsV1Api,
	CoreV1Api,
	DELETE,
	Exec,
	Log,
	makeInformer,
	UPDATE,
	type V1ConfigMap,
	type V1Pod,
	type V1Status,
	Watch,
} from '@kubernetes/client-node';
import { useLab } from './lab.ts';

const config = useLab({ nodes: 1 });
const namespace = 'default';

const configMap = (name: string, data: Record<string, string>): V1ConfigMap => ({
	metadata: { name, labels: { test: 'yes' } },
	data,
});

const pod = (name: string, command: string[]): V1Pod => ({
	metadata: { name },
	spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36', command }] },
});

/** The first event of a watch on pods for which the condition holds. */
function watchPod(condition: (pod: V1Pod) => boolean): Promise<V1Pod> {
	return new Promise((resolve, reject) => {
		const ended = new AbortController();
		const seen = (_type: string, object: V1Pod) => {
			if (!condition(object)) return;
			ended.abort();
			resolve(object);
		};
		new Watch(config)
			.watch(`/api/v1/namespaces/${namespace}/pods`, {}, seen, (error) => {
				if (!ended.signal.aborted) reject(error);
			})
			.then((controller) => ended.signal.addEventListener('abort', () => controller.abort()), reject);
	});
}

test('creates, reads, lists, replaces and deletes', async () => {
	const api = config.makeApiClient(CoreV1Api);
	const created = await api.createNamespacedConfigMap({ namespace, body: configMap('one', { a: '1' }) });
	assert.ok(created.metadata?.creationTimestamp instanceof Date);
	created.data = { a: '2' };
	await api.replaceNamespacedConfigMap({ namespace, name: 'one', body: created });
	await assert.rejects(
		api.replaceNamespacedConfigMap({ namespace, name: 'one', body: created }),
		(error: ApiException<unknown>) => error.code === 409,
	);
	const { items } = await api.listNamespacedConfigMap({ namespace, labelSelector: 'test=yes' });
	assert.deepEqual(
		items.map((item) => item.data),
		[{ a: '2' }],
	);
	await api.deleteNamespacedConfigMap({ namespace, name: 'one' });
	await assert.rejects(
		api.readNamespacedConfigMap({ namespace, name: 'one' }),
		(error: unknown) => error instanceof ApiException && error.code === 404,
	);
});

test('patches, and reads the scale of a set', async () => {
	const apps = config.makeApiClient(AppsV1Api);
	const labels = { app: 'web' };
	await apps.createNamespacedStatefulSet({
		namespace,
		body: {
			metadata: { name: 'web' },
			spec: {
				serviceName: 'web',
				replicas: 0,
				selector: { matchLabels: labels },
				template: {
					metadata: { labels },
					spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] },
				},
			},
		},
	});
	const patch = [{ op: 'replace', path: '/spec/replicas', value: 2 }];
	await apps.patchNamespacedStatefulSet({ namespace, name: 'web', body: patch });
	const scale = await apps.readNamespacedStatefulSetScale({ namespace, name: 'web' });
	assert.equal(scale.spec?.replicas, 2);
	await apps.deleteNamespacedStatefulSet({ namespace, name: 'web' });
});

test('watches a pod start, runs a command in it, and reads what it logs', async () => {
	const api = config.makeApiClient(CoreV1Api);
	const running = watchPod(
		({ metadata, status }) => metadata?.name === 'talker' && status?.phase === 'Running',
	);
	const command = ['sh', '-c', 'echo started; sleep 1000000'];
	await api.createNamespacedPod({ namespace, body: pod('talker', command) });
	assert.match((await running).status?.podIP ?? '', /^10\.244\./);

	const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
	const said = Promise.all([text(stdout), text(stderr)]);
	const status = await new Promise<V1Status>((resolve, reject) => {
		const run = ['sh', '-c', 'read line; echo "got $line"; echo problem >&2; exit 3'];
		new Exec(config)
			.exec(namespace, 'talker', 'main', run, stdout, stderr, stdin, false, resolve)
			.catch(reject);
		stdin.write('a line\n');
	});
	stdout.end();
	stderr.end();
	assert.deepEqual(await said, ['got a line\n', 'problem\n']);
	assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: '3' }]);

	const log = new PassThrough();
	await new Log(config).log(namespace, 'talker', 'main', log);
	assert.equal(await text(log), 'started\n');
	await api.deleteNamespacedPod({ namespace, name: 'talker', gracePeriodSeconds: 0 });
});

test('an informer tells what is there, what comes, what changes and what goes', async () => {
	const api = config.makeApiClient(CoreV1Api);
	const body = (name: string, value: string) => configMap(name, { value });
	await api.createNamespacedConfigMap({ namespace, body: body('before', '1') });
	const path = `/api/v1/namespaces/${namespace}/configmaps`;
	const list = () => api.listNamespacedConfigMap({ namespace, labelSelector: 'test=yes' });
	const informer = makeInformer(config, path, list, 'test=yes');
	const seen: string[] = [];
	let look = () => {};
	for (const verb of [ADD, UPDATE, DELETE] as const)
		informer.on(verb, ({ metadata, data }: V1ConfigMap) => {
			seen.push(`${verb} ${metadata?.name} ${data?.value}`);
			look();
		});
	const until = (event: string) =>
		new Promise<void>((resolve) => {
			look = () => {
				if (seen.includes(event)) resolve();
			};
			look();
		});
	await informer.start();
	await until('add before 1');
	await api.createNamespacedConfigMap({ namespace, body: body('later', '1') });
	await until('add later 1');
	await api.replaceNamespacedConfigMap({ namespace, name: 'later', body: body('later', '2') });
	await until('update later 2');
	await api.deleteNamespacedConfigMap({ namespace, name: 'later' });
	await until('delete later 2');
	assert.deepEqual(
		informer.list().map(({ metadata }) => metadata?.name),
		['before'],
	);
	await informer.stop();
	await api.deleteNamespacedConfigMap({ namespace, name: 'before' });
});
