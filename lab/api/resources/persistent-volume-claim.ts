import type { PersistentVolumeClaim } from '../../schema/types.ts';
import { classOf } from '../admission/default-storage-class.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateClaim, validateClaimUpdate } from '../validation/persistent-volume-claim.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { shownAccessModes, unset } from './storage-columns.ts';

/** What the claim has of its volume, '' before it has one. */
const ofVolume = (claim: PersistentVolumeClaim, shown: string | undefined) =>
	claim.spec.volumeName ? (shown ?? '') : '';

/** One source may be named in either field; the server keeps both alike. */
function completeSources({ spec }: PersistentVolumeClaim): void {
	const { dataSource, dataSourceRef } = spec;
	if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
	if (dataSourceRef && !dataSource && !dataSourceRef.namespace) spec.dataSource = { ...dataSourceRef };
}

export const persistentVolumeClaims = defineResource<PersistentVolumeClaim>({
	group: '',
	version: 'v1',
	kind: 'PersistentVolumeClaim',
	plural: 'persistentvolumeclaims',
	singular: 'persistentvolumeclaim',
	shortNames: ['pvc'],
	namespaced: true,
	hasStatus: true,
	returnsDeleted: true,
	nameRule: dnsSubdomain,
	setDefaults(claim) {
		claim.spec.volumeMode ??= 'Filesystem';
		claim.status ??= {};
		claim.status.phase ||= 'Pending';
	},
	prepareForCreate(claim) {
		claim.status = { phase: 'Pending' };
		completeSources(claim);
	},
	validate: validateClaim,
	validateUpdate: validateClaimUpdate,
	columns: [
		nameColumn,
		{
			name: 'Status',
			type: 'string',
			cell: (claim) => (claim.metadata.deletionTimestamp ? 'Terminating' : (claim.status?.phase ?? '')),
		},
		{ name: 'Volume', type: 'string', cell: (claim) => claim.spec.volumeName ?? '' },
		{ name: 'Capacity', type: 'string', cell: (claim) => ofVolume(claim, claim.status?.capacity?.storage) },
		{
			name: 'Access Modes',
			type: 'string',
			cell: (claim) => ofVolume(claim, shownAccessModes(claim.status?.accessModes)),
		},
		{ name: 'StorageClass', type: 'string', cell: (claim) => classOf(claim) ?? '' },
		{
			name: 'VolumeAttributesClass',
			type: 'string',
			cell: (claim) => claim.spec.volumeAttributesClassName ?? unset,
		},
		ageColumn,
		{ name: 'VolumeMode', type: 'string', priority: 1, cell: (claim) => claim.spec.volumeMode ?? unset },
	],
});
