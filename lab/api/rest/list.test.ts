import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	configMapDraft,
	type Listed,
	podDraft,
	type StatusAnswer,
	serverUnderTest,
} from '../server-under-test.ts';

const maps = '/api/v1/namespaces/default/configmaps';

async function withMaps(names: readonly string[], historyLimit?: number) {
	const server = serverUnderTest(undefined, historyLimit);
	for (const name of names) await server.send('POST', maps, { body: configMapDraft(name) });
	return server;
}
const namesOf = ({ items }: Listed) => items.map((object) => object.metadata.name);

test('pages show one consistent state, whatever is written between them', async () => {
	const server = await withMaps(['a', 'b', 'c', 'd', 'e']);
	const first = (await server.send<Listed>('GET', `${maps}?limit=2`)).body;
	assert.deepEqual(namesOf(first), ['a', 'b']);
	assert.equal(first.metadata.remainingItemCount, 3);
	await server.send('DELETE', `${maps}/c`);
	await server.send('POST', maps, { body: configMapDraft('bb') });
	const second = (await server.send<Listed>('GET', `${maps}?limit=2&continue=${first.metadata.continue}`))
		.body;
	assert.deepEqual(namesOf(second), ['c', 'd']);
	assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
	const last = (await server.send<Listed>('GET', `${maps}?limit=2&continue=${second.metadata.continue}`))
		.body;
	assert.deepEqual(namesOf(last), ['e']);
	assert.equal(last.metadata.continue, undefined);
});

test('a page whose state is no longer known is expired', async () => {
	const server = await withMaps(['a', 'b', 'c'], 4);
	const first = (await server.send<Listed>('GET', `${maps}?limit=1`)).body;
	for (const name of ['d', 'e', 'f', 'g', 'h'])
		await server.send('POST', maps, { body: configMapDraft(name) });
	const { status, body } = await server.send<StatusAnswer>(
		'GET',
		`${maps}?limit=1&continue=${first.metadata.continue}`,
	);
	assert.equal(status, 410);
	assert.equal(body.reason, 'Expired');
	assert.match(
		body.message,
		/^The provided continue parameter is too old to display a consistent list result/,
	);
});

test('a wrong token and a resource version of the future are refused', async () => {
	const server = await withMaps(['a']);
	const wrong = await server.send<StatusAnswer>('GET', `${maps}?limit=1&continue=xyz`);
	assert.equal(wrong.body.message, 'continue key is not valid: incorrectly encoded start key');
	const future = await server.send<StatusAnswer>('GET', `${maps}?resourceVersion=999999`);
	assert.match(future.body.message, /^Too large resource version: 999999, current: \d+$/);
});

test('labels and fields select', async () => {
	const server = serverUnderTest();
	const pods = '/api/v1/namespaces/default/pods';
	for (const [name, labels, node] of [
		['a', { app: 'x', tier: 'front' }, 'node1'],
		['b', { app: 'x' }, 'node2'],
		['c', { app: 'y' }, ''],
	] as const) {
		const draft = podDraft(name, node ? { nodeName: node } : {});
		await server.send('POST', pods, { body: { ...draft, metadata: { ...draft.metadata, labels } } });
	}
	for (const [query, expected] of [
		['labelSelector=app%3Dx', ['a', 'b']],
		['labelSelector=app%3Dx,!tier', ['b']],
		['labelSelector=app+in+(x,y),tier', ['a']],
		['labelSelector=app+notin+(x)', ['c']],
		['fieldSelector=spec.nodeName%3Dnode1', ['a']],
		['fieldSelector=spec.nodeName!%3D,metadata.name!%3Da', ['b']],
		['fieldSelector=status.phase%3DPending', ['a', 'b', 'c']],
		['labelSelector=app%3Dx&limit=1', ['a']],
	] as const)
		assert.deepEqual(namesOf((await server.send<Listed>('GET', `${pods}?${query}`)).body), expected, query);
	const wrong = await server.send<StatusAnswer>('GET', `${pods}?fieldSelector=spec.nope%3D1`);
	assert.equal(wrong.body.message, 'field label not supported: spec.nope');
});

test('a list over all namespaces is in order of namespace and name', async () => {
	const server = await withMaps(['b', 'a']);
	await server.send('POST', '/api/v1/namespaces/other/configmaps', { body: { metadata: { name: '0' } } });
	assert.deepEqual(namesOf((await server.send<Listed>('GET', '/api/v1/configmaps')).body), ['a', 'b', '0']);
});

test('list options that do not fit together are told', async () => {
	const server = serverUnderTest();
	for (const [query, message] of [
		[
			'resourceVersionMatch=Exact',
			'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
		],
		[
			'resourceVersionMatch=Exact&resourceVersion=0',
			'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
		],
		[
			'resourceVersionMatch=Nope&resourceVersion=1',
			'resourceVersionMatch: Unsupported value: "Nope": supported values: "Exact", "NotOlderThan", ""',
		],
		['sendInitialEvents=true', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
		[
			'watch=true&resourceVersionMatch=NotOlderThan',
			'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
		],
	]) {
		const { status, body } = await server.send<StatusAnswer>('GET', `/api/v1/pods?${query}`);
		assert.equal(status, 422);
		assert.equal(body.message, `ListOptions.meta.k8s.io "" is invalid: ${message}`);
	}
});

test('a page whose revision is forgotten tells how to go on with things as they are', async () => {
	const server = serverUnderTest(undefined, 4);
	for (const name of ['a', 'b', 'c']) await server.send('POST', maps, { body: configMapDraft(name) });
	const first = await server.send<Listed>('GET', `${maps}?limit=1`);
	for (let count = 0; count < 6; count++)
		await server.send('PUT', `${maps}/a`, { body: configMapDraft('a', { count: String(count) }) });
	const expired = await server.send<StatusAnswer & { metadata: { continue: string } }>(
		'GET',
		`${maps}?limit=1&continue=${first.body.metadata.continue}`,
	);
	assert.equal(expired.status, 410);
	assert.equal(expired.body.reason, 'Expired');
	const rest = await server.send<Listed>('GET', `${maps}?continue=${expired.body.metadata.continue}`);
	assert.deepEqual(
		rest.body.items.map(({ metadata }) => metadata.name),
		['b', 'c'],
	);
});
