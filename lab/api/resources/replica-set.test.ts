import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const template = (labels: object = { app: 'web' }) => ({
	metadata: { labels },
	spec: { containers: [{ name: 'c', image: 'nginx' }] },
});
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

interface Table {
	columnDefinitions: { name: string }[];
	rows: { cells: unknown[] }[];
}

for (const [apiVersion, kind, path, spec, selector] of [
	[
		'apps/v1',
		'ReplicaSet',
		'/apis/apps/v1/namespaces/default/replicasets',
		{ selector: { matchLabels: { app: 'web' } }, template: template() },
		{ matchLabels: { app: 'other' } },
	],
	[
		'v1',
		'ReplicationController',
		'/api/v1/namespaces/default/replicationcontrollers',
		{ selector: { app: 'web' }, template: template() },
		{ app: 'other' },
	],
] as const)
	test(`a ${kind}: its columns, its scale, its faults`, async () => {
		const server = serverUnderTest();
		const draft = (more: object = {}) => ({
			apiVersion,
			kind,
			metadata: { name: 'web' },
			spec: { ...spec, ...more },
		});
		const { status } = await server.send('POST', path, { body: draft() });
		assert.equal(status, 201);
		const merge = { 'content-type': 'application/merge-patch+json' };
		await server.send('PATCH', `${path}/web/scale`, { body: { spec: { replicas: 4 } }, headers: merge });
		const { body } = await server.send<Table>('GET', path, { headers: table });
		assert.deepEqual(
			body.columnDefinitions.map(({ name }) => name),
			['Name', 'Desired', 'Current', 'Ready', 'Age', 'Containers', 'Images', 'Selector'],
		);
		assert.deepEqual(body.rows[0].cells, ['web', 4, 0, 0, '0s', 'c', 'nginx', 'app=web']);
		const { body: refused } = await server.send<StatusAnswer>('POST', path, {
			body: { ...draft({ replicas: -1, selector }), metadata: { name: 'other' } },
		});
		assert.match(refused.message, /spec\.replicas: Invalid value: -1: must be greater than or equal to 0, /);
		assert.match(
			refused.message,
			/spec\.template\.metadata\.labels: Invalid value: \{"app":"web"\}: `selector` does not match template `labels`\]$/,
		);
		const listed = await server.send<{ items: KubernetesObject[] }>(
			'GET',
			`${path}?fieldSelector=status.replicas%3D0`,
		);
		if (kind === 'ReplicationController') assert.equal(listed.body.items.length, 1);
		else assert.equal(listed.status, 400, 'only the older kind is selected by it');
	});

test('a PodTemplate keeps a template', async () => {
	const server = serverUnderTest();
	const path = '/api/v1/namespaces/default/podtemplates';
	const draft = { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'web' }, template: template() };
	await server.send('POST', path, { body: draft });
	const { body } = await server.send<Table>('GET', path, { headers: table });
	assert.deepEqual(body.rows[0].cells, ['web', 'c', 'nginx', 'app=web']);
});
