import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
const pods = '/api/v1/namespaces/default/pods';

test('a pod gets the priority and the policy of its class, or of the default class', async () => {
	const { send } = serverUnderTest();
	await send('POST', classes, {
		body: { metadata: { name: 'high' }, value: 100, preemptionPolicy: 'Never' },
	});
	await send('POST', classes, { body: { metadata: { name: 'usual' }, value: 7, globalDefault: true } });
	const high = await send<Pod>('POST', pods, { body: podDraft('a', { priorityClassName: 'high' }) });
	assert.deepEqual([high.body.spec.priority, high.body.spec.preemptionPolicy], [100, 'Never']);
	const { spec } = (await send<Pod>('POST', pods, { body: podDraft('b') })).body;
	assert.deepEqual([spec.priority, spec.priorityClassName], [7, 'usual']);
	const wrong = podDraft('c', { priorityClassName: 'high', priority: 3 });
	const { body } = await send<StatusAnswer>('POST', pods, { body: wrong });
	assert.equal(
		body.message,
		'pods "c" is forbidden: the integer value of priority (3) must not be provided in pod spec; priority admission controller computed 100 from the given PriorityClass name',
	);
});

test('there is one default class', async () => {
	const { send } = serverUnderTest();
	const create = (name: string) =>
		send<StatusAnswer>('POST', classes, { body: { metadata: { name }, value: 1, globalDefault: true } });
	assert.equal((await create('a')).status, 201);
	assert.equal(
		(await create('b')).body.message,
		'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist',
	);
});

test("system names and values are the cluster's own", async () => {
	const { send } = serverUnderTest();
	const refused = async (name: string, value: number) =>
		(await send<StatusAnswer>('POST', classes, { body: { metadata: { name }, value } })).body.message;
	assert.match(await refused('system-x', 1), /error: system-x is not a known system priority class$/);
	assert.match(
		await refused('huge', 1_000_000_001),
		/value: Forbidden: maximum allowed value of a user defined priority is 1000000000$/,
	);
});

test('a class keeps its value', async () => {
	const { send } = serverUnderTest();
	await send('POST', classes, { body: { metadata: { name: 'a' }, value: 1 } });
	const { body } = await send<StatusAnswer>('PUT', `${classes}/a`, {
		body: { metadata: { name: 'a' }, value: 2 },
	});
	assert.match(body.message, /value: Forbidden: may not be changed in an update\.$/);
});
