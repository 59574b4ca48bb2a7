// The cloud controller's part: an address from outside for each Service of type LoadBalancer
// (kubernetes.io/docs/concepts/services-networking/service/#loadbalancer).
import type { Timer } from '../clock.ts';
import type { Service } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
/** Where addresses come from: a part of the nodes' network that no node has. */
const pool = Array.from({ length: 51 }, (_, index) => `172.18.255.${200 + index}`);
/** How long a load balancer takes to be there. */
const provisioningMs = 2000;

/** One with a class of its own is somebody else's. */
const isOurs = ({ metadata, spec }: Service) =>
	spec.type === 'LoadBalancer' && !spec.loadBalancerClass && !metadata.deletionTimestamp;

const addressOf = ({ status }: Service) => status?.loadBalancer?.ingress?.[0]?.ip;

export const startLoadBalancerController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('service-controller');
	/** The load balancers that are on their way, by service. */
	const arriving = new Map<string, Timer>();

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const service = client.get<Service>('services', namespace, name);
		const held = service?.metadata.finalizers?.includes(finalizer) ?? false;
		if (service && isOurs(service)) ensure(key, service, held);
		else {
			forget(key);
			if (service && held) remove(service);
		}
	};

	const ensure = (key: string, service: Service, held: boolean) => {
		if (addressOf(service) || arriving.has(key)) return;
		recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
		arriving.set(
			key,
			clock.after(provisioningMs, () => assign(key)),
		);
		if (held) return;
		const finalizers = [...(service.metadata.finalizers ?? []), finalizer];
		client.update<Service>('services', { ...service, metadata: { ...service.metadata, finalizers } });
	};

	const forget = (key: string) => {
		arriving.get(key)?.cancel();
		arriving.delete(key);
	};

	const assign = (key: string) => {
		forget(key);
		const { namespace, name } = splitKey(key);
		const service = client.get<Service>('services', namespace, name);
		if (!service || !isOurs(service)) return;
		const taken = new Set(client.list<Service>('services').map(addressOf));
		const { loadBalancerIP: wanted } = service.spec;
		const ip = pool.find((address) => !taken.has(address) && (!wanted || address === wanted));
		if (!ip) {
			const why = wanted ? `address ${wanted} is not available` : 'no address is available';
			const message = `Error syncing load balancer: failed to ensure load balancer: ${why}`;
			recorder.event(service, 'Warning', 'SyncLoadBalancerFailed', message);
			return;
		}
		const loadBalancer = { ingress: [{ ip, ipMode: 'VIP' }] };
		client.updateStatus<Service>('services', { ...service, status: { ...service.status, loadBalancer } });
		recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
	};

	const remove = (service: Service) => {
		recorder.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
		const cleared = client.updateStatus<Service>('services', {
			...service,
			status: { ...service.status, loadBalancer: {} },
		});
		const finalizers = cleared.metadata.finalizers?.filter((each) => each !== finalizer);
		client.update<Service>('services', { ...cleared, metadata: { ...cleared.metadata, finalizers } });
		recorder.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
	};

	const queue = createWorkQueue({ name: 'load balancer', clock, reconcile });
	const end = client.watch<Service>('services', ({ object, previous }) => {
		const involved = [object, previous].some(
			(service) => service?.spec.type === 'LoadBalancer' || service?.metadata.finalizers?.includes(finalizer),
		);
		if (involved) queue.add(keyOf(object));
	});
	const cancelArrivals = () => {
		for (const timer of arriving.values()) timer.cancel();
	};
	return queueController(queue, [end, cancelArrivals]);
};
