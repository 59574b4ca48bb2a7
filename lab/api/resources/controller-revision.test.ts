import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControllerRevision } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions';
const data = { spec: { template: { $patch: 'replace', spec: {} } } };

test('a revision’s data is kept as it is, directives included, and does not change', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<ControllerRevision>('POST', revisions, {
		body: { metadata: { name: 'a' }, data, revision: 1 },
	});
	assert.deepEqual(body.data, data);
	const renumbered = await server.send<ControllerRevision>('PUT', `${revisions}/a`, {
		body: { ...body, revision: 2 },
	});
	assert.equal(renumbered.body.revision, 2);
	const changed = await server.send<StatusAnswer>('PUT', `${revisions}/a`, {
		body: { ...renumbered.body, data: {} },
	});
	assert.match(changed.body.message, /data: Invalid value: \{\}: field is immutable/);
});

test('a revision has data, and a number that is not negative', async () => {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', revisions, {
		body: { metadata: { name: 'a' }, revision: -1 },
	});
	assert.deepEqual(
		body.details?.causes?.map(({ field }) => field),
		['data', 'revision'],
	);
});
