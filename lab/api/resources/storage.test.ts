import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const group = '/apis/storage.k8s.io/v1';
const merge = { 'content-type': 'application/merge-patch+json' };
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

type Server = ReturnType<typeof serverUnderTest>;

const draft = (kind: string, name: string, fields: object) => ({
	apiVersion: 'storage.k8s.io/v1',
	kind,
	metadata: { name },
	...fields,
});

const create = async (server: Server, plural: string, body: object) =>
	(await server.send<StatusAnswer & KubernetesObject>('POST', `${group}/${plural}`, { body })).body;

const message = async (plural: string, body: object) =>
	(await create(serverUnderTest(), plural, body)).message;

const row = async (server: Server, plural: string) =>
	(await server.send<{ rows: { cells: unknown[] }[] }>('GET', `${group}/${plural}`, { headers: table })).body
		.rows[0].cells;

const changed = async (server: Server, path: string, body: object) =>
	(await server.send<StatusAnswer>('PATCH', `${group}/${path}`, { body, headers: merge })).body.message;

test('a storage class: its defaults, its row, and what of it may not change', async () => {
	const server = serverUnderTest();
	const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
	const body = draft('StorageClass', 'fast', { provisioner: 'Example.com/disk' });
	await create(server, 'storageclasses', { ...body, metadata: { name: 'fast', annotations } });
	assert.deepEqual(await row(server, 'storageclasses'), [
		'fast (default)',
		'Example.com/disk',
		'Delete',
		'Immediate',
		false,
		'0s',
	]);
	assert.equal(
		await changed(server, 'storageclasses/fast', {
			provisioner: 'other',
			parameters: { a: 'b' },
			volumeBindingMode: 'WaitForFirstConsumer',
		}),
		'StorageClass.storage.k8s.io "fast" is invalid: [parameters: Forbidden: updates to parameters are forbidden., provisioner: Forbidden: updates to provisioner are forbidden., volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable]',
	);
	assert.equal(await changed(server, 'storageclasses/fast', { allowVolumeExpansion: true }), undefined);
});

test('a storage class that cannot be', async () => {
	assert.equal(
		await message(
			'storageclasses',
			draft('StorageClass', 'bad', {
				provisioner: '',
				reclaimPolicy: 'Recycle',
				volumeBindingMode: 'Never',
				allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: [] }] }],
			}),
		),
		'StorageClass.storage.k8s.io "bad" is invalid: [provisioner: Required value, reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain", volumeBindingMode: Unsupported value: "Never": supported values: "Immediate", "WaitForFirstConsumer", allowedTopologies[0].matchLabelExpressions[0].values: Required value]',
	);
});

test('a CSI driver and where it runs', async () => {
	const server = serverUnderTest();
	await create(server, 'csidrivers', draft('CSIDriver', 'disk.example.com', { spec: {} }));
	assert.deepEqual(await row(server, 'csidrivers'), [
		'disk.example.com',
		true,
		false,
		false,
		'<unset>',
		false,
		'Persistent',
		'0s',
	]);
	assert.equal(
		await changed(server, 'csidrivers/disk.example.com', { spec: { attachRequired: false } }),
		'CSIDriver.storage.k8s.io "disk.example.com" is invalid: spec.attachedRequired: Invalid value: false: field is immutable',
	);
	const drivers = [{ name: 'disk.example.com', nodeID: 'n', topologyKeys: [] }];
	await create(server, 'csinodes', draft('CSINode', 'node1', { spec: { drivers } }));
	assert.deepEqual(await row(server, 'csinodes'), ['node1', 1, '0s']);
	assert.equal(
		await message('csinodes', draft('CSINode', 'n', { spec: { drivers: [...drivers, ...drivers] } })),
		'CSINode.storage.k8s.io "n" is invalid: spec.drivers[1].name: Duplicate value: "disk.example.com"',
	);
});

test('attachments, capacities and classes of attributes', async () => {
	const server = serverUnderTest();
	const spec = { attacher: 'disk.example.com', nodeName: 'node1', source: { persistentVolumeName: 'pv' } };
	await create(server, 'volumeattachments', draft('VolumeAttachment', 'a', { spec }));
	assert.deepEqual(await row(server, 'volumeattachments'), [
		'a',
		'disk.example.com',
		'pv',
		'node1',
		false,
		'0s',
	]);
	assert.equal(
		await message('volumeattachments', draft('VolumeAttachment', 'b', { spec: { ...spec, source: {} } })),
		'VolumeAttachment.storage.k8s.io "b" is invalid: spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
	);
	const capacities = 'namespaces/default/csistoragecapacities';
	await create(
		server,
		capacities,
		draft('CSIStorageCapacity', 'c', { storageClassName: 'fast', capacity: '5Gi' }),
	);
	assert.deepEqual(await row(server, capacities), ['c', 'fast', '5Gi']);
	const gold = draft('VolumeAttributesClass', 'gold', { driverName: 'disk.example.com' });
	assert.equal(
		await message('volumeattributesclasses', gold),
		'VolumeAttributesClass.storage.k8s.io "gold" is invalid: parameters: Required value: must contain at least one key/value pair',
	);
	await create(server, 'volumeattributesclasses', { ...gold, parameters: { iops: '1' } });
	assert.deepEqual(await row(server, 'volumeattributesclasses'), ['gold', 'disk.example.com', '0s']);
});
