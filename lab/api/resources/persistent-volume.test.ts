import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const volumes = '/api/v1/persistentvolumes';

const volumeDraft = (spec: object = {}) => ({
	apiVersion: 'v1',
	kind: 'PersistentVolume',
	metadata: { name: 'disk' },
	spec: {
		capacity: { storage: '1Gi' },
		accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
		hostPath: { path: '/data' },
		...spec,
	},
});

async function refusal(spec: object): Promise<string> {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', volumes, { body: volumeDraft(spec) });
	return body.message.replace('PersistentVolume "disk" is invalid: ', '');
}

test('what is left out is filled in, and the volume is protected', async () => {
	const { body } = await serverUnderTest().send<PersistentVolume>('POST', volumes, { body: volumeDraft() });
	assert.equal(body.spec.persistentVolumeReclaimPolicy, 'Retain');
	assert.equal(body.spec.volumeMode, 'Filesystem');
	assert.deepEqual(body.spec.hostPath, { path: '/data', type: '' });
	assert.deepEqual(body.metadata.finalizers, ['kubernetes.io/pv-protection']);
	assert.equal(body.status!.phase, 'Pending');
});

test('a volume that cannot be is told why', async () => {
	for (const [spec, message] of [
		[
			{ accessModes: undefined, capacity: undefined },
			'[spec.accessModes: Required value, spec.capacity: Required value, spec.capacity: Unsupported value: null: supported values: "storage"]',
		],
		[{ hostPath: undefined }, 'spec: Required value: must specify a volume type'],
		[
			{ local: { path: '' }, nfs: { server: '', path: '' } },
			'[spec.nfs: Forbidden: may not specify more than 1 volume type, spec.local: Forbidden: may not specify more than 1 volume type]',
		],
		[
			{ hostPath: undefined, local: { path: '/mnt' } },
			'spec.nodeAffinity: Required value: Local volume requires node affinity',
		],
		[
			{ capacity: { storage: '-1Gi' } },
			'[spec.capacity[storage]: Invalid value: -1073741824: must be a valid resource quantity, spec.capacity[storage]: Invalid value: "-1Gi": must be greater than zero]',
		],
		[
			{ hostPath: { path: '/a/../b' } },
			`spec.hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
		],
		[
			{ hostPath: undefined, nfs: { server: '', path: 'exports' } },
			'[spec.nfs.server: Required value, spec.nfs.path: Invalid value: "exports": must be an absolute path]',
		],
		[
			{ hostPath: undefined, csi: { driver: 'a.example.com', volumeHandle: '' } },
			'spec.csi.volumeHandle: Required value',
		],
		[
			{ persistentVolumeReclaimPolicy: 'Burn' },
			'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
		],
		[
			{ nodeAffinity: { required: { nodeSelectorTerms: [] } } },
			'spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term',
		],
	] as const)
		assert.equal(await refusal(spec), message);
});

test('what a volume is made of stays, its policy may change', async () => {
	const server = serverUnderTest();
	await server.send('POST', volumes, { body: volumeDraft() });
	const patch = (spec: object) =>
		server.send<StatusAnswer & PersistentVolume>('PATCH', `${volumes}/disk`, {
			body: { spec },
			headers: { 'content-type': 'application/merge-patch+json' },
		});
	assert.match(
		(await patch({ hostPath: { path: '/other' } })).body.message,
		/^PersistentVolume "disk" is invalid: spec\.persistentvolumesource: Forbidden: spec\.persistentvolumesource is immutable after creation\n/,
	);
	assert.equal(
		(await patch({ persistentVolumeReclaimPolicy: 'Delete' })).body.spec.persistentVolumeReclaimPolicy,
		'Delete',
	);
});

test('the table shows the claim and the modes in short', async () => {
	const server = serverUnderTest();
	await server.send('POST', volumes, {
		body: volumeDraft({ claimRef: { namespace: 'default', name: 'data' }, storageClassName: 'slow' }),
	});
	const { body } = await server.send<{ rows: { cells: unknown[] }[] }>('GET', volumes, {
		headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
	});
	assert.deepEqual(body.rows[0].cells, [
		'disk',
		'1Gi',
		'RWO,ROX',
		'Retain',
		'Pending',
		'default/data',
		'slow',
		'<unset>',
		'',
		'0s',
		'Filesystem',
	]);
});
