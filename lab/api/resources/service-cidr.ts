import type { ServiceCIDR } from '../../schema/types.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { isCanonical, notRange, parseRange } from '../validation/cidr.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

function validate({ spec }: ServiceCIDR): FieldError[] {
	const field = 'spec.cidrs';
	const cidrs = spec?.cidrs ?? [];
	if (cidrs.length === 0) return [required(field, 'at least one CIDR required')];
	if (cidrs.length > 2) return [invalidValue(field, { CIDRs: cidrs }, 'may only hold up to 2 values')];
	const ranges = cidrs.map(parseRange);
	const errors = cidrs.flatMap((text, index) => {
		const range = ranges[index];
		if (!range) return [invalidValue(`${field}[${index}]`, text, notRange)];
		return isCanonical(range)
			? []
			: [invalidValue(`${field}[${index}]`, text, 'must not have bits set beyond the prefix length')];
	});
	if (ranges.length === 2 && ranges[0] && ranges[0].family === ranges[1]?.family)
		errors.push(
			invalidValue(
				field,
				cidrs,
				'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
			),
		);
	return errors;
}

/** A range that cluster addresses of Services come from. */
export const serviceCidrs = defineResource<ServiceCIDR>({
	group: 'networking.k8s.io',
	version: 'v1',
	kind: 'ServiceCIDR',
	plural: 'servicecidrs',
	singular: 'servicecidr',
	namespaced: false,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	prepareForCreate(range) {
		range.status = {};
	},
	validate,
	validatesUpdate: 'change',
	validateUpdate({ spec }, old) {
		const [had, has] = [old.spec?.cidrs ?? [], spec?.cidrs ?? []];
		const grows = had.length === 1 && has.length === 2;
		if (had.length !== has.length && !grows) return [invalidValue('spec.cidrs', has, immutable)];
		const errors = had.flatMap((text, index) =>
			text === has[index] ? [] : [invalidValue(`spec.cidrs[${index}]`, has[index], immutable)],
		);
		return grows ? [...errors, ...validate({ spec } as ServiceCIDR)] : errors;
	},
	columns: [
		nameColumn,
		{ name: 'CIDRs', type: 'string', cell: ({ spec }) => (spec?.cidrs ?? []).join(',') },
		ageColumn,
	],
});
