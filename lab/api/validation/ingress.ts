// What an Ingress may be (k8s.io/kubernetes/pkg/apis/networking/validation, as its documentation has it).
import type {
	HTTPIngressPath,
	Ingress,
	IngressBackend,
	IngressRule,
	TypedLocalObjectReference,
} from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isIpv4, isIpv6, validateIp } from './addresses.ts';
import { dnsLabel, dnsSubdomain, portName, portNumber, wildcardSubdomain } from './names.ts';
import { pathSegment } from './path-segment.ts';

export const classAnnotation = 'kubernetes.io/ingress.class';
const notAnAddress = 'must be a DNS name, not an IP address';
const isIp = (text: string) => isIpv4(text) || isIpv6(text);

export function validateIngress(ingress: Ingress): FieldError[] {
	const { spec } = ingress;
	const errors: FieldError[] = [];
	if (!spec.rules?.length && !spec.defaultBackend)
		errors.push(
			invalidValue('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'),
		);
	if (spec.defaultBackend) errors.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'));
	(spec.rules ?? []).forEach((rule, index) => {
		errors.push(...validateRule(rule, `spec.rules[${index}]`));
	});
	(spec.tls ?? []).forEach(({ hosts = [], secretName }, index) => {
		hosts.forEach((host, position) => {
			errors.push(...validateHost(host, `spec.tls[${index}].hosts[${position}]`));
		});
		if (secretName)
			for (const fault of dnsSubdomain(secretName))
				errors.push(invalidValue(`spec.tls[${index}].secretName`, secretName, fault));
	});
	const { ingressClassName: name } = spec;
	if (name !== undefined)
		for (const fault of dnsSubdomain(name)) errors.push(invalidValue('spec.ingressClassName', name, fault));
	return [...errors, ...validateClassAnnotation(ingress)];
}

/** The old annotation and the field may not say different things in a new Ingress, one that has no version yet. */
function validateClassAnnotation({ metadata, spec }: Ingress): FieldError[] {
	if (metadata.resourceVersion) return [];
	const annotation = metadata.annotations?.[classAnnotation];
	if (annotation === undefined || spec.ingressClassName === undefined || annotation === spec.ingressClassName)
		return [];
	return [
		invalidValue(
			`annotations.${classAnnotation}`,
			annotation,
			'must match `ingressClassName` when both are specified',
		),
	];
}

function validateHost(host: string, field: string): FieldError[] {
	const rule = host.includes('*') ? wildcardSubdomain : dnsSubdomain;
	return rule(host).map((fault) => invalidValue(field, host, fault));
}

function validateRule({ host, http }: IngressRule, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (host) {
		if (isIp(host)) errors.push(invalidValue(`${field}.host`, host, notAnAddress));
		errors.push(...validateHost(host, `${field}.host`));
	}
	if (!http) return errors;
	if (http.paths.length === 0) errors.push(required(`${field}.http.paths`));
	http.paths.forEach((path, index) => {
		errors.push(...validatePath(path, `${field}.http.paths[${index}]`));
	});
	return errors;
}

function validatePath({ path = '', pathType, backend }: HTTPIngressPath, field: string): FieldError[] {
	if (!pathType) return [required(`${field}.pathType`, 'pathType must be specified')];
	const errors: FieldError[] = [];
	const fault = (detail: string) => errors.push(invalidValue(`${field}.path`, path, detail));
	const exact = pathType === 'Exact' || pathType === 'Prefix';
	if (!exact && pathType !== 'ImplementationSpecific')
		errors.push(notSupported(`${field}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
	else if ((exact || path) && !path.startsWith('/')) fault('must be an absolute path');
	if (exact) {
		for (const part of ['//', '/./', '/../', '%2f', '%2F'])
			if (path.includes(part)) fault(`must not contain '${part}'`);
		for (const end of ['/..', '/.']) if (path.endsWith(end)) fault(`cannot end with '${end}'`);
	}
	return [...errors, ...validateBackend(backend, `${field}.backend`)];
}

function validateBackend({ service, resource }: IngressBackend, field: string): FieldError[] {
	if (service && resource) return [invalidValue(field, '', 'cannot set both resource and service backends')];
	if (resource) return validateReference(resource, `${field}.resource`);
	if (!service) return [invalidValue(field, '', 'resource or service backend is required')];
	const errors: FieldError[] = [];
	if (!service.name) errors.push(required(`${field}.service.name`));
	else
		for (const fault of dnsLabel(service.name))
			errors.push(invalidValue(`${field}.service.name`, service.name, fault));
	const { name, number } = service.port ?? {};
	if (name && number) errors.push(invalidValue(field, '', 'cannot set both port name & port number'));
	else if (name)
		for (const fault of portName(name)) errors.push(invalidValue(`${field}.service.port.name`, name, fault));
	else if (number)
		for (const fault of portNumber(number))
			errors.push(invalidValue(`${field}.service.port.number`, number, fault));
	else errors.push(required(field, 'port name or number is required'));
	return errors;
}

/** A reference to an object by group, kind and name. */
export function validateReference(
	{ apiGroup, kind, name }: TypedLocalObjectReference,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	if (apiGroup !== undefined)
		for (const fault of dnsSubdomain(apiGroup))
			errors.push(invalidValue(`${field}.apiGroup`, apiGroup, fault));
	for (const [part, value] of [
		['kind', kind],
		['name', name],
	] as const)
		if (!value) errors.push(required(`${field}.${part}`));
		else for (const fault of pathSegment(value)) errors.push(invalidValue(`${field}.${part}`, value, fault));
	return errors;
}

export function validateIngressStatus({ status }: Ingress): FieldError[] {
	const errors: FieldError[] = [];
	(status?.loadBalancer?.ingress ?? []).forEach(({ ip, hostname }, index) => {
		const field = `status.loadBalancer.ingress[${index}]`;
		if (ip) errors.push(...validateIp(ip, `${field}.ip`));
		if (!hostname) return;
		for (const fault of dnsSubdomain(hostname))
			errors.push(invalidValue(`${field}.hostname`, hostname, fault));
		if (isIp(hostname)) errors.push(invalidValue(`${field}.hostname`, hostname, notAnAddress));
	});
	return errors;
}
