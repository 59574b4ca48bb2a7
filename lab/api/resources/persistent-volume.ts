import type { PersistentVolume } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateVolume, validateVolumeUpdate } from '../validation/persistent-volume.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { shownAccessModes, unset } from './storage-columns.ts';

export const persistentVolumes = defineResource<PersistentVolume>({
	group: '',
	version: 'v1',
	kind: 'PersistentVolume',
	plural: 'persistentvolumes',
	singular: 'persistentvolume',
	shortNames: ['pv'],
	namespaced: false,
	hasStatus: true,
	returnsDeleted: true,
	nameRule: dnsSubdomain,
	setDefaults({ spec }) {
		spec.persistentVolumeReclaimPolicy ||= 'Retain';
		spec.volumeMode ??= 'Filesystem';
		if (spec.hostPath) spec.hostPath.type ??= '';
	},
	prepareForCreate(volume, { now }) {
		volume.status = { phase: 'Pending', lastPhaseTransitionTime: now };
	},
	validate: validateVolume,
	validateUpdate: validateVolumeUpdate,
	columns: [
		nameColumn,
		{ name: 'Capacity', type: 'string', cell: ({ spec }) => spec.capacity?.storage ?? '0' },
		{ name: 'Access Modes', type: 'string', cell: ({ spec }) => shownAccessModes(spec.accessModes) },
		{
			name: 'Reclaim Policy',
			type: 'string',
			cell: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
		},
		{
			name: 'Status',
			type: 'string',
			cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? '')),
		},
		{
			name: 'Claim',
			type: 'string',
			cell: ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace}/${claimRef.name}` : ''),
		},
		{ name: 'StorageClass', type: 'string', cell: ({ spec }) => spec.storageClassName ?? '' },
		{
			name: 'VolumeAttributesClass',
			type: 'string',
			cell: ({ spec }) => spec.volumeAttributesClassName ?? unset,
		},
		{ name: 'Reason', type: 'string', cell: ({ status }) => status?.reason ?? '' },
		ageColumn,
		{ name: 'VolumeMode', type: 'string', priority: 1, cell: ({ spec }) => spec.volumeMode ?? unset },
	],
});
