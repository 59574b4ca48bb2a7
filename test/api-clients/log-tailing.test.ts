// What stern asks of a server, request by request: a watch of pods that begins with those that are there, and of
// each running container a followed log with timestamps, which it takes up again after a restart where it ended
// (github.com/stern/stern).

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { AppsV1Api, CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import { useLab } from './lab.ts';

const config = useLab({ nodes: 2 });
const pods = '/api/v1/namespaces/default/pods';

/** GET as a Go client sends it. */
async function get(path: string): Promise<IncomingMessage> {
	const options: RequestOptions = { headers: { accept: 'application/json, */*', 'accept-encoding': 'gzip' } };
	await config.applyToHTTPSOptions(options);
	const server = config.getCurrentCluster()?.server ?? '';
	return new Promise((resolve, reject) => {
		request(new URL(path, server), options, resolve).on('error', reject).end();
	});
}

/** The lines of a body, one at a time; `end` hangs up. */
async function lines(path: string) {
	const response = await get(path);
	assert.equal(response.statusCode, 200, path);
	const iterator = createInterface({ input: response })[Symbol.asyncIterator]();
	return {
		type: response.headers['content-type'],
		async next(): Promise<string | undefined> {
			const { value, done } = await iterator.next();
			return done ? undefined : value;
		},
		end: () => response.destroy(),
	};
}

/** All lines to the end of the body. */
async function all(path: string): Promise<string[]> {
	const stream = await lines(path);
	const found: string[] = [];
	for (let line = await stream.next(); line !== undefined; line = await stream.next()) found.push(line);
	return found;
}

const pod = (name: string, app: string, command: string, more: V1Pod['spec'] | object = {}): V1Pod => ({
	metadata: { name, labels: { app } },
	spec: {
		containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', command] }],
		terminationGracePeriodSeconds: 0,
		...more,
	},
});
const create = (body: V1Pod) =>
	config.makeApiClient(CoreV1Api).createNamespacedPod({ namespace: 'default', body });
const remove = (name: string) =>
	config.makeApiClient(CoreV1Api).deleteNamespacedPod({ namespace: 'default', name });

interface PodEvent {
	type: string;
	object: V1Pod;
}

/** Pods by a watch without a resource version: first those that are there, then what happens. */
async function watchPods(parameters: string, path = pods) {
	const stream = await lines(`${path}?${parameters}watch=true`);
	assert.equal(stream.type, 'application/json');
	return {
		async until(condition: (event: PodEvent) => boolean | undefined): Promise<PodEvent> {
			for (;;) {
				const line = await stream.next();
				assert.ok(line !== undefined, 'the watch ended');
				const event = JSON.parse(line) as PodEvent;
				assert.match(event.object.metadata?.resourceVersion ?? '', /^\d+$/);
				if (condition(event)) return event;
			}
		},
		end: stream.end,
	};
}

const runs = (name: string) => (event: PodEvent) =>
	event.object.metadata?.name === name &&
	event.object.status?.containerStatuses?.some(({ state }) => state?.running);

const log = (name: string, parameters: string) => `${pods}/${name}/log?container=main&${parameters}`;
const withoutTime = (line: string) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z /, '');

test('pods that are there, that come and that go are told, by label', async () => {
	await create(pod('early', 'watched', 'sleep 1000000'));
	await create(pod('other', 'unwatched', 'sleep 1000000'));
	const watch = await watchPods('labelSelector=app%3Dwatched&');
	const first = await watch.until(() => true);
	assert.deepEqual([first.type, first.object.metadata?.name], ['ADDED', 'early']);
	await create(pod('late', 'watched', 'sleep 1000000'));
	const added = await watch.until(({ object }) => object.metadata?.name !== 'early');
	assert.deepEqual([added.type, added.object.metadata?.name], ['ADDED', 'late']);
	await watch.until(runs('late'));
	await remove('late');
	const gone = await watch.until(({ type }) => type === 'DELETED');
	assert.equal(gone.object.metadata?.name, 'late');
	watch.end();
	for (const name of ['early', 'other']) await remove(name);
});

test('pods of all namespaces are told, and those of a node', async () => {
	await create(pod('somewhere', 'placed', 'sleep 1000000'));
	const everywhere = await watchPods('', '/api/v1/pods');
	const { object } = await everywhere.until(runs('somewhere'));
	everywhere.end();
	const node = object.spec?.nodeName;
	const there = await watchPods(`fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}&`);
	assert.equal((await there.until(runs('somewhere'))).object.spec?.nodeName, node);
	there.end();
	await remove('somewhere');
});

test('a log is followed with its times, by its last lines and by its age, until the container ends', async () => {
	await create(
		pod('ends', 'logs', 'for n in 1 2 3; do echo line $n; done; sleep 2; echo last', {
			restartPolicy: 'Never',
		}),
	);
	const watch = await watchPods('');
	await watch.until(runs('ends'));
	watch.end();
	const followed = await lines(log('ends', 'follow=true&sinceSeconds=172800&tailLines=2&timestamps=true'));
	assert.equal(followed.type, 'text/plain');
	const said: string[] = [];
	for (let line = await followed.next(); line !== undefined; line = await followed.next()) said.push(line);
	assert.deepEqual(said.slice(-1).map(withoutTime), ['last']);
	assert.ok(said.length >= 1 && said.length <= 4);

	const whole = await all(log('ends', 'sinceSeconds=172800&timestamps=true'));
	assert.deepEqual(whole.map(withoutTime), ['line 1', 'line 2', 'line 3', 'last']);
	const times = whole.map((line) => Date.parse(line.split(' ')[0]));
	assert.deepEqual(
		times,
		times.toSorted((a, b) => a - b),
	);
	assert.deepEqual((await all(log('ends', 'tailLines=1&timestamps=true'))).map(withoutTime), ['last']);
	assert.deepEqual(await all(log('ends', 'tailLines=0&timestamps=true')), []);
	// From a time on, to the second, as a tail that was cut off goes on.
	const since = new Date(Math.floor(times[3] / 1000) * 1000).toISOString().replace('.000Z', 'Z');
	const later = await all(log('ends', `sinceTime=${encodeURIComponent(since)}&timestamps=true`));
	assert.deepEqual(later.slice(-1).map(withoutTime), ['last']);
	assert.ok(later.length < 4 || times[0] >= Date.parse(since));
	await remove('ends');
});

test('a container that starts anew has a log of its own, and its end is told', async () => {
	await create(pod('anew', 'restarts', 'echo begun; sleep 1; exit 1'));
	const watch = await watchPods('labelSelector=app%3Drestarts&');
	await watch.until(({ object }) => (object.status?.containerStatuses?.[0].restartCount ?? 0) >= 1);
	await watch.until(runs('anew'));
	watch.end();
	assert.deepEqual((await all(log('anew', 'follow=true&timestamps=true'))).map(withoutTime), ['begun']);
	await remove('anew');
});

test('a log that cannot be read is refused with words', async () => {
	await create(
		pod('waits', 'waits', 'true', { containers: [{ name: 'main', image: 'nowhere.invalid/x:1' }] }),
	);
	const response = await get(log('waits', 'follow=true&timestamps=true'));
	assert.equal(response.statusCode, 400);
	let body = '';
	for await (const chunk of response) body += chunk;
	assert.match(
		(JSON.parse(body) as { message: string }).message,
		/container "main" in pod "waits" is waiting to start/,
	);
	await remove('waits');
});

test('the pods of a Deployment are found by its selector', async () => {
	const labels = { app: 'web' };
	const apps = config.makeApiClient(AppsV1Api);
	await apps.createNamespacedDeployment({
		namespace: 'default',
		body: {
			metadata: { name: 'web' },
			spec: {
				replicas: 2,
				selector: { matchLabels: labels },
				template: { metadata: { labels }, spec: pod('', 'web', 'sleep 1000000').spec },
			},
		},
	});
	const response = await get('/apis/apps/v1/namespaces/default/deployments/web');
	let body = '';
	for await (const chunk of response) body += chunk;
	assert.deepEqual(JSON.parse(body).spec.selector, { matchLabels: labels });
	const watch = await watchPods('labelSelector=app%3Dweb&');
	const names = new Set<string>();
	await watch.until(({ object }) => names.add(object.metadata?.name ?? '').size === 2);
	watch.end();
	await apps.deleteNamespacedDeployment({ namespace: 'default', name: 'web' });
});
