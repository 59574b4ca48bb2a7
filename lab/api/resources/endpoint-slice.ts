import type { EndpointSlice } from '../../schema/types.ts';
import { invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateEndpointSlice } from '../validation/endpoint-slice.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** At most three, and how many more there are; `<unset>` where the list is empty. */
function firstThree(values: readonly string[]): string {
	if (values.length === 0) return '<unset>';
	const more = values.length > 3 ? ` + ${values.length - 3} more...` : '';
	return values.slice(0, 3).join(',') + more;
}

export const endpointSlices = defineResource<EndpointSlice>({
	group: 'discovery.k8s.io',
	version: 'v1',
	kind: 'EndpointSlice',
	plural: 'endpointslices',
	singular: 'endpointslice',
	namespaced: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults(slice) {
		for (const port of slice.ports ?? []) {
			port.name ??= '';
			port.protocol ||= 'TCP';
		}
	},
	prepareForUpdate(slice, old) {
		const content = ({ endpoints, ports }: EndpointSlice) => JSON.stringify([endpoints, ports]);
		if (content(slice) !== content(old)) slice.metadata.generation = (old.metadata.generation ?? 0) + 1;
	},
	validate: validateEndpointSlice,
	validateUpdate: (slice, old) =>
		slice.addressType === old.addressType ? [] : [invalidValue('addressType', slice.addressType, immutable)],
	columns: [
		nameColumn,
		{ name: 'AddressType', type: 'string', cell: (slice) => slice.addressType },
		{
			name: 'Ports',
			type: 'string',
			cell: (slice) => firstThree((slice.ports ?? []).map((port) => (port.port ? String(port.port) : '*'))),
		},
		{
			name: 'Endpoints',
			type: 'string',
			cell: (slice) => firstThree((slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses)),
		},
		ageColumn,
	],
});
