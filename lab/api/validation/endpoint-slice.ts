// What an EndpointSlice may be (k8s.io/kubernetes/pkg/apis/discovery/validation).
import type { Endpoint, EndpointSlice } from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	invalidValue,
	notSupported,
	required,
	tooMany,
} from '../field-errors.ts';
import { isIpv4, isIpv6, validateEndpointIp } from './addresses.ts';
import { validateChoice } from './metadata.ts';
import { dnsLabel, dnsSubdomain, labelValue, type NameRule, portNumber, qualifiedName } from './names.ts';

const mostEndpoints = 1000;
const mostAddresses = 100;
const mostPorts = 20_000;
const mostHints = 8;

export function validateEndpointSlice(slice: EndpointSlice): FieldError[] {
	const { endpoints = [], addressType } = slice;
	const errors: FieldError[] = validateChoice(addressType, ['FQDN', 'IPv4', 'IPv6'], 'addressType');
	if (endpoints.length > mostEndpoints) errors.push(tooMany('endpoints', endpoints.length, mostEndpoints));
	else
		endpoints.forEach((endpoint, index) => {
			errors.push(...validateEndpoint(endpoint, addressType, `endpoints[${index}]`));
		});
	return [...errors, ...validatePorts(slice)];
}

const named = (name: string | undefined, rule: NameRule, field: string): FieldError[] =>
	name ? rule(name).map((fault) => invalidValue(field, name, fault)) : [];

function validateEndpoint(endpoint: Endpoint, type: string, field: string): FieldError[] {
	const { addresses, nodeName, hostname, hints = {} } = endpoint;
	const errors: FieldError[] = [];
	if (addresses.length === 0) errors.push(required(`${field}.addresses`, 'must contain at least 1 address'));
	else if (addresses.length > mostAddresses)
		errors.push(tooMany(`${field}.addresses`, addresses.length, mostAddresses));
	addresses.forEach((address, index) => {
		errors.push(...validateAddress(address, type, `${field}.addresses[${index}]`));
	});
	errors.push(
		...named(nodeName, dnsSubdomain, `${field}.nodeName`),
		...named(hostname, dnsLabel, `${field}.hostname`),
		...validateHints(hints.forZones, labelValue, `${field}.hints.forZones`),
		...validateHints(hints.forNodes, dnsSubdomain, `${field}.hints.forNodes`),
	);
	return errors;
}

function validateAddress(address: string, type: string, field: string): FieldError[] {
	if (type === 'FQDN') return named(address, dnsSubdomain, field);
	if (type === 'IPv4' && isIpv6(address)) return [invalidValue(field, address, 'must be an IPv4 address')];
	if (type === 'IPv6' && isIpv4(address)) return [invalidValue(field, address, 'must be an IPv6 address')];
	return validateEndpointIp(address, field);
}

function validateHints(hints: readonly { name: string }[] = [], rule: NameRule, field: string): FieldError[] {
	if (hints.length > mostHints) return [tooMany(field, hints.length, mostHints)];
	const names = new Set<string>();
	return hints.flatMap(({ name }, index) => {
		const errors = names.has(name) ? [duplicate(`${field}[${index}].name`, name)] : [];
		names.add(name);
		return [...errors, ...rule(name).map((fault) => invalidValue(`${field}[${index}].name`, name, fault))];
	});
}

const protocols = ['SCTP', 'TCP', 'UDP'];

function validatePorts({ ports = [] }: EndpointSlice): FieldError[] {
	if (ports.length > mostPorts) return [tooMany('ports', ports.length, mostPorts)];
	const names = new Set<string>();
	return ports.flatMap(({ name = '', port, protocol = '', appProtocol }, index) => {
		const at = `ports[${index}]`;
		const errors = named(name, dnsLabel, `${at}.name`);
		if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
		names.add(name);
		if (port !== undefined)
			errors.push(...portNumber(port).map((fault) => invalidValue(`${at}.port`, port, fault)));
		if (!protocol) errors.push(required(`${at}.protocol`));
		else if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols));
		return [...errors, ...named(appProtocol, qualifiedName, `${at}.appProtocol`)];
	});
}
