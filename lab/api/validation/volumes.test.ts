import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Volume } from '../../schema/types.ts';
import { fieldErrorBody } from '../field-errors.ts';
import { validateVolumes } from './volumes.ts';

/** The faults of one volume of a pod named `p`. */
const faults = (source: Partial<Volume>, pod?: string): string[] =>
	validateVolumes([{ name: 'v', ...source }], 'v', pod).errors.map(
		(error) => `${error.field.slice(5)}: ${fieldErrorBody(error)}`,
	);

test('each source has its rules', () => {
	for (const [source, expected] of [
		[
			{ emptyDir: { sizeLimit: '-1' } },
			['emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity'],
		],
		[
			{ emptyDir: {}, cephfs: { monitors: [] } },
			['cephFS: Forbidden: may not specify more than 1 volume type'],
		],
		[{ emptyDir: {}, downwardAPI: {} }, ['downwarAPI: Forbidden: may not specify more than 1 volume type']],
		[
			{ nfs: { server: '', path: 'a' } },
			['nfs.server: Required value', 'nfs.path: Invalid value: "a": must be an absolute path'],
		],
		[
			{ iscsi: { targetPortal: 'h', iqn: 'x', lun: 300, chapAuthSession: true } },
			[
				'iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
				'iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive',
				'iscsi.secretRef: Required value',
			],
		],
		[{ iscsi: { targetPortal: 'h', iqn: 'iqn.2001-04.com.example:a', lun: 0 } }, []],
		[{ gcePersistentDisk: { pdName: '' } }, ['persistentDisk.pdName: Required value']],
		[{ csi: { driver: '' } }, 2],
		[
			{ projected: { sources: [{ serviceAccountToken: { path: '', expirationSeconds: 5 } }] } },
			[
				'projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
				'projected.path: Required value',
			],
		],
		[
			{
				projected: {
					sources: [
						{ secret: { name: 's', items: [{ key: 'k', path: 'a' }] } },
						{
							downwardAPI: {
								items: [{ path: 'a', fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } }],
							},
						},
						{ clusterTrustBundle: { path: 'b' }, configMap: { name: 'c' } },
					],
				},
			},
			[
				'projected.sources[1].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
				'projected: Invalid value: "a": conflicting duplicate paths',
				'projected.sources[2].clusterTrustBundle: Required value: either name or signerName must be specified',
				'projected.sources[2]: Forbidden: may not specify more than 1 volume type per source',
			],
		],
		[
			{
				projected: {
					sources: [{ podCertificate: { signerName: 'a.b/c', keyType: 'RSA', maxExpirationSeconds: 60 } }],
				},
			},
			3,
		],
		[
			{ ephemeral: { volumeClaimTemplate: { metadata: { name: 'x' }, spec: {} } } },
			[
				'ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
				'ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
				'ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
			],
		],
		[
			{ downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu', divisor: '3' } }] } },
			[
				'downwardAPI.resourceFieldRef.containerName: Required value',
				'downwardAPI.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
			],
		],
		[{ image: { pullPolicy: 'Always' } }, []],
	] as [Partial<Volume>, string[] | number][]) {
		const found = faults(source);
		if (typeof expected === 'number') assert.equal(found.length, expected, found.join('\n'));
		else assert.deepEqual(found, expected);
	}
});

test('a pod’s name matters to its ephemeral volumes, and its images need a reference', () => {
	assert.deepEqual(faults({ image: { pullPolicy: 'Always' } }, 'p'), ['image.reference: Required value']);
	const template = {
		spec: {
			accessModes: ['ReadWriteOnce'],
			resources: { requests: { storage: '1Gi' } },
			volumeMode: 'Filesystem',
		},
	};
	const { errors, right } = validateVolumes(
		[
			{ name: 'v', ephemeral: { volumeClaimTemplate: template } },
			{ name: 'w', persistentVolumeClaim: { claimName: 'p-v' } },
		],
		'v',
		'p',
	);
	assert.deepEqual(
		errors.map(({ field, detail }) => `${field} ${detail}`),
		[
			'v[1].persistentVolumeClaim.claimName must not reference a PVC that gets created for an ephemeral volume',
		],
	);
	assert.deepEqual([...right.keys()], ['v', 'w']);
});

test('what is wrong cannot be mounted', () => {
	const { right } = validateVolumes([{ name: 'v' }, { name: 'w', emptyDir: {} }], 'v', undefined);
	assert.deepEqual([...right.keys()], ['w']);
});
