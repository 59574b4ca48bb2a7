import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
const table = { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } };

const claimDraft = (spec: object = {}, name = 'data') => ({
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: { name },
	spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

async function refusal(spec: object): Promise<string> {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', claims, { body: claimDraft(spec) });
	return body.message.replace('PersistentVolumeClaim "data" is invalid: ', '');
}

function createClass({ client }: ReturnType<typeof serverUnderTest>, name: string, isDefault: boolean): void {
	client.create('storageclasses.storage.k8s.io', {
		apiVersion: 'storage.k8s.io/v1',
		kind: 'StorageClass',
		metadata: {
			name,
			...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
		},
		provisioner: 'example.com/disk',
		allowVolumeExpansion: name === 'growing',
	} as never);
}

/** A server with the claim `data`, bound, of a class. */
async function withBoundClaim(storageClassName: string) {
	const server = serverUnderTest();
	createClass(server, 'fixed', false);
	createClass(server, 'growing', false);
	await server.send('POST', claims, { body: claimDraft({ storageClassName }) });
	const claim = server.client.get<PersistentVolumeClaim>('persistentvolumeclaims', 'default', 'data')!;
	const bound = server.client.update('persistentvolumeclaims', {
		...claim,
		spec: { ...claim.spec, volumeName: 'pv' },
	});
	server.client.updateStatus('persistentvolumeclaims', {
		...bound,
		status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
	});
	const patch = (spec: object) =>
		server.send<StatusAnswer & PersistentVolumeClaim>('PATCH', `${claims}/data`, {
			body: { spec },
			headers: { 'content-type': 'application/merge-patch+json' },
		});
	return { server, patch };
}

test('a claim that cannot be is told why, all at once', async () => {
	for (const [spec, message] of [
		[{ accessModes: [] }, 'spec.accessModes: Required value: at least 1 access mode is required'],
		[
			{ accessModes: ['Sometimes'] },
			'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
		],
		[
			{ accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] },
			'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
		],
		[{ resources: {} }, 'spec.resources[storage]: Required value'],
		[
			{ resources: { requests: { storage: '0' } } },
			'spec.resources[storage]: Invalid value: "0": must be greater than zero',
		],
		[
			{ volumeMode: 'Tape' },
			'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
		],
		[
			{ dataSource: { kind: 'Other', name: 'x' } },
			'[spec.dataSource: Invalid value: "Other": must be \'PersistentVolumeClaim\' when referencing the default apiGroup, spec.dataSourceRef: Invalid value: "Other": must be \'PersistentVolumeClaim\' when referencing the default apiGroup]',
		],
		[
			{ accessModes: [], resources: {}, volumeMode: 'Tape' },
			'[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value, spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"]',
		],
	] as const)
		assert.equal(await refusal(spec), message);
});

test('a claim that names no class gets the default one, and is protected', async () => {
	const server = serverUnderTest();
	createClass(server, 'other', false);
	createClass(server, 'standard', true);
	const create = async (spec: object, name: string) =>
		(await server.send<PersistentVolumeClaim>('POST', claims, { body: claimDraft(spec, name) })).body;
	const claim = await create({}, 'data');
	assert.equal(claim.spec.storageClassName, 'standard');
	assert.equal(claim.spec.volumeMode, 'Filesystem');
	assert.deepEqual(claim.metadata.finalizers, ['kubernetes.io/pvc-protection']);
	assert.deepEqual(claim.status, { phase: 'Pending' });
	assert.equal((await create({ storageClassName: '' }, 'none')).spec.storageClassName, '');
});

test('the table shows what a claim has only when it is bound', async () => {
	const { server } = await withBoundClaim('fixed');
	await server.send('POST', claims, { body: claimDraft({}, 'waiting') });
	const { body } = await server.send<{
		columnDefinitions: { name: string; priority: number }[];
		rows: { cells: unknown[] }[];
	}>('GET', claims, table);
	assert.deepEqual(
		body.columnDefinitions.map(({ name }) => name),
		[
			'Name',
			'Status',
			'Volume',
			'Capacity',
			'Access Modes',
			'StorageClass',
			'VolumeAttributesClass',
			'Age',
			'VolumeMode',
		],
	);
	assert.deepEqual(
		body.rows.map(({ cells }) => cells),
		[
			['data', 'Bound', 'pv', '1Gi', 'RWO', 'fixed', '<unset>', '0s', 'Filesystem'],
			['waiting', 'Pending', '', '', '', '', '<unset>', '0s', 'Filesystem'],
		],
	);
	await server.send('DELETE', `${claims}/data`);
	const after = await server.send<typeof body>('GET', `${claims}/data`, table);
	assert.equal(after.body.rows[0].cells[1], 'Terminating');
});

test('a claim stays as it is', async () => {
	const { patch } = await withBoundClaim('fixed');
	const { body } = await patch({ accessModes: ['ReadWriteMany'] });
	assert.equal(
		body.message,
		'PersistentVolumeClaim "data" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -1,6 +1,6 @@\n {\n  "AccessModes": [\n-  "ReadWriteOnce"\n+  "ReadWriteMany"\n  ],\n  "Selector": null,\n  "Resources": {\n',
	);
});

test('a bound claim grows where its class lets it, and never shrinks', async () => {
	const size = (storage: string) => ({ resources: { requests: { storage } } });
	const fixed = await withBoundClaim('fixed');
	const refused = await fixed.patch(size('2Gi'));
	assert.equal(refused.status, 403);
	assert.equal(
		refused.body.message,
		'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
	);
	const growing = await withBoundClaim('growing');
	assert.equal((await growing.patch(size('2Gi'))).body.spec.resources!.requests!.storage, '2Gi');
	const shrunk = await growing.patch(size('1Gi'));
	assert.equal(
		shrunk.body.message,
		'PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
	);
	const pending = serverUnderTest();
	createClass(pending, 'growing', false);
	await pending.send('POST', claims, { body: claimDraft({ storageClassName: 'growing' }) });
	const early = await pending.send<StatusAnswer>('PATCH', `${claims}/data`, {
		body: { spec: size('2Gi') },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.match(
		early.body.message,
		/^PersistentVolumeClaim "data" is invalid: spec: Forbidden: spec is immutable/,
	);
});
