import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const pods = '/api/v1/namespaces/default/pods';

test('a runtime class adds what it takes, and where such pods can run', async () => {
	const { send } = serverUnderTest();
	await send('POST', '/apis/node.k8s.io/v1/runtimeclasses', {
		body: {
			metadata: { name: 'gvisor' },
			handler: 'runsc',
			overhead: { podFixed: { memory: '64Mi' } },
			scheduling: { nodeSelector: { runtime: 'gvisor' } },
		},
	});
	const { body } = await send<Pod>('POST', pods, { body: podDraft('a', { runtimeClassName: 'gvisor' }) });
	assert.deepEqual(body.spec.overhead, { memory: '64Mi' });
	assert.deepEqual(body.spec.nodeSelector, { runtime: 'gvisor' });
	const conflicting = podDraft('b', { runtimeClassName: 'gvisor', nodeSelector: { runtime: 'runc' } });
	assert.equal(
		(await send<StatusAnswer>('POST', pods, { body: conflicting })).body.message,
		'pods "b" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[runtime] = gvisor; pod.spec.nodeSelector[runtime] = runc',
	);
});

test('a class that is not there is refused', async () => {
	const { send } = serverUnderTest();
	const { body } = await send<StatusAnswer>('POST', pods, { body: podDraft('a', { runtimeClassName: 'x' }) });
	assert.equal(body.message, 'pods "a" is forbidden: pod rejected: RuntimeClass "x" not found');
});
