import type { ControllerRevision } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const controllerRevisions = defineResource<ControllerRevision>({
	group: 'apps',
	version: 'v1',
	kind: 'ControllerRevision',
	plural: 'controllerrevisions',
	singular: 'controllerrevision',
	namespaced: true,
	nameRule: dnsSubdomain,
	validate(revision) {
		const errors: FieldError[] = [];
		if (revision.data === undefined || revision.data === null)
			errors.push(required('data', 'data is mandatory'));
		if ((revision.revision ?? 0) < 0)
			errors.push(invalidValue('revision', revision.revision, 'must be greater than or equal to 0'));
		return errors;
	},
	validateUpdate: (revision, old) =>
		deepEqual(revision.data, old.data) ? [] : [invalidValue('data', revision.data, immutable)],
	columns: [
		nameColumn,
		{
			name: 'Controller',
			type: 'string',
			cell(revision) {
				const owner = revision.metadata.ownerReferences?.find((each) => each.controller);
				if (!owner) return '<none>';
				const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
				return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
			},
		},
		{ name: 'Revision', type: 'string', cell: (revision) => String(revision.revision) },
		ageColumn,
	],
});
