import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResponse, Upgrade } from '../http.ts';
import type { LogOptions, NodeConnector } from '../node-connector.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const pods = '/api/v1/namespaces/default/pods';

/** A kubelet that tells what it was asked. */
function kubelet() {
	const asked: unknown[] = [];
	const logs: LogOptions[] = [];
	const connector: NodeConnector = {
		usage: () => [],
		async logs(_pod, options) {
			logs.push(options);
			return (async function* () {
				yield new TextEncoder().encode('line\n');
			})();
		},
		async exec(_pod, container, command) {
			asked.push([container, command]);
			return async () => ({ code: 0 });
		},
		async attach(_pod, container) {
			asked.push([container]);
			return async () => ({ code: 0 });
		},
		async get() {
			throw new Error('not asked for');
		},
		async connect() {
			throw new Error('not asked for');
		},
	};
	return { connector, asked, logs };
}

async function withPods() {
	const { connector, asked, logs } = kubelet();
	const server = serverUnderTest(connector);
	const two = [
		{ name: 'a', image: 'x' },
		{ name: 'b', image: 'x' },
	];
	await server.send('POST', pods, { body: podDraft('one', { nodeName: 'node1' }) });
	await server.send('POST', pods, { body: podDraft('two', { nodeName: 'node1', containers: two }) });
	await server.send('POST', pods, { body: podDraft('waiting') });
	await server.send('POST', pods, { body: podDraft('lost', { nodeName: 'node9' }) });
	return { server, asked, logs };
}

const refusalOf = (answer: Upgrade | ApiResponse) => {
	assert('status' in answer && typeof answer.body === 'string');
	return (JSON.parse(answer.body) as StatusAnswer).message;
};

test('logs are asked of the pod’s node, with what the query says', async () => {
	const { server, logs } = await withPods();
	const { status, body } = await server.raw('GET', `${pods}/one/log?follow=true&tailLines=5`);
	assert.equal(status, 200);
	let text = '';
	for await (const chunk of body as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(chunk);
	assert.equal(text, 'line\n');
	assert.deepEqual(logs, [
		{ container: 'c', follow: true, previous: false, timestamps: false, tailLines: 5 },
	]);
});

test('the container must be one of the pod’s, and be named where there are several', async () => {
	const { server } = await withPods();
	for (const [target, message] of [
		['two/log', 'a container name must be specified for pod two, choose one of: [a b]'],
		['two/log?container=z', 'container z is not valid for pod two'],
		['nope/log', 'pods "nope" not found'],
		[
			'one/log?tailLines=-1',
			'PodLogOptions "" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
		],
	]) {
		const { body } = await server.send<StatusAnswer>('GET', `${pods}/${target}`);
		assert.equal(body.message, message);
	}
});

test('a pod without a node has written nothing', async () => {
	const { server } = await withPods();
	assert.equal((await server.raw('GET', `${pods}/waiting/log`)).body, '');
});

test('exec and attach give a stream of the container', async () => {
	const { server, asked } = await withPods();
	const exec = await server.upgrade(`${pods}/one/exec?command=sh&command=-c&command=ls&stdout=true&tty=true`);
	assert('kind' in exec && exec.kind === 'exec');
	assert.deepEqual([exec.stdin, exec.stdout, exec.stderr, exec.tty], [false, true, false, true]);
	const attach = await server.upgrade(`${pods}/two/attach?container=b&stdout=1`);
	assert('kind' in attach);
	assert.deepEqual(asked, [['c', ['sh', '-c', 'ls']], ['b']]);
});

test('a stream that cannot be is refused', async () => {
	const { server } = await withPods();
	for (const [target, message] of [
		['waiting/exec?command=ls&stdout=true', 'pod waiting does not have a host assigned'],
		[
			'two/exec?command=ls&stdout=true',
			'a container name must be specified for pod two, choose one of: [a b]',
		],
		['one/exec?command=ls', 'you must specify at least 1 of stdin, stdout, stderr'],
		['waiting/portforward', 'pod waiting does not have a host assigned'],
		[
			'lost/exec?command=ls&stdout=true',
			'error dialing backend: dial tcp node9:10250: connect: no route to host',
		],
	])
		assert.equal(refusalOf(await server.upgrade(`${pods}/${target}`)), message);
});
