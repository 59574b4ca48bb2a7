// What a Service may be (pkg/apis/core/validation's rules for services, as the API reference documents them).
import type { Service, ServicePort } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { validateEndpointIp, validateIp } from './addresses.ts';
import { validateRange } from './cidr.ts';
import { immutable, validateChoice, validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, portName, portNumber, qualifiedName } from './names.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService(service: Service): FieldError[] {
	const { spec } = service;
	const errors: FieldError[] = [];
	const headless = spec.clusterIPs?.[0] === 'None';
	if (!spec.ports?.length && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
	if (spec.type === 'LoadBalancer')
		(spec.ports ?? []).forEach(({ port }, index) => {
			if (port === kubeletPort)
				errors.push(
					invalidValue(
						`spec.ports[${index}]`,
						port,
						`may not expose port ${kubeletPort} externally since it is used by kubelet`,
					),
				);
		});
	if ((spec.type === 'NodePort' || spec.type === 'LoadBalancer') && headless)
		errors.push(
			invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`),
		);
	if (spec.type === 'ExternalName') errors.push(...validateExternalName(service));
	validatePorts(spec.ports ?? [], errors);
	errors.push(...validateLabels(spec.selector, 'spec.selector'));
	if (!spec.sessionAffinity) errors.push(required('spec.sessionAffinity'));
	else errors.push(...validateChoice(spec.sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity'));
	if (spec.sessionAffinity === 'ClientIP') errors.push(...validateClientAffinity(service));
	(spec.externalIPs ?? []).forEach((address, index) => {
		errors.push(...validateEndpointIp(address, `spec.externalIPs[${index}]`));
	});
	errors.push(...validateChoice(spec.type, types, 'spec.type'));
	if (spec.type === 'ClusterIP')
		(spec.ports ?? []).forEach((port, index) => {
			if (port.nodePort)
				errors.push(
					forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
				);
		});
	errors.push(...validateLoadBalancer(service), ...validateTrafficPolicies(service));
	if (!headless && spec.clusterIP && spec.type !== 'ExternalName')
		errors.push(...validateIp(spec.clusterIP, 'spec.clusterIPs[0]'));
	return errors;
}

/** The port of each node's own kubelet. */
const kubeletPort = 10_250;
const longestAffinity = 86_400;

function validateClientAffinity({ spec }: Service): FieldError[] {
	const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
	const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
	if (seconds === undefined)
		return [required('spec.sessionAffinityConfig', 'when session affinity type is ClientIP')];
	return seconds > 0 && seconds <= longestAffinity
		? []
		: [invalidValue(field, seconds, `must be greater than 0 and less than ${longestAffinity}`)];
}

function validateLoadBalancer({ spec }: Service): FieldError[] {
	const errors: FieldError[] = [];
	const balanced = spec.type === 'LoadBalancer';
	const { loadBalancerSourceRanges: ranges = [], loadBalancerClass: name } = spec;
	const foreign = (field: string) =>
		errors.push(forbiddenField(`spec.${field}`, "may only be used when `type` is 'LoadBalancer'"));
	// The server writes this field's path with a capital letter.
	if (ranges.length > 0 && !balanced) foreign('LoadBalancerSourceRanges');
	ranges.forEach((range, index) => {
		errors.push(...validateRange(range.trim(), `spec.LoadBalancerSourceRanges[${index}]`));
	});
	if (spec.allocateLoadBalancerNodePorts !== undefined && !balanced) foreign('allocateLoadBalancerNodePorts');
	if (name !== undefined && !balanced) foreign('loadBalancerClass');
	else if (name !== undefined)
		for (const fault of qualifiedName(name)) errors.push(invalidValue('spec.loadBalancerClass', name, fault));
	return errors;
}

const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];

function validateExternalName({ spec }: Service): FieldError[] {
	const errors: FieldError[] = [];
	if (spec.clusterIPs?.length)
		errors.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'));
	const name = spec.externalName?.replace(/\.$/, '');
	if (!name) errors.push(required('spec.externalName'));
	else for (const fault of dnsSubdomain(name)) errors.push(invalidValue('spec.externalName', name, fault));
	return errors;
}

function validatePorts(ports: readonly ServicePort[], errors: FieldError[]): void {
	const names = new Set<string>();
	const seen = new Set<string>();
	const nodePorts = new Set<string>();
	ports.forEach((port, index) => {
		const field = `spec.ports[${index}]`;
		if (!port.name) {
			if (ports.length > 1) errors.push(required(`${field}.name`));
		} else {
			for (const fault of dnsLabel(port.name)) errors.push(invalidValue(`${field}.name`, port.name, fault));
			if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name));
			names.add(port.name);
		}
		for (const fault of portNumber(port.port)) errors.push(invalidValue(`${field}.port`, port.port, fault));
		errors.push(...validateChoice(port.protocol, ['SCTP', 'TCP', 'UDP'], `${field}.protocol`));
		const target = port.targetPort;
		const faults = typeof target === 'number' ? portNumber(target) : portName(target ?? '');
		for (const fault of faults) errors.push(invalidValue(`${field}.targetPort`, target, fault));
		if (port.appProtocol)
			for (const fault of qualifiedName(port.appProtocol))
				errors.push(invalidValue(`${field}.appProtocol`, port.appProtocol, fault));
		const identity = `${port.port}/${port.protocol}`;
		if (seen.has(identity)) errors.push(duplicate(field, { port: port.port, protocol: port.protocol }));
		seen.add(identity);
		if (!port.nodePort) return;
		const onNode = `${port.nodePort}/${port.protocol}`;
		if (nodePorts.has(onNode)) errors.push(duplicate(`${field}.nodePort`, port.nodePort));
		nodePorts.add(onNode);
	});
}

function validateTrafficPolicies({ spec }: Service): FieldError[] {
	const errors: FieldError[] = [];
	const policies = ['Cluster', 'Local'];
	const outside = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.externalIPs?.length;
	if (spec.externalTrafficPolicy && !outside)
		errors.push(
			invalidValue(
				'spec.externalTrafficPolicy',
				spec.externalTrafficPolicy,
				'may only be set for externally-accessible services',
			),
		);
	else if (spec.externalTrafficPolicy)
		errors.push(...validateChoice(spec.externalTrafficPolicy, policies, 'spec.externalTrafficPolicy'));
	if (spec.internalTrafficPolicy && !policies.includes(spec.internalTrafficPolicy))
		errors.push(notSupported('spec.internalTrafficPolicy', spec.internalTrafficPolicy, policies));
	if (spec.trafficDistribution !== undefined && !distributions.includes(spec.trafficDistribution))
		errors.push(notSupported('spec.trafficDistribution', spec.trafficDistribution, distributions));
	return errors;
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
	const balanced = service.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer';
	const { loadBalancerClass: name } = service.spec;
	const moved = balanced && name !== old.spec.loadBalancerClass;
	return [
		...validateAddressUpdate(service, old),
		...(moved ? [invalidValue('spec.loadBalancerClass', name ?? null, 'may not change once set')] : []),
	];
}

function validateAddressUpdate(service: Service, old: Service): FieldError[] {
	const had = old.spec.clusterIPs ?? [];
	const has = service.spec.clusterIPs ?? [];
	const typed = service.spec.type !== 'ExternalName' && old.spec.type !== 'ExternalName';
	if (!typed || had.length === 0 || deepEqual(had, has)) return [];
	const errors: FieldError[] = [];
	if (has.length === 0)
		errors.push(
			invalidValue(
				'spec.clusterIPs[0]',
				service.spec.clusterIPs ?? null,
				'primary clusterIP can not be unset',
			),
		);
	else if (has[0] !== had[0]) errors.push(invalidValue('spec.clusterIPs[0]', has, 'may not change once set'));
	if (errors.length === 0) errors.push(invalidValue('spec.clusterIPs', has, immutable));
	return errors;
}
