// Cluster addresses and node ports of Services, given out from 10.96.0.0/16 and 30000-32767.
import type { Service } from '../../schema/types.ts';
import { invalid } from '../errors.ts';
import { invalidValue } from '../field-errors.ts';
import type { RequestContext } from '../registry.ts';

const serviceKind = { group: '', kind: 'Service' };
const prefix = '10.96.';
const firstPort = 30_000;
const lastPort = 32_767;

const others = (service: Service, context: RequestContext) =>
	context.objects.list<Service>(
		'services',
		'',
		({ metadata }) =>
			metadata.name !== service.metadata.name || metadata.namespace !== service.metadata.namespace,
	);

/** Gives a service its cluster address, the one it asks for if it is free. Throws Invalid. */
export function allocateAddresses(service: Service, context: RequestContext): void {
	const { spec } = service;
	if (spec.type === 'ExternalName') return;
	spec.ipFamilies ??= ['IPv4'];
	spec.ipFamilyPolicy ??= 'SingleStack';
	if (spec.clusterIP === 'None') return;
	const taken = new Set(others(service, context).map((each) => each.spec.clusterIP));
	if (spec.clusterIP) {
		const refuse = (why: string) =>
			invalid(serviceKind, service.metadata.name, [
				invalidValue('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${spec.clusterIP}: ${why}`),
			]);
		if (!isServiceAddress(spec.clusterIP))
			throw refuse('the provided network does not match the current range');
		if (taken.has(spec.clusterIP)) throw refuse('provided IP is already allocated');
	} else {
		spec.clusterIP = freeAddress(taken, context);
		spec.clusterIPs = [spec.clusterIP];
	}
}

function isServiceAddress(address: string): boolean {
	if (!address.startsWith(prefix)) return false;
	return address !== `${prefix}0.0` && address !== `${prefix}255.255`;
}

/** By chance, above the first 256, which are for those who ask for an address of their own. */
function freeAddress(taken: ReadonlySet<string | undefined>, context: RequestContext): string {
	const span = 256 * 255 - 1;
	const start = Math.floor(context.random() * span);
	for (let step = 0; step < span; step++) {
		const number = 256 + ((start + step) % span);
		const address = `${prefix}${number >> 8}.${number & 255}`;
		if (!taken.has(address)) return address;
	}
	throw invalid(serviceKind, '', [
		invalidValue('spec.clusterIPs', [], 'failed to allocate IP: range is full'),
	]);
}

/** Whether load balancers have to ask nodes if they have endpoints: for that there is one more port. */
export function needsHealthCheck({ spec }: Service): boolean {
	return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** Gives each port of a NodePort or LoadBalancer service a port on the nodes. Throws Invalid. */
export function allocateNodePorts(service: Service, context: RequestContext): void {
	const { spec } = service;
	if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
	const wanted = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
	const taken = new Set(
		others(service, context).flatMap(({ spec: { ports = [], healthCheckNodePort } }) => [
			...ports.map((port) => `${port.protocol}/${port.nodePort}`),
			`TCP/${healthCheckNodePort}`,
		]),
	);
	(spec.ports ?? []).forEach((port, index) => {
		if (!port.nodePort && !wanted) return;
		if (port.nodePort) {
			const field = `spec.ports[${index}].nodePort`;
			if (port.nodePort < firstPort || port.nodePort > lastPort)
				throw invalid(serviceKind, service.metadata.name, [
					invalidValue(
						field,
						port.nodePort,
						`provided port is not in the valid range. The range of valid ports is ${firstPort}-${lastPort}`,
					),
				]);
			if (taken.has(`${port.protocol}/${port.nodePort}`))
				throw invalid(serviceKind, service.metadata.name, [
					invalidValue(field, port.nodePort, 'provided port is already allocated'),
				]);
		} else port.nodePort = freePort(port.protocol ?? 'TCP', taken, context);
		taken.add(`${port.protocol}/${port.nodePort}`);
	});
	if (needsHealthCheck(service)) spec.healthCheckNodePort ||= freePort('TCP', taken, context);
}

function freePort(protocol: string, taken: ReadonlySet<string>, context: RequestContext): number {
	const span = lastPort - firstPort + 1;
	const start = Math.floor(context.random() * span);
	for (let step = 0; step < span; step++) {
		const port = firstPort + ((start + step) % span);
		if (!taken.has(`${protocol}/${port}`)) return port;
	}
	throw invalid(serviceKind, '', [
		invalidValue('spec.ports', [], 'failed to allocate a nodePort: range is full'),
	]);
}
