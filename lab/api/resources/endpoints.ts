import type { Endpoints } from '../../schema/types.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateEndpointIp } from '../validation/addresses.ts';
import { validateChoice } from '../validation/metadata.ts';
import { dnsLabel, dnsSubdomain, portNumber } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** At most three are shown, and how many more there are. */
function shown(endpoints: Endpoints): string {
	const all = (endpoints.subsets ?? []).flatMap((subset) =>
		(subset.ports?.length ? subset.ports : [undefined]).flatMap((port) =>
			(subset.addresses ?? []).map((each) => (port ? `${each.ip}:${port.port}` : each.ip)),
		),
	);
	if (all.length === 0) return '<none>';
	const more = all.length > 3 ? ` + ${all.length - 3} more...` : '';
	return all.slice(0, 3).join(',') + more;
}

export const endpoints = defineResource<Endpoints>({
	group: '',
	version: 'v1',
	kind: 'Endpoints',
	plural: 'endpoints',
	singular: 'endpoints',
	shortNames: ['ep'],
	namespaced: true,
	createOnUpdate: true,
	deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
	nameRule: dnsSubdomain,
	setDefaults(object) {
		for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
	},
	validate(object) {
		const errors: FieldError[] = [];
		(object.subsets ?? []).forEach((subset, index) => {
			const field = `subsets[${index}]`;
			if (!subset.addresses?.length && !subset.notReadyAddresses?.length)
				errors.push(required(field, 'must specify `addresses` or `notReadyAddresses`'));
			for (const list of ['addresses', 'notReadyAddresses'] as const)
				(subset[list] ?? []).forEach((each, position) => {
					const at = `${field}.${list}[${position}]`;
					if (each.hostname)
						for (const fault of dnsLabel(each.hostname))
							errors.push(invalidValue(`${at}.hostname`, each.hostname, fault));
					errors.push(...validateEndpointIp(each.ip, `${at}.ip`));
				});
			(subset.ports ?? []).forEach((port, position) => {
				const at = `${field}.ports[${position}]`;
				if ((subset.ports?.length ?? 0) > 1 && !port.name) errors.push(required(`${at}.name`));
				else if (port.name)
					errors.push(...dnsLabel(port.name).map((fault) => invalidValue(`${at}.name`, port.name, fault)));
				for (const fault of portNumber(port.port)) errors.push(invalidValue(`${at}.port`, port.port, fault));
				errors.push(...validateChoice(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`));
			});
		});
		return errors;
	},
	columns: [nameColumn, { name: 'Endpoints', type: 'string', cell: shown }, ageColumn],
});
