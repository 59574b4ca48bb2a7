import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../schema/types.ts';
import { podDraft, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';

interface Table {
	kind: string;
	columnDefinitions: { name: string; priority: number }[];
	rows: { cells: (string | number)[]; object: { kind: string; spec?: unknown } | null }[];
}

const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const pods = '/api/v1/namespaces/default/pods';
const names = (table: Table, priority: number) =>
	table.columnDefinitions.filter((column) => column.priority === priority).map((column) => column.name);

test('pods are shown as kubectl get shows them, wide columns by priority', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	await server.clock.advance(125_000);
	const { body } = await server.send<Table>('GET', pods, { headers });
	assert.equal(body.kind, 'Table');
	assert.deepEqual(names(body, 0), ['Name', 'Ready', 'Status', 'Restarts', 'Age']);
	assert.deepEqual(names(body, 1), ['IP', 'Node', 'Nominated Node', 'Readiness Gates']);
	assert.deepEqual(body.rows[0].cells, [
		'a',
		'0/1',
		'Pending',
		'0',
		'2m5s',
		'<none>',
		'<none>',
		'<none>',
		'<none>',
	]);
	assert.equal(body.rows[0].object?.kind, 'PartialObjectMetadata');
});

test('rows carry the object, its metadata or nothing, as asked', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	const whole = await server.send<Table>('GET', `${pods}?includeObject=Object`, { headers });
	assert.equal(whole.body.rows[0].object?.kind, 'Pod');
	const none = await server.send<Table>('GET', `${pods}?includeObject=None`, { headers });
	assert.equal(none.body.rows[0].object, null);
});

test('one object, a StatefulSet, is a table of one row', async () => {
	const server = serverUnderTest();
	const sets = '/apis/apps/v1/namespaces/default/statefulsets';
	await server.send('POST', sets, { body: statefulSetDraft('web', { replicas: 2 }) });
	const { body } = await server.send<Table>('GET', `${sets}/web`, { headers });
	assert.deepEqual(body.rows[0].cells, ['web', '0/2', '0s', 'c', 'nginx']);
});

test('metadata alone can be asked for', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
	const { body } = await server.send<{ kind: string; items: Pod[] }>('GET', pods, { headers: { accept } });
	assert.equal(body.kind, 'PartialObjectMetadataList');
	assert.equal(body.items[0].spec, undefined);
});

test('what cannot be shown is not acceptable', async () => {
	const server = serverUnderTest();
	assert.equal((await server.send('GET', pods, { headers: { accept: 'text/html' } })).status, 406);
});
