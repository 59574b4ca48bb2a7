import type { Lease } from '../../schema/types.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const leases = defineResource<Lease>({
	group: 'coordination.k8s.io',
	version: 'v1',
	kind: 'Lease',
	plural: 'leases',
	singular: 'lease',
	namespaced: true,
	createOnUpdate: true,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	validate(lease) {
		const errors: FieldError[] = [];
		const { leaseDurationSeconds, leaseTransitions } = lease.spec ?? {};
		if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
			errors.push(invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
		if (leaseTransitions !== undefined && leaseTransitions < 0)
			errors.push(
				invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'),
			);
		return errors;
	},
	columns: [
		nameColumn,
		{ name: 'Holder', type: 'string', cell: (lease) => lease.spec?.holderIdentity ?? '' },
		ageColumn,
	],
});
