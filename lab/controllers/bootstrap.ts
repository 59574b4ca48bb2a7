// What a new cluster has before anyone uses it, as kubeadm leaves it.
import type { Client } from '../api/client.ts';
import { systemPriorityClasses } from '../api/resources/priority-class.ts';
import type { EndpointSlice, Endpoints, Namespace, PriorityClass, Service } from '../schema/types.ts';
import { serviceNameLabel } from './endpoints/endpoint-slice.ts';

/** Where the API server listens on its node. */
export const apiServerPort = 6443;

export function createNamespaces(client: Client): void {
	for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
		client.create<Namespace>('namespaces', {
			apiVersion: 'v1',
			kind: 'Namespace',
			metadata: { name },
			spec: {},
		});
}

/** The classes of pods that a cluster cannot be without. */
export function createPriorityClasses(client: Client): void {
	for (const priorityClass of systemPriorityClasses)
		client.create<PriorityClass>('priorityclasses.scheduling.k8s.io', {
			apiVersion: 'scheduling.k8s.io/v1',
			kind: 'PriorityClass',
			...structuredClone(priorityClass),
		});
}

/** The services of the API server and of DNS. `apiServerAddress` is the node's that the API server runs on. */
export function createSystemServices(client: Client, dnsAddress: string, apiServerAddress: string): void {
	client.create<Service>('services', {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {
			name: 'kubernetes',
			namespace: 'default',
			labels: { component: 'apiserver', provider: 'kubernetes' },
		},
		spec: {
			clusterIP: '10.96.0.1',
			ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: apiServerPort }],
		},
	});
	client.create<Service>('services', {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {
			name: 'kube-dns',
			namespace: 'kube-system',
			labels: {
				'k8s-app': 'kube-dns',
				'kubernetes.io/cluster-service': 'true',
				'kubernetes.io/name': 'CoreDNS',
			},
		},
		spec: {
			clusterIP: dnsAddress,
			selector: { 'k8s-app': 'kube-dns' },
			ports: [
				{ name: 'dns', port: 53, protocol: 'UDP' },
				{ name: 'dns-tcp', port: 53, protocol: 'TCP' },
				{ name: 'metrics', port: 9153, protocol: 'TCP' },
			],
		},
	});
	publishApiServer(client, apiServerAddress);
}

/** The service `kubernetes` has no selector: the API server publishes its own address. */
function publishApiServer(client: Client, address: string): void {
	const port = { name: 'https', port: apiServerPort, protocol: 'TCP' };
	client.create<Endpoints>('endpoints', {
		apiVersion: 'v1',
		kind: 'Endpoints',
		metadata: { name: 'kubernetes', namespace: 'default' },
		subsets: [{ addresses: [{ ip: address }], ports: [port] }],
	});
	client.create<EndpointSlice>('endpointslices.discovery.k8s.io', {
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		metadata: {
			name: 'kubernetes',
			namespace: 'default',
			labels: { [serviceNameLabel]: 'kubernetes' },
		},
		addressType: 'IPv4',
		endpoints: [{ addresses: [address], conditions: { ready: true } }],
		ports: [port],
	});
}
