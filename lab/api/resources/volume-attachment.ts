import type { VolumeAttachment } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

function validate({ spec }: VolumeAttachment): FieldError[] {
	const errors: FieldError[] = [];
	const { inlineVolumeSpec, persistentVolumeName } = spec.source ?? {};
	const either = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
	if (!spec.attacher) errors.push(required('spec.attacher'));
	if (!inlineVolumeSpec && persistentVolumeName === undefined) errors.push(required('spec.source', either));
	else if (inlineVolumeSpec && persistentVolumeName !== undefined)
		errors.push(forbiddenField('spec.source', either));
	else if (persistentVolumeName === '')
		errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
	const names = [
		['spec.nodeName', spec.nodeName],
		['spec.attacher', spec.attacher],
		['spec.source.persistentVolumeName', persistentVolumeName ?? 'inline'],
	] as const;
	return [
		...errors,
		...names.flatMap(([field, name]) =>
			dnsSubdomain(name ?? '').map((fault) => invalidValue(field, name, fault)),
		),
	];
}

export const volumeAttachments = defineResource<VolumeAttachment>({
	group: 'storage.k8s.io',
	version: 'v1',
	kind: 'VolumeAttachment',
	plural: 'volumeattachments',
	singular: 'volumeattachment',
	namespaced: false,
	hasStatus: true,
	returnsDeleted: true,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	prepareForCreate(attachment) {
		attachment.status = { attached: false };
	},
	validate,
	validateUpdate: ({ spec }, { spec: old }) =>
		deepEqual(spec, old) ? [] : [invalidValue('spec', spec, immutable)],
	columns: [
		nameColumn,
		{ name: 'Attacher', type: 'string', format: 'name', cell: ({ spec }) => spec.attacher },
		{ name: 'PV', type: 'string', cell: ({ spec }) => spec.source.persistentVolumeName ?? '' },
		{ name: 'Node', type: 'string', cell: ({ spec }) => spec.nodeName },
		{ name: 'Attached', type: 'boolean', cell: ({ status }) => status?.attached ?? false },
		ageColumn,
	],
});
