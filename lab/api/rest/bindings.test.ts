import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const bindings = '/api/v1/namespaces/default/bindings';

test('a binding in the collection binds the pod of its name, and is there no more', async () => {
	const server = serverUnderTest();
	await server.send('POST', '/api/v1/namespaces/default/pods', { body: podDraft('a') });
	const body = { metadata: { name: 'a' }, target: { kind: 'Node', name: 'node1' } };
	assert.equal((await server.send('POST', bindings, { body })).status, 201);
	const { body: pod } = await server.send<Pod>('GET', '/api/v1/namespaces/default/pods/a');
	assert.equal(pod.spec.nodeName, 'node1');
	assert.equal((await server.send('GET', bindings)).status, 405);
	const again = await server.send<StatusAnswer>('POST', bindings, { body });
	assert.equal(
		again.body.message,
		'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "node1"',
	);
});

test('a binding that names no pod, no node or another namespace is refused', async () => {
	const server = serverUnderTest();
	const message = async (body: object) =>
		(await server.send<StatusAnswer>('POST', bindings, { body })).body.message;
	assert.equal(await message({ target: { name: 'node1' } }), 'Name parameter required.');
	assert.equal(
		await message({ metadata: { name: 'nope' }, target: { name: 'node1' } }),
		'pods "nope" not found',
	);
	assert.equal(
		await message({ metadata: { name: 'a' }, target: {} }),
		'Binding "a" is invalid: target.name: Required value',
	);
	assert.match(
		await message({ metadata: { name: 'a', namespace: 'other' }, target: { name: 'node1' } }),
		/^the namespace of the provided object does not match/,
	);
});
