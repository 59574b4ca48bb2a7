import type { IPAddress } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateIp } from '../validation/addresses.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { pathSegment } from '../validation/path-segment.ts';
import { ageColumn, nameColumn } from './columns.ts';

function validate({ spec }: IPAddress): FieldError[] {
	const { parentRef } = spec ?? {};
	const field = 'spec.parentRef';
	if (!parentRef) return [required(field)];
	const { group, resource, name, namespace } = parentRef;
	const errors: FieldError[] = [];
	if (group)
		for (const fault of dnsSubdomain(group)) errors.push(invalidValue(`${field}.group`, group, fault));
	for (const [part, value] of [
		['resource', resource],
		['name', name],
	] as const)
		if (!value) errors.push(required(`${field}.${part}`));
		else for (const fault of pathSegment(value)) errors.push(invalidValue(`${field}.${part}`, value, fault));
	if (namespace)
		for (const fault of pathSegment(namespace))
			errors.push(invalidValue(`${field}.namespace`, namespace, fault));
	return errors;
}

function parent({ spec }: IPAddress): string {
	if (!spec?.parentRef) return '<none>';
	const { group, resource, namespace, name } = spec.parentRef;
	const kind = (group ? `${resource}.${group}` : resource).toLowerCase();
	return [kind, namespace, name].filter(Boolean).join('/');
}

/** An address that has been given out; its name is the address. */
export const ipAddresses = defineResource<IPAddress>({
	group: 'networking.k8s.io',
	version: 'v1',
	kind: 'IPAddress',
	plural: 'ipaddresses',
	singular: 'ipaddress',
	shortNames: ['ip'],
	namespaced: false,
	hasGeneration: true,
	nameRule: (name) => validateIp(name, '').map(({ detail }) => detail),
	validate,
	validateUpdate: ({ spec }, old) =>
		deepEqual(spec?.parentRef, old.spec?.parentRef)
			? []
			: [invalidValue('spec.parentRef', spec?.parentRef, immutable)],
	columns: [nameColumn, { name: 'ParentRef', type: 'string', cell: parent }, ageColumn],
	selectableFields: {},
});
