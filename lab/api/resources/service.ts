import type { Service } from '../../schema/types.ts';
import { allocateAddresses, allocateNodePorts, needsHealthCheck } from '../allocation/service-addresses.ts';
import { defineResource } from '../registry.ts';
import { dnsLabel } from '../validation/names.ts';
import { validateService, validateServiceUpdate } from '../validation/service.ts';
import { ageColumn, listed, nameColumn, shownLabels } from './columns.ts';

/** The fields that only say something for types whose traffic comes from outside. */
const external = (service: Service) =>
	service.spec.type === 'NodePort' || service.spec.type === 'LoadBalancer';

function setDefaults({ spec }: Service): void {
	spec.sessionAffinity ||= 'None';
	if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
	else {
		spec.sessionAffinityConfig ??= {};
		spec.sessionAffinityConfig.clientIP ??= {};
		spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10_800;
	}
	spec.type ||= 'ClusterIP';
	for (const port of spec.ports ?? []) {
		port.protocol ||= 'TCP';
		if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
			port.targetPort = port.port;
	}
	if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
	if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') spec.externalTrafficPolicy ||= 'Cluster';
	if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** clusterIP and the first of clusterIPs are one field under two names; the one that was changed leads. */
function alignClusterIp({ spec }: Service, old?: Service): void {
	if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
	else if (spec.clusterIPs?.length && !spec.clusterIP) spec.clusterIP = spec.clusterIPs[0];
	else if (old && spec.clusterIP !== old.spec.clusterIP && spec.clusterIPs?.[0] === old.spec.clusterIPs?.[0])
		spec.clusterIPs = spec.clusterIP ? [spec.clusterIP] : undefined;
}

/** What belongs to the type that the service had before goes with it. */
function dropForeignFields(service: Service, old: Service): void {
	const { spec } = service;
	if (spec.type === 'ExternalName' && old.spec.type !== 'ExternalName') {
		for (const field of [
			'clusterIP',
			'clusterIPs',
			'ipFamilies',
			'ipFamilyPolicy',
			'internalTrafficPolicy',
		] as const)
			delete spec[field];
	}
	if (spec.type !== 'LoadBalancer' && old.spec.type === 'LoadBalancer') {
		delete spec.allocateLoadBalancerNodePorts;
		delete spec.loadBalancerClass;
	}
	if (external(service) || !external(old)) return;
	for (const port of spec.ports ?? []) delete port.nodePort;
	delete spec.externalTrafficPolicy;
}

function externalAddress({ spec, status }: Service): string {
	if (spec.type === 'ExternalName') return spec.externalName ?? '';
	const ingress = (status?.loadBalancer?.ingress ?? []).map((each) => each.ip || each.hostname || '');
	if (spec.type !== 'LoadBalancer') return listed(spec.externalIPs ?? []);
	return [...ingress, ...(spec.externalIPs ?? [])].join(',') || '<pending>';
}

const ports = ({ spec }: Service) =>
	listed(
		(spec.ports ?? []).map((port) =>
			port.nodePort ? `${port.port}:${port.nodePort}/${port.protocol}` : `${port.port}/${port.protocol}`,
		),
	);

export const services = defineResource<Service>({
	group: '',
	version: 'v1',
	kind: 'Service',
	plural: 'services',
	singular: 'service',
	shortNames: ['svc'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	returnsDeleted: true,
	nameRule: dnsLabel,
	setDefaults,
	prepareForCreate(service, context) {
		alignClusterIp(service);
		service.status = { loadBalancer: {} };
		if (validateService(service).length > 0) return;
		allocateAddresses(service, context);
		allocateNodePorts(service, context);
	},
	prepareForUpdate(service, old, context) {
		dropForeignFields(service, old);
		// A client that leaves the address out means the one that was given out.
		if (service.spec.type !== 'ExternalName' && old.spec.type !== 'ExternalName') {
			if (!service.spec.clusterIP && !service.spec.clusterIPs?.length) {
				service.spec.clusterIP = old.spec.clusterIP;
				service.spec.clusterIPs = old.spec.clusterIPs && [...old.spec.clusterIPs];
			}
			service.spec.ipFamilies ??= old.spec.ipFamilies && [...old.spec.ipFamilies];
			service.spec.ipFamilyPolicy ??= old.spec.ipFamilyPolicy;
		}
		alignClusterIp(service, old);
		if (!needsHealthCheck(service)) delete service.spec.healthCheckNodePort;
		else service.spec.healthCheckNodePort ||= old.spec.healthCheckNodePort;
		if (external(service) && external(old))
			for (const port of service.spec.ports ?? [])
				port.nodePort ||= old.spec.ports?.find(
					(each) => each.port === port.port && each.protocol === port.protocol,
				)?.nodePort;
		if (validateService(service).length > 0) return;
		allocateAddresses(service, context);
		allocateNodePorts(service, context);
	},
	validate: validateService,
	validateUpdate: validateServiceUpdate,
	columns: [
		nameColumn,
		{ name: 'Type', type: 'string', cell: ({ spec }) => spec.type ?? '' },
		{ name: 'Cluster-IP', type: 'string', cell: ({ spec }) => spec.clusterIPs?.[0] || '<none>' },
		{ name: 'External-IP', type: 'string', cell: externalAddress },
		{ name: 'Port(s)', type: 'string', cell: ports },
		ageColumn,
		{ name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => shownLabels(spec.selector) },
	],
	selectableFields: {
		'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
		'spec.type': ({ spec }) => spec.type ?? '',
	},
	subresources: [
		{
			name: 'proxy',
			kind: 'ServiceProxyOptions',
			verbs: ['create', 'delete', 'get', 'patch', 'update'],
		},
	],
});
