// EndpointSlices: the addresses behind a service in portions, with what each is fit for.
import type { Client } from '../../api/client.ts';
import { deepEqual } from '../../api/deep-equal.ts';
import type { Endpoint, EndpointPort, EndpointSlice, Node, Service } from '../../schema/types.ts';
import { controllerReference } from '../owner-references.ts';
import { groupByPorts, headlessLabel, isHeadless, type SelectedPod, selectPods } from './selected-pods.ts';
import { startServiceController } from './service-controller.ts';
import { withTriggerTime } from './trigger-times.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const managedBy = 'endpointslice-controller.k8s.io';
const zoneLabel = 'topology.kubernetes.io/zone';
/** kube-controller-manager's --max-endpoints-per-slice. */
const endpointsPerSlice = 100;

const resource = 'endpointslices.discovery.k8s.io';

export const startEndpointSliceController = startServiceController(
	'endpointslice',
	resource,
	({ metadata }) =>
		metadata.labels?.[managedByLabel] === managedBy ? metadata.labels[serviceNameLabel] : undefined,
	{
		publish(client, service, triggeredAt) {
			const { namespace, name } = service.metadata;
			const wanted = portionsOf(client, service);
			const stored = client.list<EndpointSlice>(
				resource,
				namespace,
				({ metadata: { labels, deletionTimestamp } }) =>
					labels?.[serviceNameLabel] === name && labels[managedByLabel] === managedBy && !deletionTimestamp,
			);
			wanted.forEach((portion, index) => {
				writeSlice(client, service, portion, stored[index], triggeredAt);
			});
			for (const surplus of stored.slice(wanted.length))
				client.delete(resource, namespace, surplus.metadata.name);
		},
		/** The garbage collector takes the slices, which the service owns. */
		withdraw() {},
	},
);

interface Portion {
	ports: EndpointPort[];
	endpoints: Endpoint[];
}

/** The service's endpoints by ports, in portions; one that is empty where there are none. */
function portionsOf(client: Client, service: Service): Portion[] {
	const portions: Portion[] = [];
	const { trafficDistribution } = service.spec;
	for (const { ports, pods } of groupByPorts(selectPods(client, service)))
		for (let first = 0; first < pods.length; first += endpointsPerSlice) {
			const part = pods.slice(first, first + endpointsPerSlice);
			const endpoints = part.map((selected) => endpointOf(client, service, selected));
			portions.push({ ports, endpoints: withHints(endpoints, trafficDistribution) });
		}
	return portions.length > 0 ? portions : [{ ports: [], endpoints: [] }];
}

function endpointOf(
	client: Client,
	service: Service,
	{ pod, ready, terminating, hostname }: SelectedPod,
): Endpoint {
	const { namespace, name, uid } = pod.metadata;
	const { nodeName } = pod.spec;
	const zone = client.get<Node>('nodes', '', nodeName ?? '')?.metadata.labels?.[zoneLabel];
	return {
		addresses: [pod.status!.podIP!],
		conditions: {
			ready: service.spec.publishNotReadyAddresses || (ready && !terminating),
			serving: ready,
			terminating,
		},
		...(hostname ? { hostname } : {}),
		nodeName,
		targetRef: { kind: 'Pod', namespace, name, uid },
		...(zone ? { zone } : {}),
	};
}

/**
 * Says from where each endpoint is to be used, as the service distributes its traffic. Where the zone of one is
 * not known, none is kept for a zone.
 */
function withHints(endpoints: Endpoint[], distribution: string | undefined): Endpoint[] {
	const byNode = distribution === 'PreferSameNode';
	if (!byNode && distribution !== 'PreferSameZone' && distribution !== 'PreferClose') return endpoints;
	const ready = (endpoint: Endpoint) => endpoint.conditions?.ready ?? true;
	const byZone = endpoints.every((endpoint) => !ready(endpoint) || endpoint.zone);
	return endpoints.map((endpoint) => {
		const { nodeName, zone } = endpoint;
		if (!ready(endpoint)) return endpoint;
		const forNodes = byNode && nodeName ? [{ name: nodeName }] : undefined;
		const forZones = byZone && zone ? [{ name: zone }] : undefined;
		if (!forNodes && !forZones) return endpoint;
		return { ...endpoint, hints: { ...(forNodes && { forNodes }), ...(forZones && { forZones }) } };
	});
}

function writeSlice(
	client: Client,
	service: Service,
	{ ports, endpoints }: Portion,
	stored: EndpointSlice | undefined,
	triggeredAt: string | undefined,
): void {
	const { namespace, name } = service.metadata;
	const labels = {
		...service.metadata.labels,
		[managedByLabel]: managedBy,
		[serviceNameLabel]: name,
		...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
	};
	const content = {
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		addressType: 'IPv4',
		endpoints,
		ports: ports.map((port) => ({ ...port, name: port.name ?? '' })),
	};
	const annotations = withTriggerTime(stored?.metadata.annotations, triggeredAt);
	if (!stored)
		client.create<EndpointSlice>(resource, {
			...content,
			metadata: {
				namespace,
				generateName: `${name}-`,
				labels,
				...annotations,
				ownerReferences: [controllerReference(service)],
			},
		});
	else if (
		!deepEqual(stored.endpoints ?? [], endpoints) ||
		!deepEqual(stored.ports ?? [], content.ports) ||
		!deepEqual(stored.metadata.labels, labels)
	) {
		const { annotations: _, ...others } = stored.metadata;
		client.update<EndpointSlice>(resource, { ...content, metadata: { ...others, labels, ...annotations } });
	}
}
