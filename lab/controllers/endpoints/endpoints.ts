// Endpoints: the addresses behind a service, in one object of the service's name.
import type { Client } from '../../api/client.ts';
import { deepEqual } from '../../api/deep-equal.ts';
import type { EndpointAddress, EndpointSubset, Endpoints, Service } from '../../schema/types.ts';
import { groupByPorts, headlessLabel, isHeadless, type SelectedPod, selectPods } from './selected-pods.ts';
import { startServiceController } from './service-controller.ts';
import { withTriggerTime } from './trigger-times.ts';

const managedByLabel = 'endpoints.kubernetes.io/managed-by';

export const startEndpointsController = startServiceController(
	'endpoints',
	'endpoints',
	({ metadata }) => (metadata.labels?.[managedByLabel] ? metadata.name : undefined),
	{
		publish(client, service, triggeredAt) {
			const { namespace, name, labels } = service.metadata;
			const metadata = {
				namespace,
				name,
				labels: {
					...labels,
					[managedByLabel]: 'endpoint-controller',
					...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
				},
			};
			const subsets = subsetsOf(client, service);
			const stored = client.get<Endpoints>('endpoints', namespace, name);
			const wanted = { apiVersion: 'v1', kind: 'Endpoints', ...(subsets.length > 0 ? { subsets } : {}) };
			const annotations = withTriggerTime(stored?.metadata.annotations, triggeredAt);
			if (!stored)
				client.create<Endpoints>('endpoints', { ...wanted, metadata: { ...metadata, ...annotations } });
			else if (
				!deepEqual(stored.subsets ?? [], subsets) ||
				!deepEqual(stored.metadata.labels ?? {}, metadata.labels)
			) {
				const { annotations: _, ...others } = stored.metadata;
				const changed = { ...others, ...metadata, ...annotations };
				client.update<Endpoints>('endpoints', { ...wanted, metadata: changed });
			}
		},
		withdraw(client, namespace, name) {
			const stored = client.get<Endpoints>('endpoints', namespace, name);
			if (stored?.metadata.labels?.[managedByLabel]) client.delete('endpoints', namespace, name);
		},
	},
);

function subsetsOf(client: Client, service: Service): EndpointSubset[] {
	const anyway = service.spec.publishNotReadyAddresses ?? false;
	const pods = selectPods(client, service).filter((selected) => anyway || !selected.terminating);
	return groupByPorts(pods)
		.filter(({ ports }) => ports.length > 0 || isHeadless(service))
		.map((group) => {
			const ready = group.pods.filter((selected) => anyway || selected.ready).map(addressOf);
			const notReady = group.pods.filter((selected) => !anyway && !selected.ready).map(addressOf);
			return {
				...(ready.length > 0 ? { addresses: ready } : {}),
				...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
				...(group.ports.length > 0 ? { ports: group.ports } : {}),
			};
		});
}

function addressOf({ pod, hostname }: SelectedPod): EndpointAddress {
	const { namespace, name, uid } = pod.metadata;
	return {
		...(hostname ? { hostname } : {}),
		ip: pod.status!.podIP!,
		nodeName: pod.spec.nodeName,
		targetRef: { kind: 'Pod', namespace, name, uid },
	};
}
