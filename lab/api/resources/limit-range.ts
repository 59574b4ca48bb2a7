import type { LimitRange } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { setLimitRangeDefaults, validateLimitRange } from '../validation/limit-range.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { createdAtColumn, nameColumn } from './columns.ts';

export const limitRanges = defineResource<LimitRange>({
	group: '',
	version: 'v1',
	kind: 'LimitRange',
	plural: 'limitranges',
	singular: 'limitrange',
	shortNames: ['limits'],
	namespaced: true,
	nameRule: dnsSubdomain,
	setDefaults: setLimitRangeDefaults,
	validate: validateLimitRange,
	columns: [nameColumn, createdAtColumn],
});
