// Answers for clients that take protobuf alone: objects, lists, watches and refusals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeProtobuf } from '../../schema/protobuf.ts';
import { podDraft, serverUnderTest } from '../server-under-test.ts';

const headers = { accept: 'application/vnd.kubernetes.protobuf' };
const path = '/api/v1/namespaces/default/pods';

test('an object, a list and a refusal tell in protobuf what they tell in JSON', async () => {
	const server = serverUnderTest();
	const probe = { httpGet: { port: 'http', scheme: 'HTTP' }, periodSeconds: 3 };
	const draft = podDraft('one');
	const containers = [
		{ ...draft.spec.containers[0], readinessProbe: probe, resources: { limits: { cpu: '1500m' } } },
	];
	const volumes = [{ name: 'v', emptyDir: {} }];
	await server.send('POST', path, { body: { ...draft, spec: { containers, volumes } } });
	for (const target of [`${path}/one`, path, `${path}/two`, '/api/v1']) {
		const { status, headers: told, body } = await server.raw('GET', target, { headers });
		assert.equal(told['content-type'], 'application/vnd.kubernetes.protobuf');
		const json = await server.send('GET', target);
		assert.equal(status, json.status);
		const written = JSON.parse(JSON.stringify(json.body, (_, value) => value ?? undefined));
		assert.deepEqual(decodeProtobuf(body as Uint8Array), { apiVersion: 'v1', ...written }, target);
	}
});

test('a watch tells each change in a frame', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, { body: podDraft('one') });
	const over = new AbortController();
	const { headers: told, body } = await server.raw('GET', `${path}?watch=1`, {
		headers,
		signal: over.signal,
	});
	assert.equal(told['content-type'], 'application/vnd.kubernetes.protobuf;stream=watch');
	const frames = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
	const { value: frame } = await frames.next();
	assert.equal(new DataView(frame.buffer).getUint32(0), frame.length - 4);
	// The type is field 1, and the object, with its own envelope, the only field of field 2.
	const text = new TextDecoder('latin1').decode(frame);
	assert.equal(text.slice(4, 11), '\x0a\x05ADDED');
	const pod = decodeProtobuf(frame.subarray(text.indexOf('k8s\0'))) as { metadata: { name: string } };
	assert.equal(pod.metadata.name, 'one');
	over.abort();
});

test('who takes JSON as well is told in JSON, and what has no message is not acceptable', async () => {
	const server = serverUnderTest();
	const either = { accept: 'application/vnd.kubernetes.protobuf,application/json' };
	assert.equal(
		(await server.raw('GET', path, { headers: either })).headers['content-type'],
		'application/json',
	);
	const table = { accept: 'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io' };
	assert.equal((await server.raw('GET', path, { headers: table })).status, 406);
});
