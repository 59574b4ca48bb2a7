import { parseQuantity } from '../../schema/quantity.ts';
import type { ResourceQuota } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable, notNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateResourceName } from '../validation/resource-name.ts';
import { validateQuotaScopes } from '../validation/resource-quota.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** `pods: 1/4, requests.cpu: 500m/2`, of the requests or of the limits. */
const used = ({ status }: ResourceQuota, limits: boolean) =>
	Object.keys(status?.hard ?? {})
		.filter((name) => name.startsWith('limits.') === limits)
		.sort()
		.map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name]}`)
		.join(', ');

export const resourceQuotas = defineResource<ResourceQuota>({
	group: '',
	version: 'v1',
	kind: 'ResourceQuota',
	plural: 'resourcequotas',
	singular: 'resourcequota',
	shortNames: ['quota'],
	namespaced: true,
	hasStatus: true,
	returnsDeleted: true,
	nameRule: dnsSubdomain,
	prepareForCreate(quota) {
		quota.status = {};
	},
	validate({ spec = {} }) {
		const errors: FieldError[] = [];
		for (const name of Object.keys(spec.hard ?? {}).sort()) {
			const field = `spec.hard[${name}]`;
			const quantity = spec.hard?.[name] ?? '0';
			const faults = validateResourceName(name, field);
			errors.push(...faults);
			if (faults.length > 0 && !name.includes('/'))
				errors.push(invalidValue(field, name, 'must be a standard resource for quota'));
			if (parseQuantity(quantity).nanos < 0n) errors.push(invalidValue(field, quantity, notNegative));
		}
		return [...errors, ...validateQuotaScopes(spec)];
	},
	validateUpdate({ spec }, old) {
		const scopes = [...(spec?.scopes ?? [])].sort();
		if (deepEqual(scopes, [...(old.spec?.scopes ?? [])].sort())) return [];
		return [invalidValue('spec.scopes', scopes, immutable)];
	},
	columns: [
		nameColumn,
		{ name: 'Request', type: 'string', cell: (quota) => used(quota, false) },
		{ name: 'Limit', type: 'string', cell: (quota) => used(quota, true) },
		ageColumn,
	],
});
