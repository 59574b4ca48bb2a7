// The addresses that Services have been given, as objects, and the range that they come from
// (kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation).
import type { Client } from '../api/client.ts';
import { formatTime } from '../schema/time.ts';
import type { IPAddress, Service, ServiceCIDR } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const addresses = 'ipaddresses.networking.k8s.io';
const labels = {
	'ipaddress.kubernetes.io/ip-family': 'IPv4',
	'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
};

/** The range that a cluster begins with. `now` in milliseconds since 1970. */
export function createServiceRange(client: Client, now: number): void {
	const range = client.create<ServiceCIDR>('servicecidrs.networking.k8s.io', {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'ServiceCIDR',
		metadata: { name: 'kubernetes' },
		spec: { cidrs: ['10.96.0.0/16'] },
	});
	client.updateStatus<ServiceCIDR>('servicecidrs.networking.k8s.io', {
		...range,
		status: {
			conditions: [
				{
					type: 'Ready',
					status: 'True',
					lastTransitionTime: formatTime(now),
					reason: '',
					message: 'Kubernetes Service CIDR is ready',
				},
			],
		},
	});
}

const addressOf = (service: Service | undefined) => {
	const address = service?.spec.clusterIP;
	return address && address !== 'None' ? address : undefined;
};

export const startServiceAddressController: StartController = ({ client, clock }) => {
	const belongsTo = ({ spec }: IPAddress, namespace: string, name: string) =>
		spec?.parentRef.resource === 'services' &&
		spec.parentRef.namespace === namespace &&
		spec.parentRef.name === name;

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const wanted = addressOf(client.get<Service>('services', namespace, name));
		for (const { metadata } of client.list<IPAddress>(addresses, '', (each) =>
			belongsTo(each, namespace, name),
		))
			if (metadata.name !== wanted) client.delete(addresses, '', metadata.name);
		if (!wanted || client.get<IPAddress>(addresses, '', wanted)) return;
		client.create<IPAddress>(addresses, {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'IPAddress',
			metadata: { name: wanted, labels },
			spec: { parentRef: { group: '', resource: 'services', namespace, name } },
		});
	};
	const queue = createWorkQueue({ name: 'service addresses', clock, reconcile });
	const end = client.watch<Service>('services', ({ type, object, previous }) => {
		if (type !== 'MODIFIED' || addressOf(object) !== addressOf(previous)) queue.add(keyOf(object));
	});
	return queueController(queue, [end]);
};
