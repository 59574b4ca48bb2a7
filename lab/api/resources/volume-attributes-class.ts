import type { VolumeAttributesClass } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateParameters, validateProvisioner } from '../validation/storage.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const volumeAttributesClasses = defineResource<VolumeAttributesClass>({
	group: 'storage.k8s.io',
	version: 'v1',
	kind: 'VolumeAttributesClass',
	plural: 'volumeattributesclasses',
	singular: 'volumeattributesclass',
	shortNames: ['vac'],
	namespaced: false,
	nameRule: dnsSubdomain,
	validate({ driverName, parameters }) {
		const errors: FieldError[] = [
			...validateProvisioner(driverName, 'driverName'),
			...validateParameters(parameters, 'parameters'),
		];
		if (Object.keys(parameters ?? {}).length === 0)
			errors.push(required('parameters', 'must contain at least one key/value pair'));
		return errors;
	},
	validateUpdate: (after, before) =>
		(['driverName', 'parameters'] as const)
			.filter((field) => !deepEqual(after[field], before[field]))
			.map((field) => forbiddenField(field, `updates to ${field} are forbidden.`)),
	columns: [nameColumn, { name: 'DriverName', type: 'string', cell: (each) => each.driverName }, ageColumn],
});
